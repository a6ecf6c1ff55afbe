# SPDX-License-Identifier: Apache-2.0
"""Masks by Keras's rule, checked by the rule itself and through models."""

import keras
import numpy as np
import pytest

from keras_rnn.layers import GRU, LSTM
from tests.backend import derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    MASKS,
    OF_EACH_OWN_KIND,
    TIME,
    UNITS,
    assert_close,
    each_kind,
    each_own_kind,
    random,
    random_sequences,
    random_states,
    randomized,
)
from tests.tiers import products

every_mask_and_start = products(
    mask=MASKS,
    zero_output_for_mask=[False, True],
    with_states=[False, True],
    variant=OF_EACH_OWN_KIND,
)


@every_mask_and_start
def test_a_masked_step_repeats_the_last_valid_output(
    variant, with_states, zero_output_for_mask, mask
):
    """Each row on its own, its valid steps alone, and then laid out."""
    layer = variant.random_layer(
        return_sequences=True,
        return_state=True,
        zero_output_for_mask=zero_output_for_mask,
    )
    x = random_sequences()
    initial = random_states(layer) if with_states else None
    unmasked = variant.random_layer(return_sequences=True, return_state=True)
    actual, *actual_states = layer(x, initial_state=initial, mask=mask)
    # The valid steps moved to the front: one call for all rows, no masks.
    order = np.argsort(~mask, axis=1, kind="stable")
    valid_first = np.take_along_axis(x, order[:, :, None], axis=1)
    outputs, *_ = (
        np.array(v) for v in unmasked(valid_first, initial_state=initial)
    )
    zeros = np.zeros_like(outputs[0, 0])
    for row in range(BATCH):
        for t in range(TIME):
            seen = mask[row, : t + 1].sum()
            expected = outputs[row, seen - 1] if seen else zeros
            if zero_output_for_mask and not mask[row, t]:
                expected = zeros
            np.testing.assert_allclose(actual[row, t], expected, **FLOAT32)
        if initial is not None and not mask[row].any():
            for state, before in zip(actual_states, initial, strict=True):
                np.testing.assert_allclose(state[row], before[row], **FLOAT32)


@every_mask_and_start
def test_the_last_output_is_the_last_of_the_sequence(
    variant, with_states, zero_output_for_mask, mask
):
    sequence, last = (
        variant.random_layer(
            return_sequences=return_sequences,
            zero_output_for_mask=zero_output_for_mask,
        )
        for return_sequences in (True, False)
    )
    x = random_sequences()
    initial = random_states(last) if with_states else None
    np.testing.assert_allclose(
        last(x, initial_state=initial, mask=mask),
        sequence(x, initial_state=initial, mask=mask)[:, -1],
        **FLOAT32,
    )


@products(
    # Not both: Keras's unrolled loop then forgets to turn the mask around
    # where it zeroes outputs.
    loop=["forwards", "go_backwards", "unroll"],
    return_sequences=[False, True],
    zero_output_for_mask=[False, True],
    variant=OF_EACH_OWN_KIND,
)
def test_masked_outputs_are_those_of_the_reference_engine(
    variant, loop, return_sequences, zero_output_for_mask
):
    fused, reference = (
        variant.random_layer(
            engine=engine,
            unroll=loop == "unroll" and engine == "reference",
            go_backwards=loop == "go_backwards",
            return_sequences=return_sequences,
            return_state=True,
            zero_output_for_mask=zero_output_for_mask,
        )
        for engine in ("fused", "reference")
    )
    x = random_sequences()
    states = random_states(fused)
    for mask in (MASKS["holes"], MASKS["whole rows"]):
        for actual, expected in zip(
            fused(x, initial_state=states, mask=mask),
            reference(x, initial_state=states, mask=mask),
            strict=True,
        ):
            np.testing.assert_allclose(actual, expected, **FLOAT32)


@each_kind
def test_the_amount_of_padding_changes_no_result(variant):
    layer = variant.random_layer(return_state=True)
    x = random_sequences(time=3)
    expected = layer(x)
    for padding in (1, TIME - 3):
        padded = np.pad(x, [(0, 0), (0, padding), (0, 0)], constant_values=np.e)
        mask = np.arange(3 + padding) < np.full((BATCH, 1), 3)
        for actual, value in zip(
            layer(padded, mask=mask), expected, strict=True
        ):
            np.testing.assert_allclose(actual, value, **FLOAT32)


@each_own_kind
def test_a_mask_of_ones_is_no_mask(variant):
    layer = variant.random_layer(return_sequences=True)
    x = random_sequences()
    for dtype in (bool, "int32", "float32"):
        ones = np.ones((BATCH, TIME), dtype=dtype)
        np.testing.assert_allclose(layer(x, mask=ones), layer(x), **FLOAT32)


@each_own_kind
def test_the_mask_of_an_embedding_is_obeyed(variant):
    """Token 0 is padding; what it is embedded as must not matter."""
    embedding = keras.layers.Embedding(10, 3, mask_zero=True)
    layer = variant.layer(return_sequences=True)
    model = keras.Sequential([embedding, layer])
    tokens = np.array([[0, 3, 5, 0, 2, 0, 0], [1, 1, 4, 8, 9, 7, 2]])
    model.build(tokens.shape)
    before = _after_change(model, tokens, padding_vector=0.0)
    after = _after_change(model, tokens, padding_vector=7.0)
    np.testing.assert_array_equal(after, before)
    assert before[0, 1].any()
    np.testing.assert_array_equal(before[0, 0], 0 * before[0, 0])
    np.testing.assert_array_equal(before[0, 3], before[0, 2])
    np.testing.assert_array_equal(before[0, -1], before[0, 4])


