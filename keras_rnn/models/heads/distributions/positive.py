# SPDX-License-Identifier: Apache-2.0
"""Positive: the layer of parameters that lie above a bound."""

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.models.heads.distributions.base import ParameterLayer

#: Scales, means of counts and dispersions stay above it: their logarithm is
#: taken, and softplus is 0 in float32 for very negative numbers.
SMALLEST = 1e-6


@keras.saving.register_keras_serializable(package="keras_rnn")
class Positive(ParameterLayer):
    """Numbers above 0 from some position of the last axis on.

    Args:
        first: Position; those before it stay as they are.
        scale: What the number at `first` is multiplied by, one for each entry
            of the axis before the last; None means 1.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.heads.distributions.positive import Positive
        >>> Positive(first=1)(np.zeros((1, 2))).numpy().round(2)
        array([[0.  , 0.69]], dtype=float32)
    """

    def __init__(self, first, scale=None, **kwargs):
        super().__init__(**kwargs)
        self.first = validate.integer("first", first, minimum=0)
        self.scale = scale

    def call(self, x):
        positive = ops.softplus(x[..., self.first :]) + SMALLEST
        if self.scale is not None:
            scale = ops.convert_to_tensor(self.scale, dtype=positive.dtype)
            scaled = positive[..., :1] * scale[:, None]
            positive = ops.concatenate([scaled, positive[..., 1:]], axis=-1)
        if not self.first:
            return positive
        return ops.concatenate([x[..., : self.first], positive], axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "first": self.first,
            "scale": self.scale,
        }
