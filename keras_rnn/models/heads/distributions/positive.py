# SPDX-License-Identifier: Apache-2.0
"""Positive: the layer that makes parameters positive."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.heads.distributions.base import ParameterLayer

#: Scales, means of counts and dispersions are at least this large. Likelihoods
#: take their logarithm, and softplus of a very negative number is 0 in
#: float32.
SMALLEST = 1e-6


@keras.saving.register_keras_serializable(package="keras_rnn")
class Positive(ParameterLayer):
    """Makes the numbers from some position of the last axis on positive.

    Args:
        first: This position; the numbers before it stay as they are.
        scale: Factors of the number at `first`, one for each entry of the axis
            before the last; None means 1.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.heads.distributions.positive import Positive
        >>> Positive(first=1)(np.zeros((1, 2))).numpy().round(2)
        array([[0.  , 0.69]], dtype=float32)
    """

    def __init__(
        self, first: int, scale: list[float] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.first = validate.integer("first", first, minimum=0)
        self.scale = scale

    def call(self, x: Tensor) -> Tensor:
        positive = ops.softplus(x[..., self.first :]) + SMALLEST
        if self.scale is not None:
            scale = ops.convert_to_tensor(self.scale, dtype=positive.dtype)
            scaled = positive[..., :1] * scale[:, None]
            positive = ops.concatenate([scaled, positive[..., 1:]], axis=-1)
        if not self.first:
            return positive
        return ops.concatenate([x[..., : self.first], positive], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "first": self.first,
            "scale": self.scale,
        }
