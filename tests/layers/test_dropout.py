# SPDX-License-Identifier: Apache-2.0
"""Dropout: only in training, one mask a sequence, the same on both engines."""

import keras
import numpy as np
import pytest

from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    OF_EACH_OWN_KIND,
    TIME,
    each_own_kind,
    random_sequences,
    random_states,
)
from tests.tiers import products

RATES = [{"dropout": 0.5}, {"recurrent_dropout": 0.5}]


def _skip_without_R(variant, rates):
    if "recurrent_dropout" in rates and not variant.cell().z_of_h:
        pytest.skip("there is no R that could see dropped states")


every_rate = pytest.mark.parametrize("rates", RATES, ids=str)
every_engine = pytest.mark.parametrize("engine", ["fused", "reference"])


@products(rates=RATES, engine=["fused", "reference"], variant=OF_EACH_OWN_KIND)
def test_dropout_acts_in_training_only(variant, engine, rates):
    _skip_without_R(variant, rates)
    x = random_sequences()
    plain = variant.random_layer(engine=engine)
    layer = variant.random_layer(engine=engine, **rates, seed=1)
    np.testing.assert_array_equal(layer(x), plain(x))
    assert not np.allclose(layer(x, training=True), plain(x))


@every_rate
@each_own_kind
def test_each_call_draws_masks_of_its_own(variant, rates):
    _skip_without_R(variant, rates)
    layer = variant.random_layer(**rates, seed=1)
    x = random_sequences()
    first, second = (np.array(layer(x, training=True)) for _ in range(2))
    assert not np.allclose(first, second)


@every_engine
@each_own_kind
def test_one_mask_drops_the_same_inputs_at_every_step(variant, engine):
    """What a mask of the whole sequence explains: x scaled by 0 or 1/keep."""
    if variant.cell().own_columns(FEATURES):
        pytest.skip("drops what W sees of x: see test_grud.py")
    layer = variant.random_layer(
        engine=engine, dropout=0.5, seed=1, return_sequences=True
    )
    plain = variant.random_layer(return_sequences=True)
    x = random_sequences()
    mask = np.array(_first_mask(layer, "dropout", (BATCH, FEATURES)))
    assert set(np.unique(mask)) == {0.0, 2.0}
    np.testing.assert_allclose(
        layer(x, training=True), plain(x * mask[:, None]), **FLOAT32
    )


@every_engine
@each_own_kind
def test_one_mask_drops_the_same_states_at_every_step(variant, engine):
    _skip_without_R(variant, "recurrent_dropout")
    layer = variant.random_layer(
        engine=engine, recurrent_dropout=0.5, seed=1, return_sequences=True
    )
    x, states = random_sequences(), random_states(layer)
    seen = sum(map(layer.cell.state_width, layer.cell.states_of_R))
    mask = np.array(_first_mask(layer, "recurrent_dropout", (BATCH, seen)))
    assert set(np.unique(mask)) == {0.0, 2.0}
    actual = layer(x, initial_state=states, training=True)
    # R sees h' ⊙ mask: for one row, R with its rows scaled by the mask.
    plain = variant.random_layer(return_sequences=True)
    kernels = [(w, np.array(w)) for w in _kernels_of_R(plain.cell)]
    for row in range(BATCH):
        begin = 0
        for weight, kernel in kernels:
            rows = kernel.shape if kernel.ndim == 1 else (*kernel.shape[:-1], 1)
            end = begin + np.prod(rows)
            weight.assign(mask[row, begin:end].reshape(rows) * kernel)
            begin = end
        expected = plain(x, initial_state=states)
        np.testing.assert_allclose(actual[row], expected[row], **FLOAT32)


def _kernels_of_R(cell):
    """The weights whose rows R has, one below the other."""
    further = getattr(cell, "gate_kernel", None)
    return [cell.recurrent_kernel, *([] if further is None else [further])]


def _first_mask(layer, rate, shape):
    """The mask the layer is about to draw: a twin's of the same seed."""
    twin = keras.random.SeedGenerator(layer.seed)
    return keras.random.dropout(
        keras.ops.ones(shape), getattr(layer, rate), seed=twin
    )


@each_own_kind
def test_a_cell_in_keras_rnn_drops_by_one_mask_as_well(variant):
    arguments = {"dropout": 0.5, "recurrent_dropout": 0.5, "seed": 1}
    _skip_without_R(variant, arguments)
    layer = variant.random_layer(**arguments)
    rnn = keras.layers.RNN(variant.cell(**arguments))
    rnn.build((BATCH, TIME, FEATURES))
    for target, weight in zip(
        rnn.trainable_weights, layer.trainable_weights, strict=True
    ):
        target.assign(weight)
    x = random_sequences()
    np.testing.assert_allclose(
        rnn(x, training=True), layer(x, training=True), **FLOAT32
    )
