# SPDX-License-Identifier: Apache-2.0
"""Diagnostics of one model, on every backend."""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.diagnostics import (
    DiagnosticsCallback,
    attribution,
    gates,
    gradient_flow,
    loss_surface,
    memory,
)


@pytest.fixture(scope="module")
def example():
    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            keras.layers.Masking(),
            keras_rnn.LSTM(3, return_sequences=True),
            keras_rnn.Elman(3),
            keras.layers.Dense(1),
        ]
    )
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(clipnorm=0.1))
    x = np.random.default_rng(0).normal(size=(4, 8, 2)).astype("float32")
    x[1, 5:] = 0
    return model, x, np.ones((4, 1), "float32")


def test_gradient_flow_and_the_callback(example):
    model, x, y = example
    found = gradient_flow(model, x, y)
    assert len(found.verdicts) == 2
    assert found.verdicts["distance"].tolist() == [8, 8]
    norms = found.jacobians[["median", "smallest", "largest"]]
    assert np.isfinite(norms).all(axis=None)
    callback = DiagnosticsCallback(x, y, every=1)
    model.fit(x, y, epochs=1, callbacks=[callback], verbose=0)
    assert np.isfinite(callback.frame).all(axis=None)


def test_gates_and_memory(example):
    model, x, _ = example
    assert np.isfinite(gates(model, x).values[0]).all()
    assert (memory(model, 6, x=x).response >= 0).all()


def test_loss_surface_and_attribution(example):
    model, x, y = example
    found = loss_surface(model, x, y, steps=3, descent_steps=2, seed=0)
    assert np.isfinite(found.surface).all(axis=None)
    due = attribution(model, x, steps=16)
    np.testing.assert_allclose(due.sums, due.differences, rtol=0.02, atol=1e-4)
