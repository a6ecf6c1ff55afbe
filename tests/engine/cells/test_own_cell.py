# SPDX-License-Identifier: Apache-2.0
"""A cell of the reader's own: a leaky unit, h = (1 − a) h' + a φ(z)."""

import keras
import numpy as np
import pytest

from keras_rnn.engine import RecurrentCell, RecurrentLayer
from keras_rnn.layers import LAYERS, get, register
from tests.backend import derivatives, fused_only
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    MASKS,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    random_states,
    randomized,
)

LEAK = 0.25


class LeakyCell(RecurrentCell):
    """Steps, and leaves the gradient to autodiff."""

    gates = ("h",)

    def __init__(self, units, *, leak=0.5, **kwargs):
        super().__init__(units, **kwargs)
        self.leak = leak

    def step(self, z, states, w, act):
        (h_prev,) = states
        g, dg = act(h=z.h)
        h = (1 - self.leak) * h_prev + self.leak * g
        return (h,), {"h": self.leak * dg}


class LeakyCellWithGradient(LeakyCell):
    """The same with its gradient: dh reaches h' around φ as well."""

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"h": dh}, ((1 - self.leak) * dh,)


class Leaky(RecurrentLayer):
    """Runs on the reference engine."""

    cell_class = LeakyCell


class LeakyWithGradient(RecurrentLayer):
    """Runs on the fused engine."""

    cell_class = LeakyCellWithGradient


CLASSES = [Leaky, LeakyWithGradient]
every_class = pytest.mark.parametrize("layer_class", CLASSES)


@pytest.fixture
def table():
    """The table, whose new rows are forgotten after the test."""
    before = dict(LAYERS)
    yield LAYERS
    LAYERS.clear()
    LAYERS.update(before)


def _layer(layer_class, **arguments):
    layer = layer_class(UNITS, leak=LEAK, **arguments)
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


@every_class
def test_it_computes_its_equation(layer_class):
    layer = _layer(layer_class, return_sequences=True)
    kernel, recurrent_kernel, bias = layer.get_weights()
    x = random_sequences()
    outputs = np.array(layer(x))
    h = np.zeros((BATCH, UNITS))
    for t in range(TIME):
        g = np.tanh(x[:, t] @ kernel + h @ recurrent_kernel + bias)
        h = (1 - LEAK) * h + LEAK * g
        np.testing.assert_allclose(outputs[:, t], h, **FLOAT32)


@fused_only
def test_without_a_gradient_the_fused_engine_says_what_is_missing():
    with pytest.raises(ValueError, match="LeakyCell has no step_gradient"):
        Leaky(UNITS, engine="fused")


def test_its_gradient_is_that_of_autodiff():
    x, mask = random_sequences(), MASKS["right"]
    states = random_states(_layer(Leaky))
    fused, reference = (
        derivatives(
            _layer(layer_class, engine=engine, return_state=True),
            x,
            states,
            mask=mask,
        )
        for layer_class, engine in [
            (LeakyWithGradient, "fused"),
            (Leaky, "auto"),
        ]
    )
    assert_close(fused.outputs, reference.outputs)
    assert_close(fused.gradients, reference.gradients)


@every_class
def test_it_can_be_registered_and_used_by_its_key(layer_class, table):
    register("leaky", layer_class, slow={"leak": 0.01})
    layer = get("leaky")(UNITS, **table["leaky"].variants["slow"])
    assert layer.leak == 0.01
    assert tuple(layer(random_sequences()).shape) == (BATCH, UNITS)


@every_class
def test_it_is_saved_and_loaded_with_its_argument(layer_class, tmp_path):
    model = keras.Sequential(
        [keras.Input((TIME, FEATURES)), layer_class(UNITS, leak=LEAK)]
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[-1].leak == LEAK
    x = random_sequences()
    np.testing.assert_array_equal(loaded(x), model(x))


@every_class
def test_it_learns(layer_class):
    model = keras.Sequential([layer_class(UNITS), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = random_sequences()
    losses = model.fit(x, x.sum(axis=(1, 2)), epochs=5, verbose=0)
    assert losses.history["loss"][-1] < losses.history["loss"][0]


def test_a_cell_without_a_step_is_not_implemented():
    class UnfinishedCell(RecurrentCell):
        gates = ("h",)

    with pytest.raises(NotImplementedError):
        keras.layers.RNN(UnfinishedCell(UNITS))(random_sequences())
