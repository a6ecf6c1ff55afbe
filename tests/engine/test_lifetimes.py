# SPDX-License-Identifier: Apache-2.0
"""What is deleted is gone: programs outlive the layers they ran for."""

import gc
import itertools
import weakref

import keras
import numpy as np
import pytest

from keras_rnn.engine.cells import equations
from keras_rnn.engine.fused import program
from keras_rnn.layers import LAYERS
from keras_rnn.models import Regression, Sequences, Stack, many_to_one
from tests.rows import BATCH, FEATURES, TIME, UNITS, random_sequences
from tests.tiers import mostly_slow

# Of no other test, so that the caches hold nothing of these layers before.
NEW_UNITS = itertools.count(30 * UNITS)
CACHES = (
    program._sizes,
    program._sequence_function,
    equations._cell_without_weights,
)
OF_WEIGHTS = (keras.Variable, keras.layers.Layer, keras.optimizers.Optimizer)


def _model(key, units):
    inputs = keras.Input((TIME, FEATURES))
    layer = LAYERS[key].layer(units, dropout=0.1, recurrent_dropout=0.1)
    outputs = keras.layers.Dense(1)(layer(inputs))
    return keras.Model(inputs, outputs)


def _of_factory(key, units):
    return many_to_one(
        Stack(key, units), Sequences(FEATURES, length=TIME), Regression()
    )


def _used(make, key, units):
    """Builds, fits and calls a model; weak references to all of it."""
    model = make(key, units)
    model.compile("adam", "mse", jit_compile=False)
    x = random_sequences()
    model.fit(x, np.ones((BATCH, 1, 1))[:, 0], verbose=0)
    (layer,) = (v for v in model.layers if isinstance(v, keras.layers.RNN))
    layer(x)
    kept = (model, layer, layer.cell, model.optimizer, *model.variables)
    return [weakref.ref(each) for each in kept]


def _forget():
    keras.backend.clear_session()
    gc.collect()


@pytest.mark.parametrize("make", [_model, _of_factory])
@pytest.mark.parametrize(
    "key", mostly_slow(["jordan", "peephole_lstm"], default=["jordan"])
)
def test_a_forgotten_model_is_freed(make, key):
    references = _used(make, key, next(NEW_UNITS))
    _forget()
    assert [ref() for ref in references if ref() is not None] == []


def test_equal_models_share_what_is_kept():
    units = next(NEW_UNITS)
    _used(_model, "coupled_gate_lstm", units)
    kept = [cache.cache_info().currsize for cache in CACHES]
    for _ in range(3):
        _used(_model, "coupled_gate_lstm", units)
    assert [cache.cache_info().currsize for cache in CACHES] == kept


def test_what_is_kept_holds_no_weights():
    """Only numbers, names and functions can be reached from equations."""
    cell = LAYERS["peephole_lstm"].layer(next(NEW_UNITS)).cell
    cell.build((BATCH, FEATURES))
    shared = cell.equations()
    held = [
        value
        for value in vars(shared).values()
        if isinstance(value, OF_WEIGHTS) or keras.ops.is_tensor(value)
    ]
    assert held == []
    assert shared is not cell
