# SPDX-License-Identifier: Apache-2.0
"""Dropout of the weights in R: one draw for all sequences and steps."""

import keras
import numpy as np
import pytest

from keras_rnn.layers import LRU, SimpleRNN
from tests.backend import derivatives, fused_only
from tests.rows import (
    FLOAT32,
    assert_close,
    each_own_kind,
    random_sequences,
    random_states,
)

UNITS, RATE = 6, 0.4


ARGUMENTS = {
    "activation": "linear",
    "recurrent_initializer": "ones",
    "recurrent_weight_dropout": RATE,
    "seed": 1,
}


def _layers():
    cell = SimpleRNN(UNITS, **ARGUMENTS).cell
    cell.draws_per_sequence = True
    return {
        "fused": SimpleRNN(UNITS, return_sequences=True, **ARGUMENTS),
        "reference": SimpleRNN(
            UNITS, return_sequences=True, engine="reference", **ARGUMENTS
        ),
        "in RNN": keras.layers.RNN(cell, return_sequences=True),
    }


@pytest.mark.parametrize("name", ["fused", "reference", "in RNN"])
def test_one_draw_holds_for_all_sequences_and_steps_of_a_call(name):
    rnn = _layers()[name]
    x = np.zeros((UNITS, 2, 1), "float32")
    # From all unit vectors the first step leads to R itself.
    units = [np.eye(UNITS, dtype="float32")]
    seen = []
    for _ in range(2):
        states = np.array(rnn(x, initial_state=units, training=True))
        R = states[:, 0]
        np.testing.assert_allclose(R[R != 0], 1 / (1 - RATE), rtol=1e-5)
        assert 0.3 < (R != 0).mean() < 0.9
        np.testing.assert_allclose(states[:, 1], R @ R, rtol=1e-5)
        seen.append(R)
    assert (seen[0] != seen[1]).any()
    whole = np.array(rnn(x, initial_state=units, training=False))
    np.testing.assert_allclose(whole[:, 0], np.ones((UNITS, UNITS)))


@fused_only
@each_own_kind
def test_both_engines_drop_the_same_weights_with_the_same_gradient(variant):
    if not variant.cell().z_of_h:
        with pytest.raises(ValueError, match="`recurrent_weight_dropout` acts"):
            variant.layer(recurrent_weight_dropout=RATE)
        return
    fused, plain = (
        derivatives(
            layer := variant.random_layer(
                engine=engine,
                recurrent_weight_dropout=RATE,
                seed=1,
                return_sequences=True,
                return_state=True,
            ),
            random_sequences(),
            random_states(layer),
            training=True,
        )
        for engine in ("fused", "reference")
    )
    assert_close(fused.outputs, plain.outputs, FLOAT32)
    assert_close(fused.gradients, plain.gradients, FLOAT32)


def test_a_cell_without_r_refuses_it():
    with pytest.raises(ValueError, match="has no recurrent kernel"):
        LRU(4, recurrent_weight_dropout=RATE)
