# SPDX-License-Identifier: Apache-2.0
"""Every seam of the engine, by a small cell that needs it."""

import keras
import numpy as np
import pytest

from keras_rnn.engine import RecurrentCell, RecurrentLayer, pre_activations
from tests.backend import (
    WIDEST,
    derivatives,
    fused_only,
    second_derivatives,
)
from tests.engine.cells.seams import SEAMS
from tests.rows import (
    BATCH,
    FEATURES,
    FINEST,
    MASKS,
    TIME,
    assert_close,
    random,
    random_sequences,
    random_states,
    randomized,
)
from tests.tiers import mostly_slow, products

UNITS = 4  # two blocks of two
every_seam = pytest.mark.parametrize("seam", SEAMS.values(), ids=SEAMS)


def _layer(seam, **arguments):
    layer_class, _ = seam
    layer = layer_class(
        UNITS, return_sequences=True, return_state=True, **arguments
    )
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


def _weights(layer):
    return {w.name: np.array(w.value) for w in layer.trainable_weights}


def _by_oracle(seam, layer, x, states):
    _, step = seam
    outputs = []
    for t in range(TIME):
        states = step(x[:, t], states, _weights(layer))
        outputs.append(states[0])
    return np.stack(outputs, axis=1), *states


@every_seam
@pytest.mark.parametrize("engine", ["auto", "reference"])
def test_both_engines_compute_the_equations(seam, engine):
    layer = _layer(seam, engine=engine, dtype=WIDEST)
    x, states = random_sequences(), random_states(layer)
    actual = layer(x, initial_state=states)
    expected = _by_oracle(seam, layer, x, states)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, **FINEST)


# Arguments of the layer, and those of its call.
CASES = {
    "plain": ({}, {}),
    "masked": ({}, {"mask": MASKS["holes"]}),
    "dropped": ({"recurrent_dropout": 0.4}, {"training": True}),
    "zoned out": (
        {"zoneout": 0.3},
        {"training": True, "mask": MASKS["right"]},
    ),
    "zoneout in inference": ({"zoneout": 0.3}, {}),
    "checkpoints": ({"checkpoint_every": 2}, {"mask": MASKS["holes"]}),
}


def _derivatives(seam, engine, arguments=(), call=()):
    arguments = dict(arguments)
    if engine == "reference":
        arguments.pop("checkpoint_every", None)
    if seam is SEAMS["no R"]:
        arguments.pop("recurrent_dropout", None)
    layer = _layer(seam, engine=engine, dtype=WIDEST, seed=1, **arguments)
    states = random_states(layer)
    return derivatives(layer, random_sequences(), states, **dict(call))


@fused_only
@products(seam=SEAMS, case=CASES)
def test_the_gradient_is_that_of_autodiff(seam, case):
    fused, plain = (
        _derivatives(seam, engine, *case) for engine in ("fused", "reference")
    )
    assert_close(fused.outputs, plain.outputs, FINEST)
    assert_close(fused.gradients, plain.gradients, FINEST)


@fused_only
@every_seam
def test_the_product_before_the_loop_changes_nothing(seam, monkeypatch):
    monkeypatch.setattr(pre_activations, "MANY_IN_INFERENCE", 1)
    fused, plain = (
        _derivatives(seam, engine) for engine in ("fused", "reference")
    )
    assert_close(fused.outputs, plain.outputs, FINEST)
    assert_close(fused.gradients, plain.gradients, FINEST)


@fused_only
@pytest.mark.parametrize(
    "seam", mostly_slow(SEAMS, default=["decay by a column of x"])
)
def test_second_derivatives_are_those_of_autodiff(seam):
    fused, plain = (
        second_derivatives(_layer(seam, engine=engine, dtype=WIDEST), x)
        for engine, x in [
            ("fused", random_sequences()),
            ("reference", random_sequences()),
        ]
    )
    assert_close(fused, plain, FINEST)


@every_seam
def test_the_cell_runs_in_an_rnn_of_keras(seam):
    layer = _layer(seam, dtype=WIDEST)
    rnn = keras.layers.RNN(
        layer.cell_class(UNITS, dtype=WIDEST),
        return_sequences=True,
        return_state=True,
        dtype=WIDEST,
    )
    rnn.build((BATCH, TIME, FEATURES))
    rnn.set_weights(layer.get_weights())
    x = random_sequences()
    for a, b in zip(rnn(x), layer(x), strict=True):
        np.testing.assert_allclose(a, b, **FINEST)


def test_names_that_are_added_stand_first():
    class Unordered(RecurrentCell):
        gates = ("a", "b")
        z_of_h = ("b",)

    cell = Unordered(UNITS)
    cell.build((None, FEATURES))
    with pytest.raises(TypeError, match="must begin with the names they share"):
        cell(random(BATCH, FEATURES), [random(BATCH, UNITS)])


def test_a_layer_without_a_cell_class_says_so():
    with pytest.raises(TypeError, match="Lost must set `cell_class`"):
        type("Lost", (RecurrentLayer,), {})
