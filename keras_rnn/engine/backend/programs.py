# SPDX-License-Identifier: Apache-2.0
"""Programs that a compiler makes, and how many run at a time."""

import functools
import threading

import keras

from keras_rnn.engine.backend.name import BACKEND

if BACKEND == "tensorflow":
    import tensorflow as tf

    # TensorFlow offers no public way to ask whether a graph is being traced
    # for XLA, and XLA nested in XLA compiles anew at every call.
    from tensorflow.python.framework.ops import get_default_graph
    from tensorflow.python.ops.control_flow_util import (
        GraphOrParentsInXlaContext,
    )

    # Which gradients a tape will want of a function is as little public.
    from tensorflow.python.ops.gradients_util import PossibleTapeGradientTypes
elif BACKEND == "jax":
    import jax


def compiled(function, time_axis):
    """The function compiled as one XLA program, where that is not yet so.

    On JAX a loop that is called outside a compiled model would otherwise be
    compiled anew at every call. On TensorFlow XLA compiles anew for each
    length, so a length that is not known while tracing stays in graph mode:
    right, if slower, and never a stall.

    Args:
        function: Function `(x, *tensors) -> tensors`.
        time_axis: The axis of x that is the time.
    """
    if BACKEND == "jax":
        return jax.jit(function)
    # TensorFlow counts retracings by code object and warns; a partial has none
    # of its own, so functions of different cells are not counted as one.
    program = tf.function(functools.partial(function), jit_compile=True)
    # A program belongs to all threads. TensorFlow guards its first trace, but
    # not that of its gradient, which a tape asks for.
    tracing, traced = threading.RLock(), set()

    def call(x, *tensors):
        if not tf.executing_eagerly():
            if _stays_in_graph(x, time_axis):
                return function(x, *tensors)
            with tracing:
                traced_now = program.get_concrete_function(x, *tensors)
                _guard_gradient(traced_now, tracing)
                return program(x, *tensors)
        key = _signature(x, *tensors)
        if key in traced:
            return program(x, *tensors)
        with tracing:
            results = program(x, *tensors)
        traced.add(key)
        return results

    return call


def _guard_gradient(concrete_function, lock):
    """Lets one thread at a time trace the gradient of a call in a graph."""
    gradients = concrete_function._delayed_rewrite_functions
    trace = type(gradients).forward_backward

    def forward_backward(num_doutputs=None):
        with lock:
            return trace(gradients, num_doutputs)

    gradients.forward_backward = forward_backward


def _signature(*tensors):
    """What an eager call is traced by."""
    shapes = ((*v.shape, v.dtype) for v in tensors)
    return PossibleTapeGradientTypes(list(tensors)), *shapes


def _stays_in_graph(x, time_axis=1):
    return traced_for_xla() or x.shape[time_axis] is None


def traced_for_xla():
    """Whether the graph being traced will be compiled by XLA."""
    return GraphOrParentsInXlaContext(get_default_graph())


def is_eager(tensor):
    """Whether a call with a tensor runs now, and is not being traced."""
    if BACKEND == "jax":
        return not isinstance(tensor, jax.core.Tracer)
    return tf.executing_eagerly()


def loop_dtype(dtype):
    """The dtype to run a compiled loop in, for tensors of another one.

    On CPUs XLA's products of bfloat16 take three times as long as those of
    float32.
    """
    return "float32" if dtype == "bfloat16" and not _accelerated() else dtype


def _accelerated():
    if BACKEND == "jax":
        return jax.default_backend() != "cpu"
    return bool(tf.config.list_physical_devices("GPU"))


def batch_slices(tensors, units):
    """Cuts a batch into parts that run at the same time.

    A loop compiled by XLA for CPUs runs on one core. Too short to gain from a
    second one are steps of less than 8 rows, and below 64 units those of less
    than 2,048 numbers.

    Args:
        tensors: Tensors `(batch, ...)`.
        units: Units of the layer.

    Returns:
        List of lists of tensors, one list a part.
    """
    x = tensors[0]
    if BACKEND == "jax" or tf.executing_eagerly() or _stays_in_graph(x):
        return [tensors]
    if _accelerated():
        return [tensors]
    rows = x.shape[0]
    least = 8 if units >= 64 else 2048 / units
    enough = units >= 64 if rows is None else rows >= least
    if not enough:
        return [tensors]
    middle = (tf.shape(x)[0] if rows is None else rows) // 2
    return [[v[:middle] for v in tensors], [v[middle:] for v in tensors]]


def as_tensor(value, dtype):
    """A plain tensor: a variable given to a custom gradient is a trap."""
    if BACKEND == "tensorflow":
        return tf.convert_to_tensor(keras.ops.cast(value, dtype))
    return keras.ops.cast(value, dtype)
