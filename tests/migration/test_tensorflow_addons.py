# SPDX-License-Identifier: Apache-2.0
"""Weights from and to TensorFlow Addons.

It is installed with no Keras of today, so its cells stand here in NumPy, from
`tensorflow_addons/rnn/peephole_lstm_cell.py` and `layer_norm_lstm_cell.py` of
version 0.23.
"""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.migration import from_addons, to_addons
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    UNITS,
    random_sequences,
    randomized,
)

EPSILON = 1e-3  # the default of norm_epsilon
PEEPHOLES = [f"{gate}_gate_peephole_weights" for gate in ("input", "forget")]
PEEPHOLES += ["output_gate_peephole_weights"]
NORMS = [
    f"{norm}_norm.{kind}"
    for norm in ("kernel", "recurrent", "state")
    for kind in ("gamma", "beta")
]


def sigma(v):
    return 1 / (1 + np.exp(-v))


def normalized(v, w, name):
    """keras.layers.LayerNormalization over the last axis."""
    mean, variance = v.mean(-1, keepdims=True), v.var(-1, keepdims=True)
    scaled = (v - mean) / np.sqrt(variance + EPSILON)
    return scaled * w[f"{name}.gamma"] + w[f"{name}.beta"]


def peephole_lstm(x, h, c, w):
    z = x @ w["kernel"] + h @ w["recurrent_kernel"] + w.get("bias", 0)
    z_i, z_f, z_c, z_o = np.split(z, 4, axis=1)
    i = sigma(z_i + w["input_gate_peephole_weights"] * c)
    f = sigma(z_f + w["forget_gate_peephole_weights"] * c)
    c = f * c + i * np.tanh(z_c)
    o = sigma(z_o + w["output_gate_peephole_weights"] * c)
    return o * np.tanh(c), c


def layer_norm_lstm(x, h, c, w):
    z = normalized(x @ w["kernel"], w, "kernel_norm")
    z = z + normalized(h @ w["recurrent_kernel"], w, "recurrent_norm")
    z_i, z_f, z_c, z_o = np.split(z + w.get("bias", 0), 4, axis=1)
    c = sigma(z_f) * c + sigma(z_i) * np.tanh(z_c)
    c = normalized(c, w, "state_norm")
    return sigma(z_o) * np.tanh(c), c


every_cell = pytest.mark.parametrize(
    ("oracle", "layer_class", "own_names"),
    [
        (peephole_lstm, keras_rnn.PeepholeLSTM, PEEPHOLES),
        (layer_norm_lstm, keras_rnn.LayerNormLSTM, NORMS),
    ],
)


def shapes(own_names, use_bias):
    """Of the weights of a cell, in the order of its get_weights."""
    wide = {"kernel": (FEATURES,), "recurrent_kernel": (UNITS,), "bias": ()}
    if not use_bias:
        del wide["bias"]
    widths = {"kernel_norm": 4 * UNITS, "recurrent_norm": 4 * UNITS}
    own = {k: (widths.get(k.partition(".")[0], UNITS),) for k in own_names}
    return {k: (*v, 4 * UNITS) for k, v in wide.items()} | own


def weights_of(own_names, use_bias=True, seed=0):
    draw = np.random.default_rng(seed).normal
    return {
        name: 0.5 * draw(size=shape)
        for name, shape in shapes(own_names, use_bias).items()
    }


def run(oracle, w, x):
    h = c = np.zeros((len(x), UNITS))
    outputs = []
    for k in range(x.shape[1]):
        h, c = oracle(x[:, k], h, c, w)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def built(layer):
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


@pytest.mark.parametrize("use_bias", [True, False])
@every_cell
def test_outputs_are_those_of_the_cell(
    oracle, layer_class, own_names, use_bias
):
    layer = built(layer_class(UNITS, return_sequences=True, use_bias=use_bias))
    weights = weights_of(own_names, use_bias)
    x = random_sequences()
    from_addons(layer, weights)
    expected = run(oracle, weights, x)
    np.testing.assert_allclose(layer(x), expected, **FLOAT32)
    other = weights_of(own_names, use_bias, seed=1)
    from_addons(layer, list(other.values()))
    expected = run(oracle, other, x)
    np.testing.assert_allclose(layer(x), expected, **FLOAT32)


@every_cell
def test_weights_come_back_in_the_order_of_get_weights(
    oracle, layer_class, own_names
):
    layer = built(layer_class(UNITS))
    weights = weights_of(own_names)
    from_addons(layer, weights)
    back = to_addons(layer)
    assert list(back) == list(weights)
    for name, weight in back.items():
        np.testing.assert_allclose(weight, weights[name], **FLOAT32)


@every_cell
def test_wrong_weights_are_refused_before_any_is_set(
    oracle, layer_class, own_names
):
    layer = built(layer_class(UNITS))
    before = layer.get_weights()
    weights = weights_of(own_names)
    last = own_names[-1]
    without = {k: v for k, v in weights.items() if k != last}
    for wrong, message in [
        (without, f"Received: without {last}. Use a layer"),
        (weights | {"gamma": 1.0}, "Received: with gamma. Use a layer"),
        (without | {"gamma": 1.0}, f"without {last}, and with gamma"),
        (list(without.values()), f"must hold {len(weights)} arrays: kernel"),
        (weights | {last: np.zeros(UNITS + 1)}, f"'{last}' in `weights`"),
    ]:
        with pytest.raises(ValueError, match=message):
            from_addons(layer, wrong)
    for weight, old in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_other_layers_are_refused():
    with pytest.raises(TypeError, match="PeepholeLSTMCell or LayerNormLSTM"):
        to_addons(built(keras_rnn.LSTM(UNITS)))
    with pytest.raises(ValueError, match="must have peephole='diagonal'"):
        to_addons(built(keras_rnn.PeepholeLSTM(UNITS, peephole="full")))
    with pytest.raises(ValueError, match="must have weights"):
        to_addons(keras_rnn.PeepholeLSTM(UNITS))
    both_ways = keras.layers.Bidirectional(keras_rnn.PeepholeLSTM(UNITS))
    with pytest.raises(TypeError, match="Received: layer=<Bidirectional"):
        to_addons(built(both_ways))
    with pytest.raises(TypeError, match="`weights` must be of type list"):
        from_addons(built(keras_rnn.PeepholeLSTM(UNITS)), 1.0)
