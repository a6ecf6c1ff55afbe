# SPDX-License-Identifier: Apache-2.0
"""The contract of a method that reads labels off logits."""

import abc
from typing import NamedTuple

from keras_rnn._types import Tensor


class Labels(NamedTuple):
    """Sequences of labels, the best of each row first.

    Attributes:
        ids: int32 `(batch, k, time)`, 0 after the end of each.
        lengths: int32 `(batch, k)`.
        scores: float32 `(batch, k)`.
    """

    ids: Tensor
    lengths: Tensor
    scores: Tensor


class Reading(abc.ABC):
    """How labels are read: one file, and one row in `CTC_DECODERS`.

    A subclass is a frozen dataclass of settings, some of the arguments of
    `decode`, which compares and hashes by them.
    """

    #: How many sequences are returned per row.
    num_best: int

    def check(self, num_classes: int) -> None:
        """Raises an error if the method does not fit the classes of a model."""
        return

    @abc.abstractmethod
    def __call__(self, logits: Tensor) -> Labels:
        """The labels.

        Args:
            logits: float32 `(batch, time, num_classes)`, class 0 the blank;
                frames first, padding after them.
        """
