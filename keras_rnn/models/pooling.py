# SPDX-License-Identifier: Apache-2.0
"""From the outputs of all steps to one vector a sequence."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_rnn")
class LastStep(keras.layers.Layer):
    """The output at the last valid step of each sequence.

    Args:
        bidirectional: Whether the second half of the features comes from a
            layer that read backwards: that half is taken at the first valid
            step, where the backward layer ended.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`; a sequence without a valid step
            gives what stands at its first step.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import LastStep
        >>> x = np.arange(6.0).reshape(1, 3, 2)
        >>> LastStep()(x, mask=np.array([[True, True, False]])).numpy()
        array([[2., 3.]], dtype=float32)
    """

    def __init__(self, bidirectional=False, **kwargs):
        super().__init__(**kwargs)
        self.bidirectional = bidirectional
        self.supports_masking = True

    def call(self, x, mask=None):
        if mask is None:
            first, last = x[:, 0], x[:, -1]
        else:
            steps = ops.arange(ops.shape(x)[1])
            valid = ops.cast(mask, "int32")
            first = _at(x, ops.argmax(valid, axis=1))
            last = _at(x, ops.argmax(valid * steps, axis=1))
        if not self.bidirectional:
            return last
        half = x.shape[-1] // 2
        return ops.concatenate([last[:, :half], first[:, half:]], axis=-1)

    def compute_mask(self, x, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "bidirectional": self.bidirectional}


def _at(x, step):
    """Row `step[k]` of each sequence k."""
    return ops.squeeze(
        ops.take_along_axis(x, ops.cast(step, "int32")[:, None, None], axis=1),
        axis=1,
    )
