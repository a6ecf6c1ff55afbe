# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pandas as pd
import pytest

from keras_rnn import layers
from keras_rnn.data import Columns, Windows, prepare
from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Binary,
    Regression,
    Sequences,
    Stack,
    many_to_one,
    seq2seq,
    with_horizon,
)
from tests.rows import few_keys
from tests.tiers import mostly_slow

BATCH, TIME, FEATURES, HORIZON = 4, 6, 2, 3


@pytest.fixture
def x():
    rng = np.random.default_rng(0)
    return rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")


@pytest.fixture
def y(x):
    return x[:, :HORIZON, :1]


def trained(model, x, y):
    model.compile("adam", "mse", run_eagerly=True)  # spares a compilation
    model.fit(x, y, verbose=0)
    return model


@few_keys
def test_every_key_trains_saves_and_loads(key, x, y, tmp_path):
    own = issubclass(LAYERS[key].layer, RecurrentLayer)
    plain_loop = {"engine": "reference"} if own else {}  # nothing to compile
    stack = Stack(key, [3, 4], options=plain_loop)
    model = seq2seq(stack, Sequences(FEATURES, TIME), Regression(HORIZON))
    trained(model, x, y)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))


@pytest.mark.parametrize(
    "teacher_forcing", mostly_slow([0.0, 0.5, 1.0], default=["0.5"])
)
def test_it_trains_as_a_compiled_model(teacher_forcing, x, y):
    model = seq2seq(
        Stack("lstm", 8, dropout=0.1, recurrent_dropout=0.1),
        Sequences(FEATURES),
        Regression(HORIZON),
        teacher_forcing=teacher_forcing,
    )
    model.compile(keras.optimizers.Adam(0.02), "mse", jit_compile=False)
    before = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=30, verbose=0)
    assert model.evaluate(x, y, verbose=0) < before


def test_all_weights_get_a_gradient(x, y):
    model = seq2seq(
        Stack(
            "jordan",
            [3, 3],
            bidirectional=True,
            normalization="layer",
            options={"engine": "reference"},
        ),
        Sequences(FEATURES),
        Regression(HORIZON),
    )
    before = model.get_weights()
    trained(model, x, y)
    for weight, old in zip(model.weights, before, strict=True):
        if weight.trainable:
            assert not np.array_equal(weight.numpy(), old), weight.path


def test_it_takes_and_gives_what_many_to_one_does():
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    values = np.sin(np.arange(60.0))
    frame = pd.DataFrame({"y": values, "k": values, "s": 1.0}, index=days)
    data = prepare(
        frame,
        Columns("y", future=("k",), static=("s",)),
        Windows(lookback=5, horizon=3),
    )
    parts = Stack("elman", 3), Sequences.of(data), Regression.of(data)
    outputs = []
    for factory in (many_to_one, seq2seq):
        model = factory(*parts)
        assert not model.compiled
        model.compile("adam", "mse", run_eagerly=True)
        model.fit(data.train.dataset(16), shuffle=False, verbose=0)
        outputs.append(model.predict(data.test.dataset(16), verbose=0))
    assert outputs[0].shape == outputs[1].shape
    assert data.test.forecasts(outputs[1])["forecast"].notna().all()


def test_a_future_covariate_changes_its_own_step_and_later_ones(x):
    model = seq2seq(
        Stack("gru", 3),
        Sequences(FEATURES, num_future=1, num_static=2),
        Regression(HORIZON),
    )
    inputs = {
        "past": x,
        "future": np.zeros((BATCH, HORIZON, 1)),
        "static": np.zeros((BATCH, 2)),
    }
    before = np.asarray(model(inputs))
    future = inputs["future"].copy()
    future[:, 1] = 1
    after = np.asarray(model({**inputs, "future": future}))
    moved = np.abs(after - before).max(axis=(0, 2)) > 1e-6
    assert moved.tolist() == [False, True, True]
    other = np.asarray(model({**inputs, "static": inputs["static"] + 1}))
    assert (np.abs(other - before) > 1e-6).all()


def test_the_states_of_the_encoder_are_handed_over(x):
    model = seq2seq(Stack("lstm", [3, 4]), Sequences(FEATURES), Regression(2))
    context, states = model.get_layer("encoder")(x)
    expected = model.get_layer("decoder")(
        np.repeat(np.asarray(context)[:, None], 2, axis=1),
        initial_state=states,
    )
    assert [[s.shape[-1] for s in of] for of in states] == [[3, 3], [4, 4]]
    np.testing.assert_allclose(np.asarray(model(x)), expected, atol=1e-6)


