# SPDX-License-Identifier: Apache-2.0
"""gates, against the equations in NumPy."""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.diagnostics import gates
from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    MultiClass,
    NextToken,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
    seq2seq,
)
from tests.layers.oracles.arithmetic import sigma
from tests.rows import FLOAT32, random_sequences, randomized

UNITS, FEATURES = 4, 3


def model_of(stack, features=FEATURES, **settings):
    inputs = Sequences(features, mask_value=0.0)
    return randomized(many_to_many(stack, inputs, MultiClass(2), **settings))


def padded():
    x = random_sequences(3, 6)
    x[1, 4:] = 0
    x[2, 1:3] = 0
    return x


def of(found, name, sample, layer=None):
    """The rows of one gate and sample, an array `(time, units)`."""
    frame = found.values.xs(name, level="name").xs(sample, level="sample")
    frame = frame.dropna(axis=1)
    if layer is not None:
        frame = frame.xs(layer, level="layer")
    return frame.to_numpy()


def lstm_by_numpy(weights, x):
    """i, f, g, o, h, c of one sequence; gates in Keras's order."""
    W, R, b = map(np.asarray, weights)
    h = c = np.zeros(UNITS)
    rows = []
    for x_t in x:
        i, f, g, o = np.split(x_t @ W + h @ R + b, 4)
        i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
        c = f * c + i * g
        h = o * np.tanh(c)
        rows.append((i, f, g, o, h, c))
    by_name = map(np.array, zip(*rows, strict=True))
    return dict(zip("ifgohc", by_name, strict=True))


@pytest.mark.parametrize("key", ["lstm", "keras_lstm"])
def test_gates_are_those_of_the_equations(key):
    x, model = padded(), model_of(Stack(key, UNITS))
    found = gates(model, x)
    layer = next(k for k in model.layers if isinstance(k, keras.layers.RNN))
    for sample in range(3):
        valid = (x[sample] != 0).any(axis=-1)
        expected = lstm_by_numpy(layer.get_weights(), x[sample][valid])
        for name, array in expected.items():
            np.testing.assert_allclose(
                of(found, name, sample), array, **FLOAT32
            )
        times = found.values.loc[(layer.name, "forward", "i", sample)].index
        assert times.tolist() == np.flatnonzero(valid).tolist()


@pytest.mark.parametrize("key", LAYERS)
def test_every_key_has_gates_and_states(key):
    model = model_of(Stack(key, UNITS), features=9)
    x = np.random.default_rng(0).normal(size=(2, 5, 9)).astype("float32")
    found = gates(model, x)
    names = set(found.values.index.get_level_values("name"))
    assert "h" in names or "y" in names
    assert np.isfinite(found.values.loc[:, 0]).all()
    assert (found.values.groupby(level="name").size() == 10).all()
    # The states are those with which the layer ends.
    layer = next(k for k in model.layers if isinstance(k, keras.layers.RNN))
    layer.return_state = True
    _, *states = layer(x)
    last = states[0]
    name = getattr(layer.cell, "states", ("h",))[0]
    for sample in range(2):
        np.testing.assert_allclose(
            of(found, name, sample)[-1], last[sample], **FLOAT32
        )


def test_two_directions_and_layers_are_told_apart():
    x = padded()
    model = model_of(Stack("gru", [UNITS, 2], bidirectional=True))
    found = gates(model, x)
    directions = found.values.index.get_level_values("direction")
    assert set(directions) == {"forward", "backward"}
    assert len(set(found.values.index.get_level_values("layer"))) == 2
    first = model.layers[2]
    ahead = keras.Model(model.inputs, model.layers[1].output).predict(
        x[:1], verbose=0
    )
    backward = first.backward_layer(ahead[:, ::-1][:, ::-1])
    frame = found.values.loc[(first.name, "backward", "h", 0)]
    np.testing.assert_allclose(
        frame.to_numpy()[:, :UNITS][::-1], backward[0], **FLOAT32
    )
    assert frame.index.tolist() == list(range(6))


def test_saturation_is_the_share_of_steps_near_an_end():
    layer = keras_rnn.LSTM(1, return_sequences=True)
    model = keras.Sequential([keras.Input((None, 1)), layer])
    W = np.array([[0.0, 0.0, 0.0, 10.0]])
    bias = np.array([-9.0, 9.0, 0.0, 0.0])
    layer.set_weights([W, np.zeros((1, 4)), bias])
    x = np.array([[[1.0], [-1.0], [0.0], [1.0]]])
    shares = gates(model, x).saturation
    by_name = shares.droplevel(["layer", "direction", "unit"])
    assert by_name.loc["i"].tolist() == [1, 0]
    assert by_name.loc["f"].tolist() == [0, 1]
    assert by_name.loc["g"].tolist() == [0, 0]
    assert by_name.loc["o"].tolist() == [0.25, 0.5]


def test_gates_without_bounds_have_no_saturation():
    found = gates(model_of(Stack("lru", UNITS)), padded())
    assert found.saturation.isna().all(axis=None)


def test_tokens_and_dicts_are_read():
    tokens = Tokens(7)
    model = many_to_many(Stack("elman", 3), tokens, NextToken.of(tokens))
    found = gates(model, np.array([[3, 4, 0], [1, 0, 0]]))
    assert len(found.values.xs("h", level="name").loc[:, 0]) == 3
    inputs = Sequences(2, num_static=1)
    model = many_to_one(Stack("gru", 3), inputs, MultiClass(2))
    x = {"past": np.zeros((2, 4, 2)), "static": np.zeros((2, 1))}
    assert len(gates(model, x).values) == 4 * 2 * 4


def test_layers_in_a_loop_of_their_own_are_named():
    model = seq2seq(
        Stack("gru", 3), Tokens(9), NextToken(9), start_id=1, end_id=2
    )
    x = {"source": np.array([[3, 4]]), "before": np.array([[1, 5]])}
    with pytest.warns(UserWarning, match="loop of its own"):
        found = gates(model, x)
    assert len(set(found.values.index.get_level_values("layer"))) == 1


def test_models_without_memory_are_refused():
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="must have a recurrent layer"):
        gates(model, np.zeros((1, 4, 2)))
    with pytest.raises(TypeError, match="`model`"):
        gates("model", np.zeros((1, 4, 2)))
