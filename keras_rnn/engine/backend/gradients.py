# SPDX-License-Identifier: Apache-2.0
"""A function that brings its own gradient."""

from keras import tree

from keras_rnn.engine.backend.name import BACKEND
from keras_rnn.engine.backend.programs import traced_for_xla

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax


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

        first = _closed(from_saved, from_the_start, for_xla=traced_for_xla())
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
            outside = for_xla and not traced_for_xla()
            program = tf.function(derivative, jit_compile=outside)
            return program.get_concrete_function(*arguments)(*arguments)

        def next_gradient(*upstream):
            next_value = _closed(in_one_program, derivative, for_xla)
            return next_value(*tensors, *upstream)

        return value(*tensors), next_gradient

    # Identities belong to the graph that is being traced, captures do not.
    return lambda *tensors: differentiable(*(tf.identity(v) for v in tensors))
