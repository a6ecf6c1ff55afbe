# SPDX-License-Identifier: Apache-2.0
"""What decode writes, against all sequences there are."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    DECODERS,
    Image,
    NextToken,
    Stack,
    Tokens,
    Vector,
    decode,
    many_to_many,
    one_to_many,
    seq2seq,
)
from tests.rows import randomized

START, END = 1, 2
WORDS = 4  # padding, start, end, and one more
LENGTH = 4


def model_of(words=WORDS, attention=None, seed=0, key="gru", **settings):
    model = seq2seq(
        Stack(key, 3),
        Tokens(9, embedding_units=4),
        NextToken(words, embedding_units=3),
        attention=attention,
        start_id=START,
        end_id=END,
        **settings,
    )
    randomized(model, seed)
    for weight in model.decoder.read_out.weights:
        weight.assign(3 * np.array(weight))
    return model


def sources(rows=5, length=6):
    x = np.random.default_rng(3).integers(1, 9, (rows, length))
    x[1:, 4:] = 0
    return x


def log_p_of(model, source, tokens):
    """Σ log p of the tokens of one row, by a plain call of the model."""
    before = np.array([[START, *tokens[:-1]]], "int32")
    x = {"source": source[None].astype("int32"), "before": before}
    logits = ops.convert_to_numpy(model(x))[0].astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return sum(log_p[k, token] for k, token in enumerate(tokens))


def all_sequences(words):
    """All that can be written in LENGTH steps; some are cut off."""
    others = range(END + 1, words)
    for length in range(LENGTH):
        for tokens in itertools.product(others, repeat=length):
            yield (*tokens, END)
    yield from itertools.product(others, repeat=LENGTH)


def best(model, source, alpha, words):
    def score(tokens):
        penalty = ((5 + len(tokens)) / 6) ** alpha
        return log_p_of(model, source, tokens) / penalty

    scored = [(score(tokens), tokens) for tokens in all_sequences(words)]
    return sorted(scored, reverse=True)


@pytest.mark.parametrize("alpha", [0.0, 0.6])
@pytest.mark.parametrize("attention", [None, "dot", "additive"])
def test_a_beam_as_wide_as_all_prefixes_finds_the_best(attention, alpha):
    model = model_of(attention=attention, words=5)
    x = sources(rows=3)
    found = decode(
        model,
        x,
        method="beam",
        beam_width=5 ** (LENGTH - 1),
        num_best=3,
        length_penalty=alpha,
        max_length=LENGTH,
    )
    for row in range(len(x)):
        expected = best(model, x[row], alpha, words=5)[:3]
        for k, (score, tokens) in enumerate(expected):
            without_end = [token for token in tokens if token != END]
            length = len(without_end)
            np.testing.assert_array_equal(
                found.ids[row, k], without_end + [0] * (LENGTH - length)
            )
            assert found.lengths[row, k] == length
            assert found.scores[row, k] == pytest.approx(score, rel=1e-4)


@pytest.mark.parametrize(
    ("attention", "input_feeding"),
    [(None, False), ("dot", False), ("dot", True)],
)
def test_greedy_takes_the_likeliest_next_token(attention, input_feeding):
    model = model_of(8, attention, input_feeding=input_feeding)
    x = sources()
    found = decode(model, x, max_length=LENGTH)
    for row, source in enumerate(x):
        tokens = []
        while len(tokens) < LENGTH and END not in tokens:
            log_p = [
                log_p_of(model, source, [*tokens, token])
                for token in range(END, 8)
            ]
            tokens.append(END + int(np.argmax(log_p)))
        written = [token for token in tokens if token != END]
        assert found.ids[row, 0, : len(written)].tolist() == written
        assert not found.ids[row, 0, len(written) :].any()
        assert found.scores[row, 0] == pytest.approx(
            log_p_of(model, source, tokens), rel=1e-4
        )


@pytest.mark.parametrize("alpha", [0.0, 0.6])
def test_a_beam_of_one_is_greedy(alpha):
    model, x = model_of(8, "dot"), sources()
    settings = {"max_length": 7, "length_penalty": alpha}
    greedy = decode(model, x, **settings)
    beam = decode(model, x, method="beam", beam_width=1, **settings)
    for name in ("ids", "lengths", "scores", "attention"):
        np.testing.assert_allclose(
            getattr(beam, name), getattr(greedy, name), rtol=1e-5, atol=1e-6
        )


def test_samples_are_as_frequent_as_they_are_probable():
    model, draws = model_of(5), 4000
    x = np.repeat(sources(rows=1), draws, axis=0)
    found = decode(model, x, method="sample", max_length=1, seed=0)
    # What may be written has all of the probability.
    of_first = sum(
        np.exp(log_p_of(model, x[0], [token])) for token in range(END, 5)
    )
    for token in range(END + 1, 5):
        expected = np.exp(log_p_of(model, x[0], [token])) / of_first
        actual = np.mean(found.ids[:, 0, 0] == token)
        assert actual == pytest.approx(expected, abs=4 * 0.5 / draws**0.5)


@pytest.mark.parametrize(
    "limits", [{"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-4}]
)
def test_draws_from_the_likeliest_alone_are_greedy(limits):
    model, x = model_of(8), sources()
    found = decode(model, x, method="sample", max_length=5, seed=1, **limits)
    expected = decode(model, x, max_length=5)
    np.testing.assert_array_equal(found.ids, expected.ids)
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-5)


def test_top_p_leaves_out_the_least_likely():
    model, x = model_of(8), np.repeat(sources(rows=1), 500, axis=0)
    log_p = [log_p_of(model, x[0], [token]) for token in range(8)]
    p = np.exp(log_p)
    p[[0, START]] = 0
    p /= p.sum()
    order = np.argsort(-p)
    up_to = np.cumsum(p[order])
    kept = set(order[: np.searchsorted(up_to, 0.7) + 1].tolist()) - {END}
    found = decode(
        model, x, method="sample", top_p=0.7, max_length=1, seed=2
    ).ids[:, 0, 0]
    assert set(found.tolist()) - {0} == kept


def test_a_seed_repeats_draws_whatever_the_batch_size():
    model, x = model_of(8, "dot"), sources(rows=7)
    first, second, other = (
        decode(
            model,
            x,
            method="sample",
            num_best=2,
            max_length=9,
            seed=seed,
            batch_size=batch_size,
        )
        for seed, batch_size in [(0, 256), (0, 3), (1, 256)]
    )
    np.testing.assert_array_equal(first.ids, second.ids)
    assert (first.ids != other.ids).any()


@pytest.mark.parametrize("method", DECODERS)
def test_neither_padding_nor_the_start_is_written(method):
    model = model_of(8, "dot")
    kernel, bias = model.decoder.read_out.get_weights()
    bias[[0, START]] += 50.0
    model.decoder.read_out.set_weights([kernel, bias])
    found = decode(model, sources(), method=method, max_length=6)
    assert not (found.ids == START).any()
    steps = np.arange(6)
    assert ((found.ids == 0) == (steps >= found.lengths[..., None])).all()


@pytest.mark.parametrize("attention", [None, "dot"])
@pytest.mark.parametrize("method", DECODERS)
def test_one_source_is_decoded_as_many_are(method, attention):
    model, x = model_of(8, attention), sources()
    best = 1 if method == "greedy" else 3
    settings = {"method": method, "num_best": best, "max_length": 5, "seed": 0}
    one = decode(model, x[:1], **settings)
    many = decode(model, x, **settings)
    np.testing.assert_array_equal(one.ids[0], many.ids[0])
    np.testing.assert_allclose(one.scores[0], many.scores[0], rtol=1e-5)


def test_attention_lies_on_the_valid_steps_of_the_source():
    model, x = model_of(8, "additive"), sources()
    found = decode(model, x, method="beam", num_best=2, max_length=5)
    assert found.attention.shape == (5, 2, 5, 6)
    assert not found.attention[1:, :, :, 4:].any()
    total = found.attention.sum(axis=-1)
    ended = found.lengths < 5
    written = np.arange(5) < (found.lengths + ended)[..., None]
    np.testing.assert_allclose(total, written.astype(float), atol=1e-6)


def test_without_attention_there_is_none_to_return():
    assert decode(model_of(), sources(), max_length=3).attention is None


def test_a_vector_and_a_picture_are_written_about():
    for inputs, x in (
        (Vector(3), np.zeros((4, 3))),
        (Image(6, 5, 2), np.zeros((4, 6, 5, 2))),
    ):
        model = one_to_many(
            Stack("elman", 3),
            inputs,
            NextToken(6),
            start_id=START,
            end_id=END,
        )
        found = decode(model, x, method="beam", num_best=2, max_length=5)
        assert found.ids.shape == (4, 2, 5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "best"}, "must be one of 'greedy', 'sample', 'beam'"),
        ({"max_length": 0}, "positive integer"),
        ({"num_best": 2}, "Use method='beam'"),
        ({"method": "beam", "num_best": 5}, "at most `beam_width`"),
        ({"temperature": 0.5}, "`temperature` is for method='sample'"),
        ({"method": "sample", "top_k": 3}, "at most 2, the tokens there are"),
        ({"beam_width": 8}, "`beam_width` is for method='beam'"),
        ({"method": "sample", "top_p": 0}, "Use method='greedy'"),
        ({"length_penalty": -1}, "above 0"),
        ({"seed": -1}, "`seed`"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        decode(model_of(), sources(), **{"max_length": 3} | settings)


def test_other_models_and_wrong_sources_are_refused():
    tokens = Tokens(9)
    other = many_to_many(Stack("gru", 2), tokens, NextToken.of(tokens))
    with pytest.raises(TypeError, match="made by seq2seq of tokens"):
        decode(other, sources(), max_length=3)
    model = model_of()
    with pytest.raises(ValueError, match=r"Token ids must lie in 0 \.\. 8"):
        decode(model, [[3, 9]], max_length=3)
    with pytest.raises(ValueError, match="row 1 holds none"):
        decode(model, [[3, 4], [0, 0]], max_length=3)


def test_a_saved_model_decodes_as_before(tmp_path):
    model, x = model_of(8, "dot", input_feeding=True), sources()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for method in DECODERS:
        settings = {"method": method, "max_length": 5, "seed": 0}
        expected = decode(model, x, **settings)
        np.testing.assert_array_equal(
            decode(loaded, x, **settings).ids, expected.ids
        )


def test_later_training_changes_what_is_written():
    model, x = model_of(8), sources()
    before = decode(model, x, max_length=5).scores
    for weight in model.trainable_weights:
        weight.assign(np.array(weight) * 0.5)
    assert not np.allclose(decode(model, x, max_length=5).scores, before)
