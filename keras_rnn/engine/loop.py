# SPDX-License-Identifier: Apache-2.0
"""What differs between backends: the loop over time, gradients, compiling.

This is the only module of the engine that names a backend.
"""

import functools

import keras

BACKEND = keras.backend.backend()

#: Backends with a hand-written gradient; on the others a layer runs on the
#: reference engine, through the backend's own autodiff.
FUSED_BACKENDS = ("tensorflow", "jax")

if BACKEND == "tensorflow":
    import tensorflow as tf

    # TensorFlow offers no public way to ask whether a graph is being traced
    # for XLA, and XLA nested in XLA compiles anew at every call.
    from tensorflow.python.framework.ops import get_default_graph
    from tensorflow.python.ops.control_flow_util import (
        GraphOrParentsInXlaContext,
    )
elif BACKEND == "jax":
    import jax


def time_loop(step, states, inputs, num_outputs, reverse=False, unroll=False):
    """Runs `step` over the leading axis of `inputs`, carrying `states`.

    Args:
        step: Function `(states, inputs_t) -> (states, outputs_t)`; all four
            are tuples of tensors.
        states: Tuple of tensors, the states before the first step.
        inputs: Tuple of tensors `(time, ...)`.
        num_outputs: Length of the tuple `outputs_t`.
        reverse: Whether to go from the last step to the first. Outputs keep
            the order of the inputs.
        unroll: Whether to write out all steps; the time must be known.

    Returns:
        The states after the last step, and the outputs stacked `(time, ...)`.
    """
    if unroll or BACKEND == "torch":
        return _written_out_loop(step, states, inputs, reverse)
    if BACKEND == "jax":
        return jax.lax.scan(step, states, inputs, reverse=reverse)
    return _tensorflow_loop(step, states, inputs, num_outputs, reverse)


def _written_out_loop(step, states, inputs, reverse):
    steps = range(inputs[0].shape[0])
    outputs = []
    for t in reversed(steps) if reverse else steps:
        states, outputs_t = step(states, tuple(v[t] for v in inputs))
        outputs.append(outputs_t)
    if reverse:
        outputs.reverse()
    return states, tuple(keras.ops.stack(v) for v in zip(*outputs, strict=True))


def _tensorflow_loop(step, states, inputs, num_outputs, reverse):
    static_time = inputs[0].shape[0]
    time = tf.shape(inputs[0])[0] if static_time is None else static_time
    first, stride = (time - 1, -1) if reverse else (0, 1)
    read = [tf.TensorArray(v.dtype, time).unstack(v) for v in inputs]
    dtype = states[0].dtype
    written = tuple(tf.TensorArray(dtype, time) for _ in range(num_outputs))
    row_shapes = []  # known once the body has been traced

    def body(count, states, written):
        t = first + stride * count
        after, outputs = step(states, tuple(array.read(t) for array in read))
        row_shapes[:] = [v.shape for v in outputs]
        after = tuple(
            tf.ensure_shape(new, old.shape)
            for new, old in zip(after, states, strict=True)
        )
        written = tuple(
            array.write(t, v) for array, v in zip(written, outputs, strict=True)
        )
        return count + 1, after, written

    _, states, written = tf.while_loop(
        lambda count, *_: count < time,
        body,
        (0, states, written),
        maximum_iterations=time,
    )
    outputs = tuple(
        tf.ensure_shape(array.stack(), [static_time, *shape])
        for array, shape in zip(written, row_shapes, strict=True)
    )
    return states, outputs


def with_gradient(function):
    """Gives a function the gradient it brings along.

    Args:
        function: Function `(*tensors) -> (outputs, gradient)`, where
            `gradient(*d_outputs)` returns one gradient per tensor.

    Returns:
        A function `(*tensors) -> outputs`, `outputs` a tuple.
    """
    if BACKEND == "jax":

        @jax.custom_gradient
        def differentiable(*tensors):
            outputs, gradient = function(*tensors)
            return outputs, lambda d_outputs: gradient(*d_outputs)

        return differentiable
    return tf.custom_gradient(function)


def compiled(function):
    """The function compiled as one XLA program, where that is not yet so.

    On JAX a loop that is called outside a compiled model would otherwise be
    compiled anew at every call. On TensorFlow XLA compiles anew for each
    length, so a length that is not known while tracing stays in graph mode:
    right, if slower, and never a stall.
    """
    if BACKEND == "jax":
        return jax.jit(function)
    # TensorFlow counts retracings by code object and warns; a partial has none
    # of its own, so functions of different cells are not counted as one.
    # One program for eager calls and one for graphs: differentiated in a graph
    # first, it would hand lists over the border of XLA to an eager tape later.
    eager, in_graph = (
        tf.function(functools.partial(function), jit_compile=True)
        for _ in range(2)
    )

    def call(x, *tensors):
        if tf.executing_eagerly():
            return eager(x, *tensors)
        if _stays_in_graph(x):
            return function(x, *tensors)
        return in_graph(x, *tensors)

    return call


def _stays_in_graph(x):
    traced_for_xla = GraphOrParentsInXlaContext(get_default_graph())
    return traced_for_xla or x.shape[1] is None


def batch_slices(tensors, units):
    """Cuts a batch into parts that run at the same time.

    A loop compiled by XLA for CPUs runs on one core. Below 64 units a step is
    too short to gain from a second core; from 256 units on the matrix products
    alone keep both busy.

    Args:
        tensors: Tensors `(batch, ...)`.
        units: Units of the layer.

    Returns:
        List of lists of tensors, one list a part.
    """
    x = tensors[0]
    if BACKEND == "jax" or tf.executing_eagerly() or _stays_in_graph(x):
        return [tensors]
    rows = x.shape[0]
    if not 64 <= units < 256 or (rows is not None and rows < 32):
        return [tensors]
    middle = (tf.shape(x)[0] if rows is None else rows) // 2
    return [[v[:middle] for v in tensors], [v[middle:] for v in tensors]]


def as_tensor(value, dtype):
    """A plain tensor: a variable given to a custom gradient is a trap."""
    if BACKEND == "tensorflow":
        return tf.convert_to_tensor(keras.ops.cast(value, dtype))
    return keras.ops.cast(value, dtype)
