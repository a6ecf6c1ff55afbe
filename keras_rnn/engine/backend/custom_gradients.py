# SPDX-License-Identifier: Apache-2.0
"""A function that brings its own gradient."""

from collections.abc import Callable
from typing import Any

from keras import tree

from keras_rnn._types import Tensors
from keras_rnn.engine.backend.name import BACKEND
from keras_rnn.engine.backend.programs import traced_for_xla
from keras_rnn.engine.backend.second_derivatives import closed

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax


def with_gradient(function: Callable[..., Any]) -> Callable[..., Tensors]:
    """A function that is differentiated by the gradient it returns.

    Args:
        function: Function `(*tensors) -> (outputs, saved, gradient)`, where
            `gradient(saved, *d_outputs)` returns one gradient per tensor.
            `saved` holds the tensors that the gradient reads beside `tensors`,
            nested in tuples and dicts.

    Returns:
        A function `(*tensors) -> outputs`, `outputs` a tuple.
    """
    return _on_jax(function) if BACKEND == "jax" else _on_tensorflow(function)


def _on_jax(function):
    @jax.custom_gradient
    def differentiable(*tensors):
        outputs, saved, gradient = function(*tensors)
        return outputs, lambda d_outputs: gradient(saved, *d_outputs)

    return differentiable


def _on_tensorflow(function):
    @tf.custom_gradient
    def differentiable(*tensors):
        outputs, saved, gradient = function(*tensors)
        saved = tree.map_structure(tf.stop_gradient, saved)
        count = len(tensors)

        def from_saved(*arguments):
            return gradient(saved, *arguments[count:])

        def from_the_start(*arguments):
            _, saved, gradient = function(*arguments[:count])
            return gradient(saved, *arguments[count:])

        first = closed(from_saved, from_the_start, for_xla=traced_for_xla())
        return outputs, lambda *d_outputs: first(*tensors, *d_outputs)

    return differentiable