def _after_change(model, tokens, padding_vector):
    randomized(model)
    embedding = model.layers[0].embeddings
    table = np.array(embedding)
    table[0] = padding_vector
    embedding.assign(table)
    return np.array(model(tokens))


@each_own_kind
def test_the_mask_of_a_masking_layer_is_obeyed_and_handed_on(variant):
    recurrent = variant.random_layer(return_sequences=True)
    x = random_sequences()
    x[~MASKS["holes"]] = -1.0
    masked = keras.layers.Masking(mask_value=-1.0)(x)
    assert (np.array(masked._keras_mask) == MASKS["holes"]).all()
    outputs = recurrent(masked)
    np.testing.assert_array_equal(outputs, recurrent(x, mask=MASKS["holes"]))
    np.testing.assert_array_equal(outputs._keras_mask, MASKS["holes"])


@each_own_kind
def test_masks_pass_through_a_stack_of_layers(variant):
    first = variant.random_layer(return_sequences=True)
    second = variant.layer()
    model = keras.Sequential(
        [keras.layers.Masking(mask_value=0.0), first, second]
    )
    x = random_sequences(time=3)
    expected = model(x)
    padded = np.pad(x, [(0, 0), (TIME - 3, 0), (0, 0)])
    np.testing.assert_allclose(model(padded), expected, **FLOAT32)
    assert second.units == UNITS


@products(
    engine=["auto", "reference"],
    shape=[
        (BATCH, TIME - 1),
        (BATCH, TIME + 1),
        (BATCH + 1, TIME),
        (TIME,),
        (BATCH, TIME + 1, 2),
        (BATCH, TIME, 1, 1),
    ],
    variant=OF_EACH_OWN_KIND,
)
def test_a_mask_of_another_shape_is_refused(variant, engine, shape):
    layer = variant.layer(engine=engine)
    with pytest.raises(ValueError, match=r"`mask` must have the shape"):
        layer(random_sequences(), mask=np.ones(shape, dtype=bool))


@each_own_kind
@pytest.mark.parametrize("k", [1, 3])
def test_a_step_of_k_masked_values_is_valid_if_any_is(variant, k):
    layer, x = variant.random_layer(return_sequences=True), random_sequences()
    mask = MASKS["holes"]
    of_values = np.zeros((BATCH, TIME, k), dtype=bool)
    of_values[..., -1] = mask
    actual = layer(x, mask=of_values)
    np.testing.assert_array_equal(actual, layer(x, mask=mask))
    masked = keras.layers.Masking(mask_value=9.0)(x)
    keras.src.backend.set_keras_mask(masked, of_values)
    np.testing.assert_array_equal(layer(masked)._keras_mask, mask)


def test_a_sentence_without_a_word_is_skipped():
    """Words are masked one by one, and a layer runs over the sentences."""
    words = keras.Input((None, 4), dtype="int32")
    embedded = keras.layers.Embedding(9, 3, mask_zero=True)(words)
    sentences = keras.layers.TimeDistributed(LSTM(UNITS))(embedded)
    model = randomized(keras.Model(words, GRU(UNITS)(sentences)))
    ids = np.array([[[1, 2, 0, 0], [0, 0, 0, 0], [3, 0, 0, 0]]])
    expected = model(ids[:, [0, 2]])
    np.testing.assert_allclose(model(ids), expected, **FLOAT32)
    padded = np.pad(ids, [(0, 0), (0, 2), (0, 0)])
    np.testing.assert_allclose(model(padded), expected, **FLOAT32)


@each_own_kind
@pytest.mark.parametrize("engine", ["fused", "reference"])
def test_what_is_masked_may_be_nan_or_infinite(variant, engine):
    """As far as outputs and gradients show, it is zero."""
    layer = variant.random_layer(engine=engine, return_sequences=True)
    mask = MASKS["holes"]
    zeros = random_sequences()
    zeros[~mask] = 0.0
    odd = zeros.copy()
    odd[~mask] = np.resize([np.nan, np.inf, -np.inf], FEATURES)
    actual, expected = (
        derivatives(layer, x, random_states(layer), mask=mask)
        for x in (odd, zeros)
    )
    assert_close(actual.outputs, expected.outputs)
    assert_close(actual.gradients, expected.gradients)
    np.testing.assert_array_equal(actual.gradients["sequences"][~mask], 0.0)


def test_masked_nan_among_wide_inputs_in_training_with_dropout():
    """Whose product with W is made before the loop."""
    layer = LSTM(UNITS, dropout=0.5, seed=1)
    layer.build((BATCH, TIME, 200))
    x = random(BATCH, TIME, 200)
    x[~MASKS["left"]] = np.nan
    found = derivatives(layer, x, mask=MASKS["left"], training=True)
    for name, gradient in found.gradients.items():
        assert np.isfinite(gradient).all(), name
