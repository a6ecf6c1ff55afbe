# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Binary,
    MultiClass,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_one,
)

BATCH, TIME, FEATURES = 4, 6, 2


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES))


@pytest.mark.parametrize("key", LAYERS)
def test_every_key_trains_saves_and_loads(key, x, tmp_path):
    model = many_to_one(
        Stack(key, units=3), Sequences(FEATURES, TIME), Regression(horizon=2)
    )
    model.compile("adam", "mae")
    model.fit(x, np.zeros((BATCH, 2, 1)), batch_size=BATCH, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))


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
        ((Stack(), Sequences(), "binary"), TypeError, "Regression or Binary"),
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
