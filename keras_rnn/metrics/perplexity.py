# SPDX-License-Identifier: Apache-2.0
"""Perplexity: among how many tokens a language model hesitates."""

from typing import Any

import keras
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.metrics.weights import weights_of_answers


@keras.saving.register_keras_serializable(package="keras_rnn")
class Perplexity(keras.metrics.Mean):
    """The exponential of the mean cross-entropy per token.

        perplexity = exp(Σ w_t · (−log p_t) / Σ w_t)

    The sums run over all tokens since the last reset. So an epoch of unequal
    batches gives the perplexity of its tokens, and not the mean of the
    perplexities of its batches. w_t is the sample weight, or 0 where the mask
    of the predictions is False or the target is `ignore_class`. A model that
    knows nothing has a perplexity of vocabulary_size. Without any token the
    result is 1.

    Args:
        from_logits: True if predictions are logits, False if they are
            probabilities.
        ignore_class: A target id that is not counted, such as the padding 0;
            None counts all ids.
        name: Name of the metric.
        dtype: Type of the sums and the result, float32 by default.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import Perplexity
        >>> metric = Perplexity(from_logits=False, ignore_class=0)
        >>> targets = [[1, 2, 0]]
        >>> chances = [[[0.0, 0.5, 0.5], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]]
        >>> metric.update_state(np.array(targets), np.array(chances))
        >>> round(float(metric.result()), 3)
        2.0
    """

    from_logits: bool
    ignore_class: int | None

    def __init__(
        self,
        from_logits: bool = True,
        ignore_class: int | None = None,
        name: str = "perplexity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.from_logits = validate.boolean("from_logits", from_logits)
        if ignore_class is not None:
            # Any integer, as Keras marks unlabelled pixels by −1.
            validate.integer("ignore_class", ignore_class, minimum=-(2**31))
        self.ignore_class = ignore_class

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        """Adds a batch.

        Args:
            y_true: Ids `(batch, time)`, or `(..., 1)`.
            y_pred: Logits or probabilities `(batch, time, vocabulary_size)`.
            sample_weight: None, or weights `(batch,)`, `(batch, time)`, or of
                a shape that broadcasts to it.
        """
        mask = get_keras_mask(y_pred)  # casting loses it
        y_pred = ops.cast(y_pred, self.dtype)
        y_true = ops.cast(y_true, "int32")
        if len(y_true.shape) == len(y_pred.shape):
            y_true = ops.squeeze(y_true, axis=-1)
        valid = True
        if self.ignore_class is not None:
            valid = ops.not_equal(y_true, self.ignore_class)
            y_true = ops.where(valid, y_true, 0)  # −1 has no probability
        losses = ops.sparse_categorical_crossentropy(
            y_true, y_pred, from_logits=self.from_logits
        )
        weights = weights_of_answers(losses, sample_weight, mask)
        weights = ops.where(valid, weights, 0)
        # Flat, because Mean would average each sequence over its time first
        # and so give batches of unequal length the same weight. A loss of
        # weight 0 may be infinite, and their product NaN.
        losses = ops.where(weights != 0, losses, 0)
        super().update_state(ops.reshape(losses, -1), ops.reshape(weights, -1))

    def result(self) -> Tensor:
        return ops.exp(super().result())

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "ignore_class": self.ignore_class,
        }
