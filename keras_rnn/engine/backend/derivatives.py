# SPDX-License-Identifier: Apache-2.0
"""Gradients of a function, by the backend's own autodiff."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.engine.backend.name import BACKEND
from keras_rnn.engine.backend.programs import as_tensor

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax


def gradients(
    function: Callable[..., Tensor],
    tensors: Sequence[Any] = (),
    variables: Sequence[keras.Variable] = (),
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """The value of a function, and its gradients.

    The function runs in a `keras.StatelessScope`: what it assigns to variables,
    such as seeds, moving averages and metrics, is gone afterwards.

    Args:
        function: Function `(*tensors) -> scalar tensor`. It may read variables
            of Keras.
        tensors: Tensors or arrays of floats, the arguments of the function.
        variables: Variables of Keras, trainable or not, also those that it
            does not read.

    Returns:
        The value, a list with the gradient of each tensor, and a list with
        that of each variable, of their shapes. A gradient is 0 where the value
        does not depend on them.

    Raises:
        ValueError: If the function returns something else than a scalar.

    Example:
        >>> import keras
        >>> from keras_rnn.engine import gradients
        >>> w = keras.Variable([3.0])
        >>> square = lambda x: keras.ops.sum(w * x**2)
        >>> value, d_tensors, d_variables = gradients(square, [[2.0]], [w])
        >>> float(value), float(d_tensors[0][0]), float(d_variables[0][0])
        (12.0, 12.0, 4.0)
    """
    inputs = [keras.ops.convert_to_tensor(v) for v in tensors]
    count = len(inputs)
    inputs += [as_tensor(v, v.dtype) for v in variables]

    def value_of(*inputs: Tensor) -> Tensor:
        mapping = list(zip(variables, inputs[count:], strict=True))
        with keras.StatelessScope(mapping, collect_losses=True):
            value = function(*inputs[:count])
        if tuple(value.shape) != ():
            raise ValueError(
                "`function` must return a scalar tensor. "
                f"{validate.received('value', value)} Return its sum or mean."
            )
        return value

    differentiated = {
        "tensorflow": _by_tensorflow,
        "jax": _by_jax,
        "torch": _by_torch,
    }[BACKEND]
    value, found = differentiated(value_of, inputs)
    return value, found[:count], found[count:]


def _by_tensorflow(function, inputs):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        value = function(*inputs)
    found = tape.gradient(
        value, inputs, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    # That of an embedding comes as slices.
    return value, [tf.convert_to_tensor(v) for v in found]


def _by_jax(function, inputs):
    value, found = jax.value_and_grad(function, range(len(inputs)))(*inputs)
    return value, list(found)


def _by_torch(function, inputs):
    inputs = [v.detach().requires_grad_() for v in inputs]
    value = function(*inputs)
    if inputs and value.requires_grad:
        value.backward(inputs=inputs)
    found = [
        keras.ops.zeros_like(v) if v.grad is None else v.grad for v in inputs
    ]
    return value.detach(), found
