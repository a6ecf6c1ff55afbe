# SPDX-License-Identifier: Apache-2.0
"""A loop over time."""

import functools
from collections.abc import Callable
from typing import Any

import keras
from keras import tree

from keras_rnn._types import Tensors
from keras_rnn.engine.backend.exports import for_litert
from keras_rnn.engine.backend.name import BACKEND

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax


def time_loop(
    step: Callable[[Any, Any], tuple[Any, Any]],
    states: Tensors,
    inputs: Any,
    reverse: bool = False,
    unroll: bool = False,
) -> tuple[Tensors, Any]:
    """Runs `step` over the leading axis of `inputs`, carrying `states`.

    Args:
        step: Function `(states, inputs_t) -> (states, outputs_t)`.
        states: Tuple of tensors, the states before the first step.
        inputs: Tensors `(time, ...)`, nested in tuples and dicts.
        reverse: Whether to go from the last step to the first. Outputs keep
            the order of the inputs.
        unroll: Whether to write out all steps; the time must be known.

    Returns:
        The states after the last step, and the outputs stacked `(time, ...)`,
        nested as `outputs_t` is.
    """
    if BACKEND == "jax" and not unroll:
        return jax.lax.scan(step, states, inputs, reverse=reverse)
    if BACKEND == "tensorflow" and not unroll and not tf.executing_eagerly():
        return _tensorflow_loop(step, states, inputs, reverse)
    return _written_out_loop(step, states, inputs, reverse)


def _written_out_loop(step, states, inputs, reverse):
    columns = [keras.ops.unstack(v) for v in tree.flatten(inputs)]
    rows = list(zip(*columns, strict=True))
    outputs = []
    for row in reversed(rows) if reverse else rows:
        inputs_t = tree.pack_sequence_as(inputs, row)
        states, outputs_t = step(states, inputs_t)
        outputs.append(outputs_t)
    if reverse:
        outputs.reverse()
    stacked = tree.map_structure(lambda *v: keras.ops.stack(v), *outputs)
    return states, stacked


def _tensorflow_loop(step, states, inputs, reverse):
    first_input = tree.flatten(inputs)[0]
    static_time = first_input.shape[0]
    time = tf.shape(first_input)[0] if static_time is None else static_time
    first, stride = (time - 1, -1) if reverse else (0, 1)
    read = tree.map_structure(
        lambda v: tf.TensorArray(v.dtype, time).unstack(v), inputs
    )
    rows = _traced_outputs(step, states, inputs)
    batch = tf.shape(first_input)[1]
    written = tree.map_structure(lambda v: _array_of(v, time, batch), rows)

    def body(count, states, written):
        t = first + stride * count
        after, outputs = step(
            states, tree.map_structure(lambda array: array.read(t), read)
        )
        after = tuple(
            tf.ensure_shape(new, old.shape)
            for new, old in zip(after, states, strict=True)
        )
        written = tree.map_structure(
            lambda array, v: array.write(t, v), written, outputs
        )
        return count + 1, after, written

    _, states, written = tf.while_loop(
        lambda count, *_: count < time,
        body,
        (0, states, written),
        maximum_iterations=time,
    )
    outputs = tree.map_structure(
        lambda array, v: tf.ensure_shape(
            array.stack(), [static_time, *v.shape]
        ),
        written,
        rows,
    )
    return states, outputs


def _array_of(row, time, batch):
    array = tf.TensorArray(row.dtype, time, element_shape=row.shape)
    if for_litert():
        # LiteRT reserves no rows of unknown size; these it need not reserve.
        zeros = tf.zeros([time, batch, *row.shape[1:]], row.dtype)
        array = array.unstack(zeros)
    return array


def _traced_outputs(step, states, inputs):
    """Symbols of the outputs of a step, which have their shapes and dtypes."""
    # A partial, because TensorFlow counts retracings by code object.
    return (
        tf.function(functools.partial(step))
        .get_concrete_function(
            tree.map_structure(
                lambda v: tf.TensorSpec(v.shape, v.dtype), states
            ),
            tree.map_structure(
                lambda v: tf.TensorSpec(v.shape[1:], v.dtype), inputs
            ),
        )
        .structured_outputs[1]
    )
