# SPDX-License-Identifier: Apache-2.0
"""The bound on what a simple network hands back, (γ_R γ_φ)^d."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn.diagnostics.gradients.kernels import recurrent_blocks
from keras_rnn.diagnostics.gradients.products import largest_singular_values
from keras_rnn.engine import RecurrentCell, gradients
from keras_rnn.layers import (
    ElmanCell,
    IndRNNCell,
    JordanCell,
    SimpleRNNCell,
)

#: Activation -> its largest slope, of softmax the largest norm of its Jacobian.
LARGEST_SLOPES = {
    keras.activations.sigmoid: 0.25,
    keras.activations.softmax: 0.5,
    keras.activations.tanh: 1.0,
    keras.activations.relu: 1.0,
    keras.activations.linear: 1.0,
}
#: Between these another activation is searched for its largest slope.
SEARCHED = np.linspace(-20, 20, 40_001, dtype="float32")


def factor_of_bound(cell: RecurrentCell | None) -> float:
    """The largest factor by which a step can lengthen a gradient.

    Args:
        cell: A built cell, or None, one that is not known.

    Returns:
        γ_R γ_φ of a simple or Elman network or an IndRNN, γ_R γ_V γ_φ γ_ψ of a
        Jordan network, γ the largest singular value of a matrix and the
        largest slope of an activation; NaN of all others.

    Reference:
        Pascanu, R., Mikolov, T. & Bengio, Y. (2013). On the difficulty of
        training recurrent neural networks. ICML.
    """
    if isinstance(cell, JordanCell):
        return (
            _norm(ops.convert_to_numpy(cell.recurrent_kernel))
            * _norm(ops.convert_to_numpy(cell.output_kernel))
            * largest_slope(cell.activation)
            * largest_slope(cell.output_activation)
        )
    if isinstance(cell, (SimpleRNNCell, ElmanCell, IndRNNCell)):
        (block,) = recurrent_blocks(cell).values()
        return _norm(block) * largest_slope(cell.activation)
    return float("nan")


def _norm(matrix) -> float:
    return float(largest_singular_values(matrix))


def largest_slope(activation: Callable[[Any], Any]) -> float:
    """The largest slope of an activation, by autodiff where it is not known.

    Args:
        activation: Function that takes each number by itself.
    """
    known = LARGEST_SLOPES.get(activation)
    if known is not None:
        return known
    _, (slopes,), _ = gradients(lambda z: ops.sum(activation(z)), [SEARCHED])
    return float(np.abs(ops.convert_to_numpy(slopes)).max())
