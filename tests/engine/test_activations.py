# SPDX-License-Identifier: Apache-2.0
"""The derivatives written from the outputs, against autodiff."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.engine.activations import (
    DERIVATIVES,
    Activate,
    unknown_derivatives,
)
from keras_rnn.layers import Elman, PeepholeLSTM
from tests.backend import derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    randomized,
)
from tests.tiers import mostly_slow

every_activation = pytest.mark.parametrize(
    "function", DERIVATIVES, ids=lambda function: function.__name__
)
#: In a whole layer: one without corners and one with a constant side.
in_a_layer = pytest.mark.parametrize(
    "function",
    mostly_slow(
        {function.__name__: function for function in DERIVATIVES},
        default=["tanh", "hard_sigmoid"],
    ),
)

# Either side of every corner of the piecewise ones: -3, -1, 0, 1, 3, 6.
POINTS = np.array(
    [-9, -3.1, -2.9, -1.1, -0.9, -0.1, 0.1, 0.9, 1.1, 2.9, 3.1, 5.9, 6.1, 9],
    dtype="float32",
)


@every_activation
def test_each_derivative_is_that_of_autodiff(function):
    y = function(ops.convert_to_tensor(POINTS))
    # The gradient of Σ cos(n) y_n is cos(n) times the slope.
    gradients = derivatives(keras.layers.Activation(function), POINTS).gradients
    slopes = gradients["sequences"] / np.cos(np.arange(len(POINTS)))
    np.testing.assert_allclose(DERIVATIVES[function](y), slopes, **FLOAT32)


@every_activation
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_each_derivative_keeps_the_dtype(function, dtype):
    y = function(ops.convert_to_tensor(POINTS, dtype=dtype))
    slopes = DERIVATIVES[function](y)
    assert keras.backend.standardize_dtype(slopes.dtype) == dtype


@in_a_layer
def test_each_activation_runs_in_an_ungated_layer(function):
    _assert_engines_agree(Elman, activation=function)


@in_a_layer
def test_each_activation_runs_in_a_gated_layer(function):
    _assert_engines_agree(PeepholeLSTM, activation=function)


@in_a_layer
def test_each_activation_runs_in_the_gates(function):
    _assert_engines_agree(
        PeepholeLSTM, activation="sigmoid", recurrent_activation=function
    )


@pytest.mark.parametrize(
    "z",
    [
        {"g": "tanh"},
        {"f": "sigmoid", "g": "tanh"},
        {"f": "sigmoid", "g": "relu"},
        {"i": "sigmoid", "f": "tanh", "g": "tanh"},
    ],
    ids=str,
)
def test_one_pass_gives_the_values_and_slopes_of_each(z):
    functions = {
        name: keras.activations.get(function) for name, function in z.items()
    }
    widths = range(1, len(z) + 1)
    inputs = {
        name: ops.convert_to_tensor(
            random_sequences()[:, 0, :1] * np.ones((1, width), "float32")
        )
        for name, width in zip(z, widths, strict=True)
    }
    values, slopes = Activate(functions)(**inputs)
    if len(z) == 1:
        values, slopes = [values], [slopes]
    for name, value, slope in zip(z, values, slopes, strict=True):
        expected = functions[name](inputs[name])
        np.testing.assert_allclose(value, expected, **FLOAT32)
        np.testing.assert_allclose(
            slope, DERIVATIVES[functions[name]](expected), **FLOAT32
        )


def test_unknown_derivatives_are_named_once_and_sorted():
    gelu, silu = keras.activations.gelu, keras.activations.silu
    known = keras.activations.tanh
    functions = {"i": silu, "f": known, "g": gelu, "o": silu}
    assert unknown_derivatives(functions) == ["gelu", "silu"]


def test_softmax_needs_a_cell_that_passes_its_gradient_through():
    functions = {"y": keras.activations.softmax}
    assert unknown_derivatives(functions) == ["softmax"]
    assert unknown_derivatives(functions, passed_through=("y",)) == []


def _assert_engines_agree(layer_class, **arguments):
    results = []
    for engine in ("fused", "reference"):
        layer = layer_class(UNITS, engine=engine, **arguments)
        layer.build((BATCH, TIME, FEATURES))
        # Small, lest the unbounded activations run away over time.
        randomized(layer)
        for weight in layer.trainable_weights:
            weight.assign(0.5 * weight)
        results.append(derivatives(layer, random_sequences()))
    fused, reference = results
    assert_close(fused.outputs, reference.outputs, FLOAT32)
    assert_close(fused.gradients, reference.gradients, FLOAT32)
