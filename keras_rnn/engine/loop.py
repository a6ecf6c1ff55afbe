# SPDX-License-Identifier: Apache-2.0
"""What differs between backends: loops, gradients, compilers, cuDNN.

This is the only module of the engine that names a backend.
"""

import functools
import inspect

import keras
from keras import tree

# The functions behind keras.layers.LSTM and GRU; keras does not export them.
from keras.src import backend as keras_backend

BACKEND = keras.backend.backend()

#: Backends with a hand-written gradient; on the others a layer runs on the
#: reference engine, through the backend's own autodiff.
FUSED_BACKENDS = ("tensorflow", "jax")

#: The kernels of cuDNN that Keras calls, and the dtypes they are sure to take.
#: Not on JAX: a training step of its LSTM takes about twice as long as one of
#: the fused engine (measured on an NVIDIA H200), and it has no GRU.
CUDNN = {
    "tensorflow": (("lstm", "gru"), ("float16", "float32", "float64")),
    "torch": (("lstm", "gru"), ("float16", "bfloat16", "float32", "float64")),
}
# Before 3.15 they cut the gradient of the weights on PyTorch.
if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 15):
    del CUDNN["torch"]

#: Whether a model that calls cuDNN cannot be compiled by XLA.
CUDNN_KEEPS_OUT_XLA = BACKEND == "tensorflow"

# A layer is told when it trains, but not when it is exported: these modules
# call it then.
LITERT_EXPORTERS = ("keras.src.export.litert", "tensorflow.lite.")
EXPORTERS = ("keras.src.export.", "tf2onnx.", *LITERT_EXPORTERS)

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


def time_loop(step, states, inputs, reverse=False, unroll=False):
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
    if _called_from(LITERT_EXPORTERS):
        # LiteRT reserves no rows of unknown size; these it need not reserve.
        zeros = tf.zeros([time, batch, *row.shape[1:]], row.dtype)
        array = array.unstack(zeros)
    return array


def _traced_outputs(step, states, inputs):
    """What a step puts out, in symbols: their shapes and dtypes."""
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


def with_gradient(function):
    """Gives a function the gradient it brings along.

    Args:
        function: Function `(*tensors) -> (outputs, saved, gradient)`, where
            `gradient(saved, *d_outputs)` returns one gradient per tensor and
            `saved` is the tuple of tensors that it reads beside `tensors`.

    Returns:
        A function `(*tensors) -> outputs`, `outputs` a tuple.
    """
    if BACKEND == "jax":

        @jax.custom_gradient
        def differentiable(*tensors):
            outputs, saved, gradient = function(*tensors)
            return outputs, lambda d_outputs: gradient(saved, *d_outputs)

        return differentiable

    @tf.custom_gradient
    def differentiable(*tensors):
        outputs, saved, gradient = function(*tensors)
        saved = tree.map_structure(tf.stop_gradient, saved)
        given = len(tensors)

        def from_saved(*arguments):
            return gradient(saved, *arguments[given:])

        def from_the_start(*arguments):
            _, saved, gradient = function(*arguments[:given])
            return gradient(saved, *arguments[given:])

        first = _closed(from_saved, from_the_start, for_xla=_traced_for_xla())
        return outputs, lambda *d_outputs: first(*tensors, *d_outputs)

    return differentiable


def _closed(value, function, for_xla):
    """A function whose derivatives, of any order, begin with its arguments.

    Autodiff of a compiled loop hands the lists that the loop wrote over the
    border of XLA, which TensorFlow cannot. A derivative that runs everything
    again needs no more than the arguments.

    Args:
        value: Function `(*tensors) -> values`, which may read other tensors.
        function: The same, reading its arguments alone.
        for_xla: Whether it is traced for XLA.

    Returns:
        A function as `value`.
    """

    @tf.custom_gradient
    def differentiable(*tensors):
        given = len(tensors)

        def derivative(*arguments):
            # No GradientTape: it sees nothing under a ForwardAccumulator.
            return tf.gradients(
                function(*arguments[:given]),
                arguments[:given],
                arguments[given:],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )

        def in_one_program(*arguments):
            # TensorFlow traces the gradient of an XLA program outside of XLA,
            # where autodiff writes loops that XLA then refuses.
            outside = for_xla and not _traced_for_xla()
            program = tf.function(derivative, jit_compile=outside)
            return program.get_concrete_function(*arguments)(*arguments)

        def next_gradient(*upstream):
            next_value = _closed(in_one_program, derivative, for_xla)
            return next_value(*tensors, *upstream)

        return value(*tensors), next_gradient

    # Identities belong to the graph that is being traced, captures do not.
    return lambda *tensors: differentiable(*(tf.identity(v) for v in tensors))


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
    program = tf.function(functools.partial(function), jit_compile=True)

    def call(x, *tensors):
        if not tf.executing_eagerly() and _stays_in_graph(x):
            return function(x, *tensors)
        return program(x, *tensors)

    return call


def _stays_in_graph(x):
    return _traced_for_xla() or x.shape[1] is None


def _traced_for_xla():
    return GraphOrParentsInXlaContext(get_default_graph())


def exporting():
    """Whether Keras is tracing a model for programs without this package.

    What they get must run without XLA, which TensorFlow Serving leaves
    switched off, and be made of what converters know: a plain loop is.
    """
    return BACKEND == "tensorflow" and _called_from(EXPORTERS)


def _called_from(modules):
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(modules):
            return True
        frame = frame.f_back
    return False


def batch_slices(tensors, units):
    """Cuts a batch into parts that run at the same time.

    A loop compiled by XLA for CPUs runs on one core. Below 64 units a step is
    too short to gain from a second one, below 16 rows a part is.

    Args:
        tensors: Tensors `(batch, ...)`.
        units: Units of the layer.

    Returns:
        List of lists of tensors, one list a part.
    """
    x = tensors[0]
    if BACKEND == "jax" or tf.executing_eagerly() or _stays_in_graph(x):
        return [tensors]
    if tf.config.list_physical_devices("GPU"):
        return [tensors]
    rows = x.shape[0]
    if units < 64 or (rows is not None and rows < 32):
        return [tensors]
    middle = (tf.shape(x)[0] if rows is None else rows) // 2
    return [[v[:middle] for v in tensors], [v[middle:] for v in tensors]]


def cudnn_function(kernel, dtype):
    """Keras's function that calls a kernel of cuDNN, if it can here and now.

    Args:
        kernel: `"lstm"` or `"gru"`.
        dtype: Name of the dtype of all tensors.

    Returns:
        `keras.src.backend.lstm` or `gru`; None if there is no GPU, or
        TensorFlow is tracing for XLA, which cannot call cuDNN.
    """
    kernels, dtypes = CUDNN.get(BACKEND, ((), ()))
    if kernel not in kernels or dtype not in dtypes:
        return None
    if CUDNN_KEEPS_OUT_XLA and _traced_for_xla():
        return None
    tanh, sigmoid = keras.activations.tanh, keras.activations.sigmoid
    if not keras_backend.cudnn_ok(tanh, sigmoid, unroll=False, use_bias=True):
        return None
    return getattr(keras_backend, kernel)


def as_tensor(value, dtype):
    """A plain tensor: a variable given to a custom gradient is a trap."""
    if BACKEND == "tensorflow":
        return tf.convert_to_tensor(keras.ops.cast(value, dtype))
    return keras.ops.cast(value, dtype)
