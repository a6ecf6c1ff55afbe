# SPDX-License-Identifier: Apache-2.0
"""Layers with the same equations share one program, however they are run."""

import gc
import random
import weakref

import keras
import numpy as np
import pytest

from keras_rnn.layers import CoupledGateLSTM, ElmanCell
from tests.backend import derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    randomized,
)


def _layer(units, **arguments):
    layer = CoupledGateLSTM(units, return_state=True, **arguments)
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


def _fit(units, jit_compile, outputs=slice(None)):
    """Trains on some of output, h and c; the others get no gradient."""
    inputs = keras.Input((TIME, FEATURES))
    layer = CoupledGateLSTM(units, return_state=True)
    values = keras.layers.Concatenate()(layer(inputs)[outputs])
    model = keras.Model(inputs, keras.layers.Dense(1)(values))
    model.compile("sgd", "mse", jit_compile=jit_compile)
    model.fit(random_sequences(), np.ones(BATCH), verbose=0)


def _predict(units, jit_compile):
    inputs = keras.Input((TIME, FEATURES))
    model = keras.Model(inputs, CoupledGateLSTM(units)(inputs))
    model.compile(jit_compile=jit_compile)
    model.predict(random_sequences(), verbose=0)


def _differentiate(units):
    fused, reference = (
        derivatives(_layer(units, engine=engine), random_sequences())
        for engine in ("fused", "reference")
    )
    assert_close(fused.outputs, reference.outputs)
    assert_close(fused.gradients, reference.gradients)


RUNS = {
    "fit": lambda units: _fit(units, jit_compile=False),
    "fit the states": lambda units: _fit(
        units, jit_compile=False, outputs=slice(1, None)
    ),
    "fit all in XLA": lambda units: _fit(units, jit_compile=True),
    "predict": lambda units: _predict(units, jit_compile=False),
    "differentiate": _differentiate,
}


ORDERS = [
    ["fit", "differentiate", "fit the states", "differentiate"],
    ["differentiate", "fit", "predict", "fit all in XLA"],
    ["predict", "differentiate", "fit the states", "fit"],
]


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_a_program_serves_eager_code_and_models_in_any_order(order):
    # Units of no other test, so that this order is the program's whole life.
    units = 10 * UNITS + ORDERS.index(order)
    for run in order:
        RUNS[run](units)


def test_two_layers_of_one_model_share_a_program():
    inputs = keras.Input((TIME, UNITS))
    x = random_sequences()[..., :1] * np.ones(UNITS, "float32")
    first, second = (
        CoupledGateLSTM(UNITS, return_sequences=True) for _ in range(2)
    )
    model = keras.Model(inputs, second(first(inputs)))
    model.compile("sgd", "mse", jit_compile=False)
    randomized(model)
    before = np.array(first(x))
    model.fit(x, np.ones((BATCH, TIME, UNITS)), verbose=0)
    assert not np.allclose(first(x), before)
    np.testing.assert_allclose(
        model.predict(x, verbose=0), second(first(x)), rtol=1e-5
    )


def _equations(activation, **arguments):
    return ElmanCell(UNITS, activation=activation, **arguments).equations()


def test_cells_with_equal_arguments_share_their_equations():
    ours = _equations("tanh", kernel_initializer="zeros", dropout=0.5)
    assert _equations("tanh", name="other") is ours
    assert _equations("relu") is not ours
    assert CoupledGateLSTM(UNITS).cell.equations() is not ours


class UnhashableActivation:
    """Like tanh, and without a hash, as whatever defines __eq__ alone."""

    __name__ = "unhashable"

    def __call__(self, x):
        return keras.ops.tanh(x)

    def __eq__(self, other):
        return True


def test_an_argument_without_a_hash_is_shared_by_identity():
    one, other = UnhashableActivation(), UnhashableActivation()
    assert _equations(one) is _equations(one)
    assert _equations(one) is not _equations(other)


def test_equations_are_forgotten_after_many_others():
    first = weakref.ref(_equations(lambda x: x))
    for _ in range(200):
        _equations(lambda x: x)
    gc.collect()
    assert first() is None


def test_equations_draw_nothing_from_the_random_state_of_the_user():
    cell = ElmanCell(UNITS, activation=lambda x: x)  # no cache knows it
    keras.utils.set_random_seed(1)
    expected = random.random()
    keras.utils.set_random_seed(1)
    cell.equations()
    assert random.random() == expected
