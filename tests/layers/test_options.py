# SPDX-License-Identifier: Apache-2.0
"""The options of keras.layers.RNN, on every layer."""

import keras
import numpy as np
import pytest

from tests.backend import BACKEND, as_list
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    assert_close,
    each_kind,
    each_own_kind,
    random_sequences,
    random_states,
    randomized,
)


def _named(tensors):
    return {str(k): np.array(v) for k, v in enumerate(as_list(tensors))}


@each_kind
def test_the_last_output_is_returned_unless_all_are_asked_for(variant):
    x = random_sequences()
    every = variant.random_layer(return_sequences=True)(x)
    last = variant.random_layer()(x)
    assert every.shape[:2] == (BATCH, TIME)
    np.testing.assert_allclose(every[:, -1], last, **FLOAT32)


@each_own_kind
def test_states_follow_the_output_in_the_order_of_the_cell(variant):
    layer = variant.random_layer(return_state=True)
    output, *states = layer(random_sequences())
    widths = [layer.cell.state_width(name) for name in layer.cell.states]
    assert [tuple(s.shape) for s in states] == [(BATCH, w) for w in widths]
    assert tuple(output.shape) == (BATCH, layer.cell.output_size)


@each_own_kind
def test_shapes_told_are_shapes_computed(variant):
    for return_sequences in (False, True):
        layer = variant.random_layer(
            return_sequences=return_sequences, return_state=True
        )
        told = layer.compute_output_shape((BATCH, TIME, FEATURES))
        computed = [tuple(v.shape) for v in layer(random_sequences())]
        assert [tuple(shape) for shape in told] == computed


@each_kind
def test_going_backwards_reads_the_sequence_from_its_end(variant):
    x = random_sequences()
    backwards, forwards = (
        variant.random_layer(go_backwards=go_backwards, return_sequences=True)
        for go_backwards in (True, False)
    )
    np.testing.assert_allclose(backwards(x), forwards(x[:, ::-1]), **FLOAT32)


@each_own_kind
def test_unrolling_changes_no_result(variant):
    x = random_sequences()
    unrolled, looped = (
        variant.random_layer(unroll=unroll, return_sequences=True)
        for unroll in (True, False)
    )
    np.testing.assert_allclose(unrolled(x), looped(x), **FLOAT32)


@each_kind
def test_handing_the_states_on_continues_a_sequence(variant):
    layer = variant.random_layer(return_sequences=True, return_state=True)
    x = random_sequences(time=2 * TIME)
    whole = as_list(layer(x))
    first, *states = layer(x[:, :TIME])
    second, *states = layer(x[:, TIME:], initial_state=states)
    chunks = [keras.ops.concatenate([first, second], axis=1), *states]
    assert_close(_named(chunks), _named(whole), FLOAT32)


@pytest.mark.parametrize("engine", ["fused", "reference"])
@each_own_kind
def test_a_stateful_layer_continues_where_it_stopped(variant, engine):
    layer = variant.random_layer(
        engine=engine, stateful=True, return_sequences=True
    )
    stateless = variant.random_layer(return_sequences=True)
    x = random_sequences(time=2 * TIME)
    whole = np.array(stateless(x))
    for _ in range(2):
        chunks = [layer(x[:, :TIME]), layer(x[:, TIME:])]
        np.testing.assert_allclose(
            np.concatenate(chunks, axis=1), whole, **FLOAT32
        )
        layer.reset_state()
    assert not any(np.any(np.array(state)) for state in layer.states)


@pytest.mark.skipif(
    BACKEND == "jax", reason="Keras on JAX drops the states after predict"
)
@each_own_kind
def test_a_stateful_model_keeps_its_state_between_predictions(variant):
    inputs = keras.Input(batch_shape=(BATCH, TIME, FEATURES))
    layer = variant.layer(stateful=True)
    model = keras.Model(inputs, layer(inputs))
    randomized(layer)
    stateless = variant.random_layer()
    x = random_sequences(time=2 * TIME)
    model.predict(x[:, :TIME], batch_size=BATCH, verbose=0)
    last = model.predict(x[:, TIME:], batch_size=BATCH, verbose=0)
    np.testing.assert_allclose(last, stateless(x), **FLOAT32)


@each_own_kind
def test_a_stateful_layer_refuses_another_batch_size(variant):
    layer = variant.random_layer(stateful=True)
    with pytest.raises(ValueError, match="batch size"):
        layer(random_sequences(batch=BATCH + 1))


@each_own_kind
def test_initial_states_can_be_inputs_of_a_model(variant):
    layer = variant.random_layer(return_state=True)
    x, states = random_sequences(), random_states(layer)
    inputs = keras.Input((TIME, FEATURES))
    state_inputs = [keras.Input((width,)) for width in layer.state_size]
    outputs = layer(inputs, initial_state=state_inputs)
    model = keras.Model([inputs, *state_inputs], outputs)
    assert_close(
        _named(model([x, *states])),
        _named(layer(x, initial_state=states)),
        FLOAT32,
    )


@each_own_kind
def test_batch_and_time_may_be_unknown_until_called(variant):
    inputs = keras.Input((None, FEATURES))
    layer = variant.layer(return_sequences=True)
    outputs = layer(inputs)
    assert outputs.shape[:2] == (None, None)
    model = keras.Model(inputs, outputs)
    randomized(layer)
    eager = variant.random_layer(return_sequences=True)
    for batch, time in [(BATCH, TIME), (2, 1)]:
        x = random_sequences(batch, time)
        np.testing.assert_allclose(
            model.predict(x, verbose=0), eager(x), **FLOAT32
        )


@each_own_kind
def test_input_without_a_time_axis_is_refused(variant):
    with pytest.raises(ValueError, match="ndim"):
        variant.layer()(random_sequences()[:, 0])
