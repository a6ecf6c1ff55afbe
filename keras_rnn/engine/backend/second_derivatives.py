# SPDX-License-Identifier: Apache-2.0
"""Derivatives of a gradient that was derived by hand, of any order.

A gradient penalty is an example. JAX needs nothing of this.
"""

from collections.abc import Callable
from typing import Any

from keras_rnn.engine.backend.name import BACKEND
from keras_rnn.engine.backend.programs import traced_for_xla

if BACKEND == "tensorflow":
    import tensorflow as tf


def closed(
    value: Callable[..., Any], function: Callable[..., Any], for_xla: bool
) -> Callable[..., Any]:
    """A function whose derivatives, of any order, need only its arguments.

    Autodiff of a compiled loop would hand the lists that the loop wrote out of
    the XLA program, which TensorFlow cannot do. A derivative that computes
    everything again needs only the arguments.

    Args:
        value: Function `(*tensors) -> values`, which may read other tensors.
        function: A function that returns the same and reads only its
            arguments.
        for_xla: Whether it is traced for XLA.

    Returns:
        A function that returns the same as `value`.
    """

    @tf.custom_gradient
    def differentiable(*tensors):
        count = len(tensors)

        def derivative(*arguments):
            # No GradientTape: it sees nothing under a ForwardAccumulator.
            return tf.gradients(
                function(*arguments[:count]),
                arguments[:count],
                arguments[count:],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )

        def in_one_program(*arguments):
            # TensorFlow traces the gradient of an XLA program outside of XLA,
            # where autodiff writes loops that XLA then refuses.
            outside = for_xla and not traced_for_xla()
            program = tf.function(derivative, jit_compile=outside)
            return program.get_concrete_function(*arguments)(*arguments)

        def next_gradient(*upstream):
            next_value = closed(in_one_program, derivative, for_xla)
            return next_value(*tensors, *upstream)

        return value(*tensors), next_gradient

    # Identities belong to the graph that is being traced; captured tensors do
    # not.
    return lambda *tensors: differentiable(*(tf.identity(v) for v in tensors))
