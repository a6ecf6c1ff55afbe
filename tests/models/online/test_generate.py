# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.models import (
    Binary,
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    generate,
    many_to_many,
    many_to_one,
)
from tests.models.quick import quick_stack
from tests.rows import few_keys

VOCABULARY = 11


def language_model(stack, mask_zero=True):
    keras.utils.set_random_seed(0)
    tokens = Tokens(VOCABULARY, embedding_units=5, mask_zero=mask_zero)
    return many_to_many(stack, tokens, NextToken.of(tokens))


@pytest.fixture(scope="module")
def model():
    return language_model(Stack("elman", 4))


def greedy_by_reading_again(model, prompt, num_tokens, first_token):
    """The definition: all that is known is read for every new token."""
    ids = list(prompt)
    for _ in range(num_tokens):
        logits = np.asarray(model(np.array([ids])))[0, -1]
        ids.append(first_token + int(np.argmax(logits[first_token:])))
    return ids[len(prompt) :]


@few_keys
def test_keeping_the_state_equals_reading_everything_again(key):
    model = language_model(quick_stack(key, [4, 4], residual=True))
    prompt = [3, 1, 4]
    expected = greedy_by_reading_again(model, prompt, 4, first_token=1)
    assert generate(model, prompt, 4, top_k=1).tolist() == expected


def test_prompts_of_unequal_length_are_read_as_if_alone():
    stack = Stack(
        ["keras_lstm", "elman"], 4, normalization="batch", dropout=0.2
    )
    model = language_model(stack)
    prompts = [[3, 1, 4, 1], [5], [9, 2]]
    together = generate(model, prompts, 3, top_k=1)
    assert together.shape == (3, 3)
    for prompt, ids in zip(prompts, together, strict=True):
        assert generate(model, prompt, 3, top_k=1).tolist() == ids.tolist()
    padded = [[0, 3, 1, 4, 1], [5, 0, 0, 0, 0], [0, 9, 0, 2, 0]]
    again = generate(model, np.array(padded), 3, top_k=1)
    np.testing.assert_array_equal(again, together)


def test_without_padding_id_0_is_a_token_like_any():
    model = language_model(Stack("gru", 4), mask_zero=False)
    expected = greedy_by_reading_again(model, [0, 1], 4, first_token=0)
    assert generate(model, [0, 1], 4, top_k=1).tolist() == expected
    assert 0 in generate(model, [1], 200, seed=0, temperature=5)


def test_padding_is_never_generated(model):
    ids = generate(model, [1], 200, seed=0, temperature=5)
    assert set(ids) == set(range(1, VOCABULARY))


def test_draws_follow_the_softmax_of_the_logits(model):
    prompts = np.full((4000, 1), 7)
    drawn = generate(model, prompts, 1, temperature=0.5, seed=0)[:, 0]
    logits = np.asarray(model(prompts[:1]), "float64")[0, -1] / 0.5
    expected = np.exp(logits[1:]) / np.exp(logits[1:]).sum()
    found = np.bincount(drawn, minlength=VOCABULARY)[1:] / len(drawn)
    # Four standard deviations of a fraction of 4000 draws.
    np.testing.assert_allclose(found, expected, atol=4 * 0.5 / 4000**0.5)


def test_top_k_draws_from_the_k_likeliest(model):
    logits = np.asarray(model(np.array([[7]])))[0, -1, 1:]
    likeliest = {1 + int(k) for k in np.argsort(-logits)[:3]}
    drawn = generate(
        model, np.full((100, 1), 7), 1, top_k=3, temperature=9.0, seed=0
    )
    assert set(drawn[:, 0]) == likeliest


def test_a_seed_makes_the_draws_repeatable(model):
    first, again, other = (
        generate(model, [1, 2], 20, seed=seed).tolist() for seed in (5, 5, 6)
    )
    assert first == again != other


def test_the_model_stays_as_it_is(model):
    ids = np.array([[1, 2, 3]])
    before = np.asarray(model(ids))
    generate(model, [4, 5], 3)
    np.testing.assert_array_equal(model(ids), before)


def test_a_loaded_model_generates_the_same(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        generate(loaded, [1, 2], 5, seed=1), generate(model, [1, 2], 5, seed=1)
    )


TOKENS = Tokens(VOCABULARY)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (many_to_many(Stack(), Sequences(), Regression()), "no single input"),
        (many_to_one(Stack(), TOKENS, Binary()), "its outputs have the shape"),
        (many_to_many(Stack(), TOKENS, MultiClass(3)), "has 11 tokens"),
        (
            many_to_many(Stack(), TOKENS, MultiClass(VOCABULARY)),
            "ends with an activation",
        ),
        (keras.Model(name="blank"), "no single input"),
    ],
    ids=["numbers", "once", "tags", "probabilities", "blank"],
)
def test_a_model_that_is_no_language_model_is_refused(wrong, reason):
    with pytest.raises(ValueError, match=f"logits of the next.*{reason}"):
        generate(wrong, [1], 1)


def test_a_model_that_reads_backwards_is_refused():
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(VOCABULARY, 3)(ids)
    x = Stack("gru", 3, bidirectional=True)(x, return_sequences=True)
    wrong = keras.Model(ids, keras.layers.Dense(VOCABULARY)(x))
    with pytest.raises(ValueError, match="backwards"):
        generate(wrong, [1], 1)


def test_a_model_that_has_diverged_is_refused():
    model = language_model(Stack("elman", 3))
    model.layers[-1].bias.assign(np.full(VOCABULARY, np.nan))
    with pytest.raises(ValueError, match="that are not numbers"):
        generate(model, [1], 1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"model": "gpt"}, TypeError, "`model` must be of type Model"),
        ({"prompt": []}, ValueError, "at least one token"),
        ({"prompt": [[1], []]}, ValueError, "at least one token"),
        ({"prompt": [[1], [0]]}, ValueError, "besides the padding"),
        ({"prompt": [1, VOCABULARY]}, ValueError, "must lie in 0 .. 10"),
        ({"prompt": [-1]}, ValueError, "must lie in 0 .. 10"),
        ({"prompt": [1.5]}, TypeError, "must hold token ids"),
        ({"prompt": "text"}, TypeError, "must hold token ids"),
        ({"prompt": [[[1]]]}, TypeError, "must hold token ids"),
        ({"prompt": 7.5}, TypeError, "must hold token ids"),
        ({"num_tokens": 0}, ValueError, "`num_tokens` must be a positive"),
        ({"temperature": 0}, ValueError, "Use top_k=1"),
        ({"temperature": -1.0}, ValueError, "`temperature` must be"),
        ({"top_k": 0}, ValueError, "`top_k` must be a positive"),
        ({"top_k": VOCABULARY}, ValueError, "`top_k` must be at most 10"),
        ({"seed": -1}, ValueError, "`seed` must be"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(arguments, error, message, model):
    settings = {"model": model, "prompt": [1], "num_tokens": 1, **arguments}
    with pytest.raises(error, match=message):
        generate(**settings)


def test_unequal_prompts_need_a_model_that_masks():
    model = language_model(Stack("elman", 3), mask_zero=False)
    with pytest.raises(ValueError, match="Prompts of unequal length"):
        generate(model, [[1], [1, 2]], 1)
