# SPDX-License-Identifier: Apache-2.0
"""The loss of guessing all tokens alike, which label smoothing mixes in."""

from typing import Any

import keras
from keras import ops
from keras.src.backend import set_keras_mask

from keras_rnn._types import Tensor


class UniformCrossentropy(keras.losses.Loss):
    """mean(−log p) over all tokens but the padding 0, where targets are valid.

    Args:
        **kwargs: Arguments of `keras.losses.Loss`.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if len(y_true.shape) == len(y_pred.shape):
            y_true = ops.squeeze(y_true, axis=-1)
        log_p = ops.log_softmax(y_pred, axis=-1)
        valid = ops.not_equal(y_true, 0)
        losses = -ops.mean(log_p[..., 1:], axis=-1)
        losses = ops.where(valid, losses, 0)
        set_keras_mask(losses, valid)
        return losses


def uniform_crossentropy(
    y_true: Tensor, y_pred: Tensor, sample_weight: Any = None
) -> Tensor:
    """The mean of the loss over valid targets, as Keras reduces losses."""
    return UniformCrossentropy()(y_true, y_pred, sample_weight)
