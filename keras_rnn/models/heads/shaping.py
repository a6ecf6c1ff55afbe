# SPDX-License-Identifier: Apache-2.0
"""Layers that make the parameters of a distribution of any numbers."""

import keras
from keras import ops

from keras_rnn import _validation as validate

#: Scales, means of counts and dispersions stay above it: their logarithm is
#: taken, and softplus is 0 in float32 for very negative numbers.
SMALLEST = 1e-6


@keras.saving.register_keras_serializable(package="keras_rnn")
class NonCrossing(keras.layers.Layer):
    """Increasing numbers: one as it is, the others softplus steps from it.

    Args:
        middle: Position of the one on the last axis.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.shaping import NonCrossing
        >>> NonCrossing(middle=1)(np.zeros((1, 3))).numpy().round(2)
        array([[-0.69,  0.  ,  0.69]], dtype=float32)
    """

    def __init__(self, middle, **kwargs):
        super().__init__(**kwargs)
        self.middle = validate.integer("middle", middle, minimum=0)

    @property
    def point(self):
        """Position of the number that stands for the distribution."""
        return self.middle

    def call(self, x):
        k = self.middle
        middle, steps = x[..., k : k + 1], ops.softplus(x)
        parts = [middle]
        if k:
            below = ops.cumsum(ops.flip(steps[..., :k], axis=-1), axis=-1)
            parts.insert(0, middle - ops.flip(below, axis=-1))
        if k + 1 < x.shape[-1]:
            parts.append(middle + ops.cumsum(steps[..., k + 1 :], axis=-1))
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "middle": self.middle}


@keras.saving.register_keras_serializable(package="keras_rnn")
class Positive(keras.layers.Layer):
    """Numbers above 0 from some position of the last axis on.

    Args:
        first: Position; those before it stay as they are.
        scale: What the number at `first` is multiplied by, one for each entry
            of the axis before the last; None means 1.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.shaping import Positive
        >>> Positive(first=1)(np.zeros((1, 2))).numpy().round(2)
        array([[0.  , 0.69]], dtype=float32)
    """

    point = 0  #: Position of the number that stands for the distribution.

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

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "first": self.first,
            "scale": self.scale,
        }
