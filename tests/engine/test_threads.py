# SPDX-License-Identifier: Apache-2.0
"""Threads that train at the same time share programs, and nothing else."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS
from tests.backend import derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    OWN_KEYS,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    randomized,
)

THREADS = 8
# Of no other test, so that all threads find a program that nobody has traced.
NEW_UNITS = itertools.count(15 * UNITS)


def _at_once(function, items):
    """Calls it with each item, in as many threads, from the same moment."""
    start = threading.Barrier(len(items))

    def run(item):
        start.wait()
        return function(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


def _model(key, units):
    inputs = keras.Input((TIME, FEATURES))
    model = keras.Model(inputs, LAYERS[key].layer(units)(inputs))
    model.compile("sgd", "mse", jit_compile=False)
    return randomized(model)


def _fit(model):
    x = random_sequences()
    y = np.ones((BATCH, model.output_shape[-1]))
    return model.fit(x, y, verbose=0).history["loss"][0]


def _check(key):
    units = next(NEW_UNITS)
    models = [_model(key, units) for _ in range(THREADS)]
    for _ in range(2):
        losses = _at_once(_fit, models)
        np.testing.assert_allclose(losses, losses[0], rtol=1e-5)
    alone = _model(key, units)
    expected = [_fit(alone) for _ in range(2)][-1]
    np.testing.assert_allclose(losses[0], expected, rtol=1e-5)


def test_eight_threads_fit_eight_models_twice():
    _check("peephole_lstm")


@pytest.mark.slow
@pytest.mark.parametrize("key", OWN_KEYS)
def test_eight_threads_fit_eight_models_of_any_layer_twice(key):
    _check(key)


def test_threads_differentiate_layers_called_eagerly():
    layers = []
    units = next(NEW_UNITS)
    for _ in range(4):
        layers.append(LAYERS["coupled_gate_lstm"].layer(units))
        layers[-1].build((BATCH, TIME, FEATURES))
        randomized(layers[-1])
    x = random_sequences()
    first, *others = _at_once(lambda layer: derivatives(layer, x), layers)
    for other in others:
        assert_close(other.gradients, first.gradients)
