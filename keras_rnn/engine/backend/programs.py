# SPDX-License-Identifier: Apache-2.0
"""Programs that a compiler makes, and how many of them run at a time."""

import functools
import threading
from collections.abc import Callable
from typing import Any

import keras

from keras_rnn._types import Tensor
from keras_rnn.engine.backend.name import BACKEND

if BACKEND == "tensorflow":
    import tensorflow as tf

    # TensorFlow offers no public way to ask whether a graph is being traced
    # for XLA, and XLA nested in XLA compiles anew at every call.
    from tensorflow.python.framework.ops import get_default_graph
    from tensorflow.python.ops.control_flow_util import (
        GraphOrParentsInXlaContext,
    )

    # Which gradients a tape will want of a function is not public either.
    from tensorflow.python.ops.gradients_util import PossibleTapeGradientTypes
elif BACKEND == "jax":
    import jax
    import jax.core


def compiled(
    function: Callable[..., Any], time_axis: int
) -> Callable[..., Any]:
    """The function as one XLA program, unless it is part of one already.

    On JAX a loop that is called outside a compiled model would otherwise be
    compiled anew at every call. On TensorFlow XLA compiles anew for each
    length. So a function of sequences whose length is unknown while tracing
    stays in graph mode, which is slower and never stalls. Other backends run it
    as it is.

    Args:
        function: Function `(x, *tensors) -> tensors`.
        time_axis: The axis of x that is the time.
    """
    if BACKEND == "jax":
        return jax.jit(function)
    if BACKEND != "tensorflow":
        return function
    # TensorFlow counts retracings by code object and warns; a partial has none
    # of its own, so functions of different cells are not counted as one.
    program = tf.function(functools.partial(function), jit_compile=True)
    # All threads share a program. TensorFlow guards the trace of the program,
    # but not that of its gradient, which a tape asks for.
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


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as one program, for many calls with tensors of one shape.

    TensorFlow runs it as a graph without XLA, as Keras trains on CPUs, and JAX
    compiles it. Other backends run it as it is.

    Args:
        function: Function `(*tensors) -> tensors`.
    """
    if BACKEND == "jax":
        return jax.jit(function)
    if BACKEND != "tensorflow":
        return function
    # A partial has no code object of its own: see `compiled`.
    return tf.function(functools.partial(function))


def compiled_on_jax(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for a few calls with tensors of one shape.

    JAX compiles it: on its own each operation would be a program of its own.
    Other backends run it as it is, which is faster than to trace it.

    Args:
        function: Function `(*tensors) -> tensors`. The weights that it reads
            are constants of the program.
    """
    return jax.jit(function) if BACKEND == "jax" else function


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


def traced_for_xla() -> bool:
    """Whether the graph being traced will be compiled by XLA."""
    return GraphOrParentsInXlaContext(get_default_graph())


def is_eager(tensor: Tensor) -> bool:
    """Whether a call with a tensor runs now instead of being traced."""
    if BACKEND == "jax":
        return not isinstance(tensor, jax.core.Tracer)
    return BACKEND != "tensorflow" or tf.executing_eagerly()


def loop_dtype(dtype: str) -> str:
    """The dtype in which a compiled loop is to run, for tensors of a dtype.

    On CPUs XLA's products of bfloat16 take three times as long as those of
    float32.
    """
    return "float32" if dtype == "bfloat16" and not _accelerated() else dtype


def steps_are_dear() -> bool:
    """Whether few operations over all steps are faster than a loop of steps.

    On a CPU a loop that XLA compiles is two to ten times as fast as a scan.
    """
    return _accelerated()


def _accelerated():
    if BACKEND == "jax":
        return jax.default_backend() != "cpu"
    return bool(tf.config.list_physical_devices("GPU"))


def batch_slices(tensors: list[Tensor], units: int) -> list[list[Tensor]]:
    """Cuts a batch into slices that run at the same time.

    A loop that XLA compiles for CPUs runs on one core. A step of less than 8
    rows is too short to gain from a second core. With fewer than 64 units a
    step of less than 2,048 numbers is too short as well.

    Args:
        tensors: Tensors `(batch, ...)`.
        units: Units of the layer.

    Returns:
        List of lists of tensors, one list per slice.
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


def as_tensor(value: Any, dtype: str) -> Tensor:
    """A value as a plain tensor; a custom gradient must not get a variable."""
    if BACKEND == "tensorflow":
        return tf.convert_to_tensor(keras.ops.cast(value, dtype))
    return keras.ops.cast(value, dtype)
