# SPDX-License-Identifier: Apache-2.0
"""The time axes of many series, one after the other, each continued."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.time_axis.clock import (
    Step,
    by_the_wall,
    steps_between,
    wall,
)
from keras_rnn.data.time_axis.one_series import REMEDIES, extend, regular_step
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import check_axis

if TYPE_CHECKING:
    from keras_rnn.data.frames.table import Table


def timeline(
    index: pd.Index,
    bounds: Array,
    names: pd.Index | Sequence[Any] | None,
    ahead: int,
    step: Step | None = None,
    own_steps: Mapping[Any, Step] | None = None,
    remedies: Remedies = REMEDIES,
) -> tuple[pd.Index, Step, dict[Any, Step]]:
    """The checked time axes of all series, each `ahead` steps longer.

    Most often all series share a grid, such as all month ends. They are then
    checked and continued together. Only a series off that grid is checked by
    itself, and may have a frequency of its own.

    Args:
        index: The index of all rows, grouped by series.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        names: The name of each series, or None for one series.
        ahead: Number of steps to append to each.
        step: The step to expect, where earlier rows showed it; too few rows
            do not show one.
        own_steps: Name of a series -> the step to expect of it, where that is
            another one.
        remedies: What errors advise.

    Returns:
        An index of len(index) + series × ahead entries, in which row r of
        series k stands at position r + k × ahead; the step, of the longest
        series if they differ; and a dict of the steps that differ, by name.

    Raises:
        TypeError: If the index is neither of dates nor of integers.
        ValueError: If an axis is not unique, increasing and regular; it names
            the series.

    Example:
        >>> index = pd.Index([1, 2, 3, 2, 3])
        >>> bounds = np.array([0, 3, 5])
        >>> longer, step, _ = timeline(index, bounds, ["a", "b"], ahead=2)
        >>> longer.tolist(), step
        ([1, 2, 3, 4, 5, 2, 3, 4, 5], 1)
    """
    longest = int(np.diff(bounds).argmax())
    expected = Expected(names, step, dict(own_steps or {}), remedies)
    axis = index[bounds[longest] : bounds[longest + 1]]
    step = expected.step_of(axis, longest)
    if names is None:
        return extend(index, step, ahead), step, {}
    grid, positions = shared_grid(index, bounds, step, longest)
    off = off_grid(positions, bounds)
    if own_steps:
        # On the grid a few business days look like days.
        off |= [expected.own.get(name, step) != step for name in names]
    if off.any():
        steps = [
            expected.step_of(index[bounds[k] : bounds[k + 1]], k)
            if alone
            else step
            for k, alone in enumerate(off)
        ]
        longer = one_by_one(index, bounds, ahead, steps)
        differ = {
            names[k]: found for k, found in enumerate(steps) if found != step
        }
        return longer, step, differ
    grid = extend(grid, step, ahead)
    lengths = np.diff(bounds) + ahead
    starts = np.cumsum(lengths) - lengths
    first = positions[bounds[:-1]]
    rows = np.repeat(first - starts, lengths) + np.arange(lengths.sum())
    return grid[rows], step, {}


@dataclass(frozen=True)
class Expected:
    """The steps to expect of series.

    Args:
        names: The name of each series, None if there is only one.
        step: The step of most series, or None.
        own: Name -> step of the series with another one.
        remedies: What errors advise.
    """

    names: pd.Index | Sequence[Any] | None
    step: Step | None
    own: dict[Any, Step]
    remedies: Remedies

    def step_of(self, axis: pd.Index, number: int) -> Step:
        """The step of one series, which few rows need not show.

        Args:
            axis: The index of the series.
            number: The number of the series.

        Raises:
            ValueError: If the series has no step; the message names it.
        """
        if self.remedies.freq is not None:
            return step_of(axis, self.names, number, self.remedies)
        own = None
        if self.own and self.names is not None:
            own = self.own.get(self.names[number])
        for step in (own, self.step):
            if step is not None and follows(axis, step):
                return step
        return step_of(axis, self.names, number, self.remedies)


def follows(axis: pd.Index, step: Step) -> bool:
    """Whether an axis takes a known step from each row to the next."""
    if isinstance(axis, pd.DatetimeIndex) == isinstance(step, int):
        return False
    if axis.hasnans or not len(axis):
        return False
    if isinstance(axis, pd.DatetimeIndex) and by_the_wall(axis, step):
        axis = wall(axis)
    return axis.equals(extend(axis[:1], step, len(axis) - 1))


def step_of(
    axis: pd.Index,
    names: pd.Index | Sequence[Any] | None,
    number: int,
    remedies: Remedies,
) -> Step:
    """The step of one series; errors name the series, if it has a name."""
    try:
        if remedies.freq is not None:
            dates = cast("pd.DatetimeIndex", axis)  # others were refused
            check_axis(dates, remedies.freq, remedies)
            return remedies.freq
        return regular_step(axis, remedies)
    except ValueError as error:
        if names is None:
            raise
        message = f"Series {names[number]!r}: {error}"
        raise type(error)(message) from error


def check_steps(
    table: "Table",
    step: Step,
    own_steps: Mapping[Any, Step],
    names: pd.Index | None,
) -> None:
    """Raises a ValueError if the rows of a table are of another frequency.

    A series that was not among those prepared may have the step of any of
    them, and its weeks, quarters or years may begin elsewhere.

    Args:
        table: The Table.
        step: The step to expect.
        own_steps: Name -> step of the series to expect another one of.
        names: The names of the series prepared; None for one series.
    """
    if names is None or table.names is None:
        check_step(table.step, [step], "the frame")
        return
    if table.step == step and not table.own_steps and not own_steps:
        return
    all_steps = [step, *own_steps.values()]
    for name, is_new in zip(
        table.names, names.get_indexer(table.names) < 0, strict=True
    ):
        found = table.own_steps.get(name, table.step)
        if is_new and any(
            begins_elsewhere(found, known) for known in all_steps
        ):
            continue
        expected = all_steps if is_new else [own_steps.get(name, step)]
        check_step(found, expected, f"series {name!r}")


def check_step(found: Step, expected: Sequence[Step], owner: str) -> None:
    """Raises a ValueError if a step is none of those prepared."""
    if found not in expected:
        raise ValueError(
            f"The index of {owner} has the step {found!r}; the one prepared "
            f"has {expected[0]!r}. Bring it to that frequency with "
            "`frame.resample(...)`, or fit on such rows."
        )


def begins_elsewhere(step: Step, other: Step) -> bool:
    """Whether two steps are equally long, such as weeks from two weekdays."""
    if type(step) is not type(other):
        return False
    if isinstance(step, int) or isinstance(other, int):
        return False
    return type(step) is not pd.DateOffset and step.n == other.n


def shared_grid(
    index: pd.Index, bounds: Array, step: Step, longest: int
) -> tuple[pd.Index, Array]:
    """The grid from the first to the last timestamp, and where each row is.

    Args:
        index: As in `timeline`.
        bounds: As in `timeline`.
        step: The step of the longest series.
        longest: The number of the longest series.

    Returns:
        The grid, and int64 positions of shape (rows,), −1 for off the grid.
        A grid much longer than all rows together is not laid out: no row is
        then on it.
    """
    start = bounds[longest]
    nowhere = np.full(len(index), -1)
    if index.hasnans or bounds[longest + 1] - start < 2:
        return index[:0], nowhere
    low, high = index.min(), index.max()
    steps = (high - low) / (index[start + 1] - index[start])
    if steps > 2 * len(index) + 1000:
        return index[:0], nowhere
    if isinstance(index, pd.DatetimeIndex) and not isinstance(step, int):
        # Both ends, and two rows between that show the usual time of day.
        ends = index[[index.argmin(), start, start + 1, index.argmax()]]
        grid = steps_between(ends, step)
    else:
        grid = pd.Index(np.arange(low, high + 1, cast("int", step)))
    return grid, grid.get_indexer(index)


def off_grid(positions: Array, bounds: Array) -> Array:
    """Which series do not take one grid position after the other."""
    wrong = positions < 0
    wrong[1:] |= np.diff(positions) != 1
    starts = bounds[:-1]
    wrong[starts] = positions[starts] < 0
    return np.logical_or.reduceat(wrong, starts)


def one_by_one(
    index: pd.Index, bounds: Array, ahead: int, steps: Sequence[Step]
) -> pd.Index:
    """The time axes where not all series share a grid.

    Args:
        index: As in `timeline`.
        bounds: As in `timeline`.
        ahead: As in `timeline`.
        steps: The step of each series.
    """
    axes = [
        extend(index[start:stop], step, ahead)
        for (start, stop), step in zip(
            itertools.pairwise(bounds), steps, strict=True
        )
    ]
    return axes[0].append(axes[1:])