def test_the_state_of_a_jordan_network_is_its_output(x):
    stack = Stack("jordan", 5, options={"output_units": 2})
    model = seq2seq(stack, Sequences(FEATURES), Regression(HORIZON))
    assert model(x).shape == (BATCH, HORIZON, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"bidirectional": True},
        {"residual": True, "bidirectional": True},
        {"residual": True, "normalization": "layer", "dropout": 0.2},
    ],
)
def test_settings_of_the_stack_are_honoured(settings, x, y, tmp_path):
    model = seq2seq(
        Stack("lstm", [4, 4], **settings),
        Sequences(FEATURES),
        Regression(HORIZON),
    )
    trained(model, x, y)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))


def test_a_loaded_model_forecasts_further_than_it_was_trained(x, y, tmp_path):
    inputs = Sequences(FEATURES, num_future=1)
    model = seq2seq(Stack("gru", 3), inputs, Regression(HORIZON))
    model.save(tmp_path / "model.keras")
    further = with_horizon(
        keras.models.load_model(tmp_path / "model.keras"), 2 * HORIZON
    )
    future = np.random.default_rng(1).normal(size=(BATCH, 2 * HORIZON, 1))
    long = np.asarray(further({"past": x, "future": future}))
    short = np.asarray(model({"past": x, "future": future[:, :HORIZON]}))
    assert long.shape == (BATCH, 2 * HORIZON, 1)
    np.testing.assert_allclose(long[:, :HORIZON], short, atol=1e-6)


def test_padding_changes_no_forecast(x):
    model = seq2seq(
        Stack("gru", [3, 3], bidirectional=True),
        Sequences(FEATURES, mask_value=-1.0),
        Regression(HORIZON),
    )
    for where in (0, TIME, 3):
        padded = np.insert(x, [where] * 2, -1.0, axis=1)
        np.testing.assert_allclose(model(padded), model(x), atol=1e-6)
    assert np.isfinite(model(np.full_like(x, -1.0))).all()


def test_a_single_sequence_is_a_batch(x):
    model = seq2seq(Stack("gru", 3), Sequences(FEATURES), Regression(HORIZON))
    np.testing.assert_allclose(model(x[:1]), model(x)[:1], atol=1e-6)


def test_mixed_precision_leaves_in_float32(x, y):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = seq2seq(
            Stack("elman", 3), Sequences(FEATURES), Regression(HORIZON)
        )
    finally:
        keras.config.set_dtype_policy("float32")
    trained(model, x, y)
    assert keras.backend.standardize_dtype(model(x).dtype) == "float32"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("lstm", Sequences(), Regression()), TypeError, "Use Stack"),
        ((Stack(), 3, Regression()), TypeError, "Use Sequences.of"),
        (
            (Stack(), Sequences(), Binary()),
            TypeError,
            "This one is for many_to_one or many_to_many",
        ),
        (
            (Stack(normalization="batch"), Sequences(), Regression()),
            ValueError,
            "Use normalization='layer'",
        ),
    ],
)
def test_a_wrong_part_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        seq2seq(*arguments)


class OwnCell(keras.layers.Layer):
    """h = x W + h' as a user writes it: no masks, no `training`."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.state_size))

    def call(self, x, states):
        h = keras.ops.matmul(x, self.kernel) + states[0]
        return h, [h]


class OwnLayer(keras.layers.RNN):
    def __init__(self, units, recurrent_dropout=0.0, **kwargs):
        super().__init__(OwnCell(units), **kwargs)


@pytest.mark.parametrize("teacher_forcing", [0.0, 0.5, 1.0])
def test_a_registered_layer_of_keras_decodes(teacher_forcing, x, y):
    layers.register("own", OwnLayer)
    try:
        stack = Stack(["own", "gru"], 3, dropout=0.1)
        model = seq2seq(
            stack,
            Sequences(FEATURES),
            Regression(HORIZON),
            teacher_forcing=teacher_forcing,
        )
    finally:
        del LAYERS["own"]
    before = [w.numpy() for w in model.trainable_weights]
    trained(model, x, y)
    moved = [
        (w.numpy() != old).any()
        for w, old in zip(model.trainable_weights, before, strict=True)
    ]
    assert all(moved)


def test_another_model_cannot_change_its_horizon():
    model = many_to_one(Stack("elman", 3), Sequences(), Regression())
    with pytest.raises(ValueError, match="made by seq2seq has a horizon"):
        with_horizon(model, 3)
