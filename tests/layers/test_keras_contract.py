# SPDX-License-Identifier: Apache-2.0
"""Keras's own test of a layer, and the layers inside Keras's wrappers."""

import keras
import numpy as np
import pytest
from keras.src.testing import TestCase

from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    OWN_VARIANTS,
    TIME,
    UNITS,
    assert_close,
    each_own_kind,
    random_sequences,
    randomized,
)


# run_layer_test fits on a generator and leaves shuffle at its default.
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning")
@each_own_kind
def test_keras_accepts_the_layer(variant):
    arguments = {"units": UNITS, **variant.arguments}
    arguments |= {"dropout": 0.1, **variant.dropping(0.1)}
    output_units = variant.arguments.get("output_units", UNITS)
    TestCase().run_layer_test(
        variant.layer_class,
        init_kwargs=arguments,
        input_shape=(BATCH, TIME, FEATURES),
        expected_output_shape=(BATCH, output_units),
        expected_num_seed_generators=1,
        expected_num_non_trainable_variables=1,
        supports_masking=True,
    )


@each_own_kind
def test_a_layer_is_its_cell_in_keras_rnn(variant):
    options = {"return_sequences": True, "return_state": True}
    layer = variant.random_layer(**options)
    rnn = keras.layers.RNN(variant.cell(), **options)
    rnn.build((BATCH, TIME, FEATURES))
    rnn.set_weights(layer.get_weights())
    x = random_sequences()
    for actual, expected in zip(layer(x), rnn(x), strict=True):
        np.testing.assert_allclose(actual, expected, **FLOAT32)


@each_own_kind
def test_cells_stack_in_keras_rnn(variant, tmp_path):
    cells = [
        variant.cell(),
        keras.layers.LSTMCell(UNITS),
        variant.cell(2 * UNITS),
    ]
    stack = keras.layers.RNN(cells, return_sequences=True)
    model = keras.Sequential([keras.Input((TIME, FEATURES)), stack])
    randomized(model)
    first = variant.layer(return_sequences=True)
    between = keras.layers.LSTM(UNITS, return_sequences=True)
    last = variant.layer(2 * UNITS, return_sequences=True)
    layers = keras.Sequential(
        [keras.Input((TIME, FEATURES)), first, between, last]
    )
    for target, weight in zip(
        layers.trainable_weights, model.trainable_weights, strict=True
    ):
        target.assign(weight)
    x = random_sequences()
    expected = layers(x)
    np.testing.assert_allclose(model(x), expected, **FLOAT32)
    model.save(tmp_path / "stack.keras")
    loaded = keras.models.load_model(tmp_path / "stack.keras")
    np.testing.assert_allclose(loaded(x), expected, **FLOAT32)


@pytest.mark.parametrize("return_sequences", [False, True])
@each_own_kind
def test_bidirectional_reads_both_ways(variant, return_sequences, tmp_path):
    both = keras.layers.Bidirectional(
        variant.layer(return_sequences=return_sequences)
    )
    model = keras.Sequential([keras.Input((TIME, FEATURES)), both])
    randomized(model)
    x = random_sequences()
    forward, backward = (
        variant.random_layer(return_sequences=return_sequences)
        for _ in range(2)
    )
    forward.set_weights(both.forward_layer.get_weights())
    backward.set_weights(both.backward_layer.get_weights())
    there, back = forward(x), np.array(backward(x[:, ::-1]))
    back = back[:, ::-1] if return_sequences else back
    expected = np.concatenate([there, back], axis=-1)
    np.testing.assert_allclose(model(x), expected, **FLOAT32)
    model.save(tmp_path / "both.keras")
    loaded = keras.models.load_model(tmp_path / "both.keras")
    np.testing.assert_allclose(loaded(x), expected, **FLOAT32)


@each_own_kind
def test_bidirectional_obeys_a_mask(variant):
    """A padded sequence gives what it gives without the padding."""
    both = keras.layers.Bidirectional(variant.layer(return_sequences=True))
    both.build((BATCH, TIME, FEATURES))
    randomized(both)
    short = 4
    x = random_sequences()
    mask = np.arange(TIME) < np.full((BATCH, 1), short)
    outputs = np.array(both(x, mask=mask))
    np.testing.assert_allclose(
        outputs[:, :short], both(x[:, :short]), **FLOAT32
    )
    assert not outputs[:, short:].any()


@each_own_kind
def test_a_layer_can_be_applied_to_each_of_many_sequences(variant):
    layer = variant.random_layer()
    x = random_sequences()
    each = keras.layers.TimeDistributed(layer)(np.stack([x, 2 * x], axis=1))
    assert_close(
        {"x": np.array(each[:, 0]), "2 x": np.array(each[:, 1])},
        {"x": np.array(layer(x)), "2 x": np.array(layer(2 * x))},
        FLOAT32,
    )


def test_layers_of_all_rows_work_in_one_model():
    inputs = x = keras.Input((None, FEATURES))
    for variant in OWN_VARIANTS:
        x = variant.layer(return_sequences=True)(x)
    model = keras.Model(inputs, x)
    x = random_sequences()
    assert np.isfinite(model.predict(x, verbose=0)).all()
