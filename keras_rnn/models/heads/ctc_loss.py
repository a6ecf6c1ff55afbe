# SPDX-License-Identifier: Apache-2.0
"""CTCLoss: −log p of labels, over all alignments with the frames."""

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.engine import backend
from keras_rnn.metrics import is_padding, packed


@keras.saving.register_keras_serializable(package="keras_rnn")
class CTCLoss(keras.losses.Loss):
    """Minus the log of the probability of the labels, whatever the alignment.

    Each frame gives a label or the blank; repeats are merged, then blanks fall
    away. The probability of the labels is the sum over all paths that become
    them. So a row needs as many frames as it has labels, and a blank between
    any two that are equal:

        frames ≥ labels + adjacent repeats

    The loss of a row that needs more is infinite, and its gradient zero, as is
    that of ids that are no labels, or stand after a 0. Keras
    has the sum over paths; its own `CTC` gives such rows finite numbers, fails
    under a mask, and counts padding as frames.

    Args:
        reduction: As in `keras.losses.Loss`.
        name: Name of the loss.
        dtype: As in `keras.losses.Loss`.

    Call arguments:
        y_true: Ids `(batch, longest)`, 0 after the end of each.
        y_pred: Logits `(batch, time, num_classes)`; class 0 is the blank.
            Frames of the logits that `Characters` gives to padding have no
            part in it.

    Returns:
        `(batch,)` in nats per sequence, reduced.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import CTCLoss
        >>> logits = np.log([[[0.5, 0.5], [0.5, 0.5]]])
        >>> p = np.exp(-CTCLoss()(np.array([[1]]), logits))  # 1·, ·1, 11
        >>> round(float(p), 3)
        0.75

    Reference:
        Graves, A. et al. (2006). Connectionist temporal classification:
        labelling unsegmented sequence data with recurrent neural networks.
        ICML.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "ctc_loss",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        labels = ops.cast(y_true, "int32")
        frames = _count(~is_padding(y_pred))
        repeats = (labels[:, 1:] == labels[:, :-1]) & (labels[:, 1:] != 0)
        fits = _count(labels != 0) + _count(repeats) <= frames
        fits &= ~ops.any((labels[:, 1:] != 0) & (labels[:, :-1] == 0), axis=1)
        known = (labels >= 0) & (labels < y_pred.shape[-1])
        fits &= ops.all(known, axis=1)
        # What does not fit has a gradient that is no number: it is left out
        # before the sum, not after it.
        labels = ops.where(fits[:, None], labels, 0)
        # TensorFlow's graph of it is three times as slow as XLA's program,
        # which it would compile anew for each length.
        # An eager gradient cannot read what XLA kept for one in a graph.
        plain = labels.shape[1] is None or backend.is_eager(labels)
        losses = _losses if plain else _compiled_losses
        return ops.where(fits, losses(packed(y_pred), labels), float("inf"))


def _losses(logits, labels):
    batch, time, _ = ops.shape(logits)
    times = ops.full((batch,), time, "int32")
    return ops.ctc_loss(labels, logits, _count(labels != 0), times, 0)


_compiled_losses = backend.compiled(_losses, time_axis=1)


def _count(wanted: Tensor) -> Tensor:
    return ops.sum(ops.cast(wanted, "int32"), axis=1)
