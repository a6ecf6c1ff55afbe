# SPDX-License-Identifier: Apache-2.0
"""The area under a curve, over the steps that are not masked."""

from typing import Any

import keras
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn._types import Tensor
from keras_rnn.metrics.weights import weights_of_answers


@keras.saving.register_keras_serializable(package="keras_rnn")
class MaskedAUC(keras.metrics.AUC):
    """`keras.metrics.AUC` of answers at every step, without the padding.

    Keras's loss and accuracy heed the mask of the predictions, but its AUC
    counts masked steps as if they were data. Without a mask this metric is the
    same as Keras's.

    Args:
        **kwargs: Arguments of `keras.metrics.AUC`. `multi_label` must be False,
            because the last axis holds one answer per step.

    Raises:
        ValueError: If `multi_label` is True.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import MaskedAUC
        >>> metric = MaskedAUC()
        >>> metric.update_state(np.array([[0], [1]]), np.array([[0.2], [0.9]]))
        >>> round(float(metric.result()), 3)
        1.0
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"name": "auc", **kwargs}
        super().__init__(**kwargs)
        if self.multi_label:
            raise ValueError(
                "`multi_label` must be False: the answers of all steps make "
                "one curve. Received: multi_label=True. "
                "Use keras.metrics.AUC."
            )

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        """Adds a batch.

        Args:
            y_true: Labels 0 or 1, `(batch[, time], 1)` or without the 1.
            y_pred: Probabilities `(batch[, time], 1)`.
            sample_weight: None, or weights `(batch,)` or `(batch, time)`.
        """
        mask = get_keras_mask(y_pred)  # casting loses it
        y_pred = ops.squeeze(ops.cast(y_pred, self.dtype), axis=-1)
        weights = weights_of_answers(y_pred, sample_weight, mask)
        super().update_state(
            ops.reshape(y_true, -1),
            ops.reshape(y_pred, -1),
            ops.reshape(weights, -1),
        )
