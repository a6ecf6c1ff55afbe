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

every_rate = pytest.mark.parametrize("rates", RATES, ids=str)
every_engine = pytest.mark.parametrize("engine", ["fused", "reference"])


@products(rates=RATES, engine=["fused", "reference"], variant=OF_EACH_OWN_KIND)
def test_dropout_acts_in_training_only(variant, engine, rates):
    x = random_sequences()
    plain = variant.random_layer(engine=engine)
    layer = variant.random_layer(engine=engine, **rates, seed=1)
    np.testing.assert_array_equal(layer(x), plain(x))
    assert not np.allclose(layer(x, training=True), plain(x))


@every_rate
@each_own_kind
def test_each_call_draws_masks_of_its_own(variant, rates):
    layer = variant.random_layer(**rates, seed=1)
    x = random_sequences()
    first, second = (np.array(layer(x, training=True)) for _ in range(2))
    assert not np.allclose(first, second)


@every_engine
@each_own_kind
def test_one_mask_drops_the_same_inputs_at_every_step(variant, engine):
    """What a mask of the whole sequence explains: x scaled by 0 or 1/keep."""
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
    layer = variant.random_layer(
        engine=engine, recurrent_dropout=0.5, seed=1, return_sequences=True
    )
    x, states = random_sequences(), random_states(layer)
    mask = np.array(_first_mask(layer, "recurrent_dropout", states[0].shape))
    assert set(np.unique(mask)) == {0.0, 2.0}
    actual = layer(x, initial_state=states, training=True)
    # R sees h' ⊙ mask: for one row, R with its rows scaled by the mask.
    kernel = np.array(layer.cell.recurrent_kernel)
    plain = variant.random_layer(return_sequences=True)
    for row in range(BATCH):
        plain.cell.recurrent_kernel.assign(mask[row][:, None] * kernel)
        expected = plain(x, initial_state=states)
        np.testing.assert_allclose(actual[row], expected[row], **FLOAT32)


def _first_mask(layer, rate, shape):
    """The mask the layer is about to draw: a twin's of the same seed."""
    twin = keras.random.SeedGenerator(layer.seed)
    return keras.random.dropout(
        keras.ops.ones(shape), getattr(layer, rate), seed=twin
    )


@each_own_kind
def test_a_cell_in_keras_rnn_drops_by_one_mask_as_well(variant):
    arguments = {"dropout": 0.5, "recurrent_dropout": 0.5, "seed": 1}
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
