# SPDX-License-Identifier: Apache-2.0
"""CharacterErrorRate: how much of a transcript is wrong, while fit runs."""

from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.metrics.transcripts.frames import best_path

#: More than any number of edits.
_MANY = 10**9


@keras.saving.register_keras_serializable(package="keras_rnn")
class CharacterErrorRate(keras.metrics.Metric):
    """All edits divided by all labels, of the best path of each sequence.

        rate = Σ edits / Σ labels

    The sums run over all sequences since the last reset. `fit` and `evaluate`
    take the likeliest class of each frame; for the rate of a beam search use
    `keras_rnn.metrics.character_error_rate` of what `decode` returns.

    Args:
        name: Name of the metric.
        dtype: Type of the sums and the result, float32 by default.

    Call arguments:
        y_true: Ids `(batch, longest)`, 0 after the end of each.
        y_pred: Logits `(batch, time, num_classes)`; class 0 is the blank.
        sample_weight: None, or weights `(batch,)` of sequences.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import CharacterErrorRate
        >>> metric = CharacterErrorRate()
        >>> path = [[1, 1, 0, 1, 2]]  # read as 1 1 2
        >>> metric.update_state(np.array([[1, 2, 0]]), np.eye(3)[path])
        >>> float(metric.result())  # one edit, two labels
        0.5
    """

    def __init__(
        self, name: str = "character_error_rate", dtype: str | None = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.edits: Any = self.add_variable((), "zeros", name="edits")
        self.length: Any = self.add_variable((), "zeros", name="length")

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        """Adds a batch."""
        actual = ops.cast(y_true, "int32")
        num_actual = ops.sum(ops.cast(actual != 0, "int32"), axis=1)
        edits = edit_distances(
            actual, num_actual, *best_path(ops.convert_to_tensor(y_pred))
        )
        for total, values in ((self.edits, edits), (self.length, num_actual)):
            values = ops.cast(values, self.dtype)
            if sample_weight is not None:
                weights = ops.cast(sample_weight, self.dtype)
                values *= ops.reshape(weights, (-1,))
            total.assign_add(ops.sum(values))

    def result(self) -> Tensor:
        return ops.divide_no_nan(self.edits, self.length)


def edit_distances(
    actual: Tensor, num_actual: Tensor, predicted: Tensor, num_predicted: Tensor
) -> Tensor:
    """The edits between the sequences of two batches.

    D[i, j], the edits between the first i predicted and the first j actual
    ids, needs D[i−1, j], D[i, j−1] and D[i−1, j−1]: all values of one diagonal
    i + j = d follow at once from the two diagonals before.

    Args:
        actual: int32 ids `(batch, m)`.
        num_actual: How many of them count, `(batch,)`.
        predicted: int32 ids `(batch, n)`.
        num_predicted: How many of them count, `(batch,)`.

    Returns:
        int32 tensor `(batch,)`.
    """
    batch, m = ops.shape(actual)
    j = ops.arange(m + 1)
    first = ops.broadcast_to(ops.where(j == 0, 0, _MANY), (batch, m + 1))
    last = num_actual + num_predicted
    at_end = num_actual[:, None]

    def goes_on(d, *_):
        return d <= ops.max(last)

    def diagonal(d, before, one_before, found):
        i = ops.clip(d - j[1:] - 1, 0, ops.shape(predicted)[1] - 1)
        differs = ops.take(predicted, i, axis=1) != actual
        new = ops.minimum(before, _shifted(before)) + 1
        replaced = one_before[:, :-1] + ops.cast(differs, "int32")
        new = ops.minimum(new, _after(replaced))
        here = ops.take_along_axis(new, at_end, axis=1)[:, 0]
        return d + 1, new, before, ops.where(d == last, here, found)

    start = (1, first, ops.full_like(first, _MANY), ops.zeros_like(last))
    return ops.while_loop(goes_on, diagonal, start)[-1]


def _shifted(diagonal: Tensor) -> Tensor:
    """The values of j − 1, of which there is none at j = 0."""
    return _after(diagonal[:, :-1])


def _after(values: Tensor) -> Tensor:
    return ops.pad(values, [[0, 0], [1, 0]], constant_values=_MANY)
