# SPDX-License-Identifier: Apache-2.0
"""What a network sees of its targets, and in which units it answers."""

import abc
from dataclasses import fields, is_dataclass, replace

import numpy as np

from keras_rnn.data.representations.arithmetic import take


class Representation(abc.ABC):
    """The choice of a representation, before it has seen data.

    Attributes:
        per_series: Of many series: whether each is measured by its own rows
            (True) or all together (False). One series has no such choice.
        steady: How many of the tuple that `channels` returns, the first ones,
            say the same of a row wherever the cutoff is.
    """

    per_series: bool
    steady = 1

    @classmethod
    def for_season(cls, season):
        """The one for rows that repeat, with defaults for all else.

        Args:
            season: Number of rows of a season, or None.

        Raises:
            ValueError: If it needs a season, and there is none.
        """
        return cls()

    @abc.abstractmethod
    def fit(self, levels, windows, bounds=None):
        """Measures scales.

        Args:
            levels: Targets of the training rows in the data's units, float64,
                shape (rows, targets).
            windows: The shape of a window.
            bounds: Where each of many series begins in `levels`, and the
                number of rows, int64, shape (series + 1,). None: one series.

        Returns:
            A FittedRepresentation.
        """

    def check(self, levels, targets, place):
        """Raises a ValueError if some level cannot be represented.

        Args:
            levels: All targets, float64, shape (rows, targets).
            targets: Their names.
            place: Row position -> where that is, for the message.
        """
        return


class FittedRepresentation(abc.ABC):
    """Arithmetic between the data's units and the network's.

    All methods take and return float64 NumPy arrays or float64 tensors.
    `basis` is what a forecast is relative to: the levels at the rows
    `basis_steps` of its window, shape (batch, len(basis_steps), targets). No
    such row lies after the cutoff.

    Attributes:
        per_series: Whether the scales have a leading axis of series; `of`
            then picks those of each window.
        reach: Number of rows before the first input row that `channels` reads.
        stand_in: Where levels may be missing: how many rows before a missing
            level stands what replaces it in `channels` and `basis`, see
            `bridged`; None: it stays NaN there.
    """

    per_series: bool
    reach = 1
    stand_in = 1

    def of(self, series):
        """The representation with the scales of each window's series.

        Args:
            series: Number of the series of each window, shape (batch,).
        """
        if not self.per_series:
            return self
        return mapped(lambda scale: take(scale, series), self)

    def for_horizon(self, horizon):
        """The representation of the first steps, as if fitted to so many."""
        return self

    @abc.abstractmethod
    def basis_steps(self, windows):
        """Rows that forecasts are relative to, counted from the cutoff."""

    @abc.abstractmethod
    def channel_names(self, targets):
        """Names of the channels that `channels` makes of these targets."""

    @abc.abstractmethod
    def channels(self, levels):
        """The past of the targets as the network sees it.

        Args:
            levels: Shape (batch, reach + lookback, targets), up to the
                cutoff; NaN before the first row of the series.

        Returns:
            A tuple of arrays of shape (batch, lookback, targets).
        """

    @abc.abstractmethod
    def represent(self, levels, basis):
        """From the data's units to the network's.

        Args:
            levels: Shape (batch, horizon, targets).
            basis: Shape (batch, basis steps, targets).

        Returns:
            Shape (batch, horizon, targets).
        """

    @abc.abstractmethod
    def invert(self, values, basis):
        """From the network's units to the data's: undoes `represent`."""


def refuse(wrong, levels, targets, place, needed):
    """Raises a ValueError that names the first wrong level, if there is one.

    Args:
        wrong: bool, shape (rows, targets).
        levels: As `Representation.check` gets them, with what follows.
        targets: Their names.
        place: Row position -> where that is.
        needed: What is needed instead, and what to do.
    """
    rows, columns = np.nonzero(wrong)
    if len(rows):
        raise ValueError(
            f"Column {targets[columns[0]]!r} is {levels[rows[0], columns[0]]} "
            f"at {place(rows[0])}; {needed}"
        )


def mapped(function, *trees):
    """Applies a function to every array in dataclasses within dataclasses.

    Args:
        function: Takes one array of each tree.
        trees: Instances of one class. What is no array is kept as it is in
            the first.

    Returns:
        An instance of that class.
    """
    changes = {}
    for field in fields(trees[0]):
        values = [getattr(tree, field.name) for tree in trees]
        if is_dataclass(values[0]):
            changes[field.name] = mapped(function, *values)
        elif hasattr(values[0], "shape"):
            changes[field.name] = function(*values)
    return replace(trees[0], **changes)
