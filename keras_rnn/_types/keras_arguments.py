# SPDX-License-Identifier: Apache-2.0
"""Arguments of Keras: an object, its name or its config, or a function."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras

from keras_rnn._types.arrays import Tensor

Activation: TypeAlias = str | Callable[[Tensor], Tensor] | None
Initializer: TypeAlias = (
    str
    | dict[str, Any]
    | keras.initializers.Initializer
    | Callable[..., Tensor]
)
Regularizer: TypeAlias = (
    str
    | dict[str, Any]
    | keras.regularizers.Regularizer
    | Callable[[Tensor], Tensor]
    | None
)
Constraint: TypeAlias = (
    str
    | dict[str, Any]
    | keras.constraints.Constraint
    | Callable[[Tensor], Tensor]
    | None
)
