# SPDX-License-Identifier: Apache-2.0
"""Layers that carry lengths, padding and direction from encoder to decoder."""

import keras
from keras import ops

from keras_rnn import _validation as validate


@keras.saving.register_keras_serializable(package="keras_rnn")
class ValidSteps(keras.layers.Layer):
    """Which steps of a sequence count: 1 where one does, 0 at padding.

    Args:
        mask_value: Steps all of whose features equal this number are padding;
            None means that there is none.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, features)`.

    Returns:
        Tensor `(batch, time)` of zeros and ones.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import ValidSteps
        >>> x = np.array([[[0.0, 3.0], [0.0, 0.0]]])
        >>> ValidSteps(mask_value=0.0)(x).numpy()
        array([[1., 0.]], dtype=float32)
    """

    def __init__(self, mask_value=None, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, x):
        if self.mask_value is None:
            return ops.ones_like(x[:, :, 0])
        valid = ops.any(ops.not_equal(x, self.mask_value), axis=-1)
        return ops.cast(valid, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[:2]

    def get_config(self):
        return {**super().get_config(), "mask_value": self.mask_value}


@keras.saving.register_keras_serializable(package="keras_rnn")
class RepeatOverSteps(keras.layers.Layer):
    """One vector a sequence, repeated over steps, some of them masked.

    What `keras.layers.RepeatVector` does, where the number of steps is not
    known beforehand.

    Args:
        masked: Whether steps given as 0 are masked; they are steps like all
            others if not.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: List of the vectors `(batch, width)` and the steps
            `(batch, time)`, zeros and ones.

    Returns:
        Tensor `(batch, time, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import RepeatOverSteps
        >>> y = RepeatOverSteps()([np.ones((4, 3)), np.ones((4, 10))])
        >>> tuple(y.shape)
        (4, 10, 3)
    """

    def __init__(self, masked=True, **kwargs):
        super().__init__(**kwargs)
        self.masked = validate.boolean("masked", masked)
        self.supports_masking = True

    def call(self, inputs):
        vectors, steps = inputs
        return vectors[:, None] * ops.ones_like(steps)[:, :, None]

    def compute_mask(self, inputs, previous_mask):
        return ops.not_equal(inputs[1], 0) if self.masked else None

    def compute_output_shape(self, input_shape):
        (batch, width), (_, time) = input_shape
        return (batch, time, width)

    def get_config(self):
        return {**super().get_config(), "masked": self.masked}


@keras.saving.register_keras_serializable(package="keras_rnn")
class Reverse(keras.layers.Layer):
    """The sequence from its last step to its first, and its mask likewise.

    Call arguments:
        x: Tensor `(batch, time, features)`.

    Returns:
        Tensor of the same shape.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import Reverse
        >>> Reverse()(np.arange(3.0).reshape(1, 3, 1)).numpy().ravel()
        array([2., 1., 0.], dtype=float32)
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x):
        return ops.flip(x, axis=1)

    def compute_mask(self, x, previous_mask):
        return None if previous_mask is None else ops.flip(previous_mask, 1)

    def compute_output_shape(self, input_shape):
        return input_shape
