# SPDX-License-Identifier: Apache-2.0
"""How a network sees its targets, and in which units it forecasts them."""

import abc
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data.representations.arithmetic import take
from keras_rnn.data.windows import Windows

T = TypeVar("T")


class Representation(abc.ABC):
    """The choice of a representation, before it has seen data.

    Attributes:
        per_series: Whether each of many series is measured by its own rows
            (True) or all together (False). A single series has no such
            choice.
        steady: How many entries of the tuple that `channels` returns, the
            first ones, have the same values of a row at every cutoff.
    """

    per_series: bool
    steady: int = 1

    @classmethod
    def for_season(cls, season: int | None) -> "Representation":
        """The representation for a season, with defaults for all else.

        Args:
            season: Number of rows of a season, or None.

        Raises:
            ValueError: If the representation needs a season, and it is None.
        """
        return cls()

    @abc.abstractmethod
    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedRepresentation":
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

    def check(
        self,
        levels: Array,
        targets: Sequence[str],
        place: Callable[[int], str],
    ) -> None:
        """Raises a ValueError if some level cannot be represented.

        Args:
            levels: All targets, float64, shape (rows, targets).
            targets: Their names.
            place: Row position -> where that is, as text for the message.
        """
        return


class FittedRepresentation(abc.ABC):
    """Arithmetic between the data's units and the network's.

    All methods take and return float64 NumPy arrays or float64 tensors.
    A forecast is relative to its `basis`: the levels at the rows
    `basis_steps` of its window, shape (batch, len(basis_steps), targets). No
    such row lies after the cutoff.

    Attributes:
        per_series: Whether the scales have a leading axis of series; `of`
            then takes those of each window.
        reach: Number of rows before the first input row that `channels` reads.
        stand_in: How many rows before a missing level the level stands that
            replaces it in `channels` and `basis`, see `bridged`. None: a
            missing level stays NaN there.
    """

    per_series: bool
    reach: int = 1
    stand_in: int | None = 1

    def of(self, series: Tensor) -> "FittedRepresentation":
        """The representation with the scales of each window's series.

        Args:
            series: Number of the series of each window, shape (batch,).
        """
        if not self.per_series:
            return self
        return mapped(lambda scale: take(scale, series), self)

    def for_horizon(self, horizon: int) -> "FittedRepresentation":
        """The representation of the first steps, as if fitted to that horizon.

        Args:
            horizon: Number of steps, not more than those fitted.
        """
        return self

    @abc.abstractmethod
    def basis_steps(self, windows: Windows) -> Sequence[int] | Array:
        """Rows that forecasts are relative to, counted from the cutoff."""

    @abc.abstractmethod
    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Names of the channels that `channels` makes of these targets."""

    @abc.abstractmethod
    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The past of the targets as the network sees it.

        Args:
            levels: Shape (batch, reach + lookback, targets), up to the
                cutoff; NaN before the first row of the series.

        Returns:
            A tuple of arrays of shape (batch, lookback, targets).
        """

    @abc.abstractmethod
    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """Translates from the data's units to the network's.

        Args:
            levels: Shape (batch, horizon, targets).
            basis: Shape (batch, basis steps, targets).

        Returns:
            Shape (batch, horizon, targets).
        """

    @abc.abstractmethod
    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """Translates from the network's units to the data's.

        Args:
            values: Shape (batch, horizon, targets).
            basis: Shape (batch, basis steps, targets).

        Returns:
            Shape (batch, horizon, targets).
        """


def refuse(
    wrong: Array,
    levels: Array,
    targets: Sequence[str],
    place: Callable[[int], str],
    remedy: str,
) -> None:
    """Raises a ValueError that names the first wrong level, if there is one.

    Args:
        wrong: Which levels are wrong, bool, shape (rows, targets).
        levels: As in `Representation.check`.
        targets: As in `Representation.check`.
        place: As in `Representation.check`.
        remedy: The end of the message: what is needed, and what to do.
    """
    rows, columns = np.nonzero(wrong)
    if len(rows):
        raise ValueError(
            f"Column {targets[columns[0]]!r} is {levels[rows[0], columns[0]]} "
            f"at {place(rows[0])}; {remedy}"
        )


def mapped(function: Callable[..., Any], *trees: T) -> T:
    """Applies a function to every array in dataclasses within dataclasses.

    Args:
        function: Takes one array of each tree.
        *trees: Instances of one class. Other fields than arrays are kept as
            they are in the first tree.

    Returns:
        An instance of that class.
    """
    first: Any = trees[0]
    changes = {}
    for field in fields(first):
        values = [getattr(tree, field.name) for tree in trees]
        if is_dataclass(values[0]):
            changes[field.name] = mapped(function, *values)
        elif hasattr(values[0], "shape"):
            changes[field.name] = function(*values)
    return replace(first, **changes)
