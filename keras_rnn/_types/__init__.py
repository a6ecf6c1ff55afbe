# SPDX-License-Identifier: Apache-2.0
"""What tensors, arrays and arguments are called in annotations."""

from keras_rnn._types.arrays import (
    Array,
    ArrayLike,
    Floats,
    Named,
    PathLike,
    Shape,
    Tensor,
    Tensors,
)
from keras_rnn._types.keras_arguments import (
    Activation,
    Constraint,
    Initializer,
    Regularizer,
)

__all__ = [
    "Activation",
    "Array",
    "ArrayLike",
    "Constraint",
    "Floats",
    "Initializer",
    "Named",
    "PathLike",
    "Regularizer",
    "Shape",
    "Tensor",
    "Tensors",
]
