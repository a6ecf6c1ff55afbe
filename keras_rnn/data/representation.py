# SPDX-License-Identifier: Apache-2.0
"""What a network sees of its targets, and in which units it answers."""

import abc


class Representation(abc.ABC):
    """The choice of a representation, before it has seen data."""

    @abc.abstractmethod
    def fit(self, levels, windows):
        """Measures scales.

        Args:
            levels: Targets of the training rows in the data's units, float64,
                shape (rows, targets).
            windows: The shape of a window.

        Returns:
            A FittedRepresentation.
        """


class FittedRepresentation(abc.ABC):
    """Arithmetic between the data's units and the network's.

    All methods use operators and slices only: they take and return float64
    NumPy arrays or float64 tensors. `last` is the level at the cutoff, shape
    (batch, 1, targets).
    """

    @abc.abstractmethod
    def channel_names(self, targets):
        """Names of the channels that `channels` makes of these targets."""

    @abc.abstractmethod
    def channels(self, levels):
        """The past of the targets as the network sees it.

        Args:
            levels: Shape (batch, lookback + 1, targets), from the row before
                the first input row to the cutoff; the first row of all stands
                in for its own predecessor.

        Returns:
            A tuple of arrays of shape (batch, lookback, targets).
        """

    @abc.abstractmethod
    def represent(self, levels, last):
        """From the data's units to the network's.

        Args:
            levels: Shape (batch, horizon, targets).
            last: Shape (batch, 1, targets).

        Returns:
            Shape (batch, horizon, targets).
        """

    @abc.abstractmethod
    def invert(self, values, last):
        """From the network's units to the data's: undoes `represent`."""
