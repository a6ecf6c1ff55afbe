# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Binary,
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    Training,
    many_to_one,
)
from tests.models.quick import quick_stack
from tests.rows import few_keys

BATCH, TIME, FEATURES = 4, 6, 2
#: Unequal lengths, and one sequence of padding only.
IDS = np.array([[1, 2, 3, 4], [6, 5, 0, 0], [0, 0, 0, 0]])


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES))


@few_keys
def test_every_key_trains_saves_and_loads(key, x, tmp_path):
    model = many_to_one(
        Stack(key, units=3), Sequences(FEATURES, TIME), Regression(horizon=2)
    )
    model.compile("adam", "mae")
    model.fit(x, np.zeros((BATCH, 2, 1)), batch_size=BATCH, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))


POOLED = ["mean", "sum", "max", "attention"]


@few_keys
def test_every_key_is_pooled_trained_saved_and_loaded(key, tmp_path):
    # Every key meets a pooling, and every pooling some keys.
    pooling = POOLED[list(LAYERS).index(key) % len(POOLED)]
    model = many_to_one(
        quick_stack(key, 3), Tokens(7, 3), Binary(), pooling=pooling
    )
    Training().compile(model, Binary())
    model.fit(IDS, np.ones((len(IDS), 1)), batch_size=BATCH, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(IDS), loaded(IDS))


@pytest.mark.parametrize("pooling", ["last", *POOLED])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_changes_no_pooled_model(pooling, bidirectional):
    stack = Stack(
        ["keras_gru", "elman"], 3, bidirectional=bidirectional,
        normalization="layer", residual=True,
    )  # fmt: skip
    model = many_to_one(stack, Tokens(7, 3), MultiClass(3), pooling=pooling)
    together = np.asarray(model(IDS))
    assert np.isfinite(together).all()
    for ids, y in zip(IDS, together, strict=True):
        alone = ids[ids != 0][None]
        if alone.size:
            np.testing.assert_allclose(model(alone)[0], y, rtol=1e-4)


def test_a_masked_value_pads_numeric_sequences(x):
    model = many_to_one(
        Stack("elman", 3), Sequences(FEATURES, mask_value=-9), Regression(),
        pooling="mean",
    )  # fmt: skip
    padded = np.pad(x, ((0, 0), (1, 2), (0, 0)), constant_values=-9)
    np.testing.assert_allclose(model(padded), model(x), rtol=1e-4)


def test_a_model_is_uncompiled():
    model = many_to_one(Stack("elman", 3), Sequences(), Regression())
    assert not model.compiled


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (Regression(horizon=3, num_targets=2), (BATCH, 3, 2)),
        (Binary(), (BATCH, 1)),
        (MultiClass(num_classes=5), (BATCH, 5)),
    ],
)
def test_a_head_states_its_shape(head, shape, x):
    model = many_to_one(Stack("elman", 3), Sequences(FEATURES), head)
    assert tuple(model(x).shape) == shape


def test_class_probabilities_sum_to_one(x):
    model = many_to_one(Stack("gru", 3), Sequences(FEATURES), MultiClass(4))
    np.testing.assert_allclose(np.sum(model(x), axis=-1), 1, rtol=1e-5)


def test_a_head_works_in_float32_under_mixed_precision(x):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = many_to_one(Stack("elman", 3), Sequences(FEATURES), Binary())
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(model(x).dtype) == "float32"


def test_padding_token_ids_changes_nothing():
    model = many_to_one(
        Stack("coupled_gate_lstm", 3), Tokens(10, embedding_units=4), Binary()
    )
    ids = np.array([[3, 1, 4]])
    padded = np.array([[3, 1, 4, 0, 0]])
    np.testing.assert_allclose(model(ids), model(padded), rtol=1e-5)


def test_future_and_static_covariates_reach_the_forecast(x):
    model = many_to_one(
        Stack("elman", 3),
        Sequences(FEATURES, TIME, num_future=1, num_static=2),
        Regression(horizon=4),
    )
    inputs = {
        "past": x,
        "future": np.zeros((BATCH, 4, 1)),
        "static": np.zeros((BATCH, 2)),
    }
    before = np.asarray(model(inputs))
    for name in ("past", "future", "static"):
        changed = {**inputs, name: inputs[name] + 1}
        assert not np.allclose(model(changed), before), name


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("lstm", Sequences(), Binary()), TypeError, "Use Stack"),
        ((Stack(), 3, Binary()), TypeError, "Use Sequences.of"),
        ((Stack(), Sequences(), "binary"), TypeError, "Binary or MultiClass"),
        ((Stack(), Tokens(9), NextToken(9)), TypeError, "for many_to_many"),
        (
            (Stack(), Sequences(num_future=1), Binary()),
            ValueError,
            "Future covariates need a head with a horizon",
        ),
    ],
)
def test_a_wrong_part_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        many_to_one(*arguments)


def test_an_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="`pooling` must be one of 'last'"):
        many_to_one(Stack(), Sequences(), Binary(), pooling="median")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sequences(num_features=0), "`num_features` must be"),
        (lambda: Sequences(length=2.5), "`length` must be a positive"),
        (lambda: Sequences(num_future=-1), "`num_future` must be an"),
        (lambda: Tokens(vocabulary_size=0), "`vocabulary_size` must"),
        (lambda: Tokens(9, mask_zero="no"), "`mask_zero` must be True"),
        (lambda: Regression(horizon=0), "`horizon` must be a"),
        (lambda: MultiClass(1), "at least 2"),
    ],
)  # fmt: skip
def test_inputs_and_heads_refuse_wrong_values(make, message):
    with pytest.raises(ValueError, match=message):
        make()
