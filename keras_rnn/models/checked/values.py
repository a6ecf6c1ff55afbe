# SPDX-License-Identifier: Apache-2.0
"""The contract of what checks the values of targets."""

import abc
from collections.abc import Callable
from typing import Any

import keras

from keras_rnn._types import Array


class Values(abc.ABC):
    """Which values the targets of a model may have."""

    @abc.abstractmethod
    def check(self, x: Any, y: Array, entry_by_entry: bool) -> None:
        """Raises a ValueError for other values.

        Args:
            x: Inputs, as the model takes them.
            y: The targets.
            entry_by_entry: Whether there is one target per entry of the
                outputs, and not one per answer.
        """

    @abc.abstractmethod
    def asserted(
        self,
        dataset: Any,
        tensors_of: Callable[[Any], list[Any]],
        entry_by_entry: bool,
    ) -> Any:
        """The dataset, which now fails at other values.

        Args:
            dataset: A `tf.data.Dataset`.
            tensors_of: Function from an element to the targets in it.
            entry_by_entry: As in `check`.
        """

    def watching(self) -> list[keras.callbacks.Callback]:
        """New callbacks that see what cannot be checked in a dataset."""
        return []
