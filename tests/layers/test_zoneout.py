# SPDX-License-Identifier: Apache-2.0
"""Zoneout: which states stay, when masks are drawn, and what is refused.

What it computes in inference is tested with the oracles, and its gradient with
those of all layers.
"""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.layers import LSTM, LSTMCell
from tests.rows import (
    BATCH,
    FLOAT32,
    TIME,
    UNITS,
    each_own_kind,
    random_sequences,
    random_states,
    randomized,
)

every_engine = pytest.mark.parametrize("engine", ["auto", "reference"])


@every_engine
@each_own_kind
def test_a_state_that_always_zones_out_stays(variant, engine):
    layer = variant.random_layer(
        engine=engine, zoneout=1.0, seed=1, return_state=True
    )
    states = random_states(layer)
    for training in (True, False):
        _, *after = layer(
            random_sequences(), initial_state=states, training=training
        )
        for a, b in zip(after, states, strict=True):
            np.testing.assert_allclose(a, b, **FLOAT32)


@every_engine
def test_each_step_draws_for_each_state(engine):
    """Against the cell, step by step, with the masks of a twin's seed."""
    zoneout = {"h": 0.5, "c": 0.25}
    layer = LSTM(
        UNITS, engine=engine, zoneout=zoneout, seed=1, return_sequences=True
    )
    x = random_sequences()
    layer.build(x.shape)
    randomized(layer)
    states = random_states(layer)
    actual = layer(x, initial_state=states, training=True)
    twin = keras.random.SeedGenerator(1)
    keep = {
        name: ops.cast(
            keras.random.uniform((BATCH, TIME, UNITS), seed=twin) < p,
            "float32",
        )
        for name, p in zoneout.items()
    }
    assert 0 < ops.mean(keep["c"]) < ops.mean(keep["h"]) < 1
    states = tuple(map(ops.convert_to_tensor, states))
    for t in range(TIME):
        x_t = ops.convert_to_tensor(x[:, t])
        states = layer.cell.advance(
            x_t, states, keep={name: v[:, t] for name, v in keep.items()}
        )
        np.testing.assert_allclose(actual[:, t], states[0], **FLOAT32)


def test_a_cell_in_keras_rnn_draws_once_per_sequence():
    rnn = keras.layers.RNN(
        LSTMCell(50, zoneout={"h": 0.5}, seed=1), return_sequences=True
    )
    x = random_sequences()
    stayed = np.array(rnn(x, training=True)) == 0
    np.testing.assert_array_equal(stayed.any(axis=1), stayed.all(axis=1))
    assert 0.3 < stayed.mean() < 0.7
    other = np.array(rnn(x, training=True)) == 0
    assert (other != stayed).any()


def test_in_keras_rnn_inference_takes_the_mean():
    cell = LSTMCell(UNITS, zoneout={"h": 0.5, "c": 0.5})
    rnn = keras.layers.RNN(cell)
    x = random_sequences()
    expected = LSTM(UNITS, zoneout=0.5)
    rnn(x, training=True), expected(x)  # builds both, and draws for one
    expected.set_weights(rnn.get_weights())
    np.testing.assert_allclose(rnn(x), expected(x), **FLOAT32)


@pytest.mark.parametrize(
    ("zoneout", "words"),
    [
        (1.5, "`zoneout` must be a number from 0 to 1"),
        ({"h": -0.1}, r"`zoneout\['h'\]` must be a number from 0 to 1"),
        ({"x": 0.1}, "must name states of the cell, 'h', 'c'"),
        ("h", "`zoneout` must be a number from 0 to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(zoneout, words):
    with pytest.raises(ValueError, match=words):
        LSTM(UNITS, zoneout=zoneout)
