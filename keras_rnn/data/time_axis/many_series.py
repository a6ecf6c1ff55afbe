# SPDX-License-Identifier: Apache-2.0
"""The time axes of many series, one after the other, each continued."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.time_axis.clock import by_the_wall, steps_between, wall
from keras_rnn.data.time_axis.one_series import REMEDIES, extend, regular_step
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import check_axis


def timeline(
    index, bounds, names, ahead, step=None, own_steps=(), remedies=REMEDIES
):
    """The checked time axes of all series, each `ahead` steps longer.

    Most often all series share a grid, such as all month ends. Then they are
    checked and continued together; only a series off that grid is looked at
    alone, and may have a frequency of its own.

    Args:
        index: The index of all rows, grouped by series.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        names: The name of each series, or None for one series.
        ahead: Number of steps to append to each.
        step: The step to expect, where it is known from other rows; too few
            rows do not show one.
        own_steps: Dict of the name of a series and the step to expect of it,
            where that is another one.
        remedies: `Remedies`, what errors advise.

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
    expected = Expected(names, step, dict(own_steps), remedies)
    axis = index[bounds[longest] : bounds[longest + 1]]
    step = expected.step_of(axis, longest)
    if names is None:
        return extend(index, step, ahead), step, {}
    grid, positions = shared_grid(index, bounds, step, longest)
    off = off_grid(positions, bounds)
    if own_steps:
        # Few business days may be days, as far as the grid tells.
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
            names[k]: steps[k] for k in np.flatnonzero(off) if steps[k] != step
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
        step: The step of most of them, or None.
        own: Name -> step of those with another one.
        remedies: `Remedies`, what errors advise.
    """

    names: object
    step: object
    own: dict
    remedies: Remedies

    def step_of(self, axis, number):
        """The step of one series, which few rows need not show.

        Raises:
            ValueError: If it has none; it names the series.
        """
        if self.remedies.freq is not None:
            return step_of(axis, self.names, number, self.remedies)
        own = self.own.get(self.names[number]) if self.own else None
        for step in (own, self.step):
            if step is not None and follows(axis, step):
                return step
        return step_of(axis, self.names, number, self.remedies)


def follows(axis, step):
    """Whether an axis takes a known step from each row to the next."""
    if isinstance(axis, pd.DatetimeIndex) == isinstance(step, int):
        return False
    if axis.hasnans or not len(axis):
        return False
    if isinstance(axis, pd.DatetimeIndex) and by_the_wall(axis, step):
        axis = wall(axis)
    return axis.equals(extend(axis[:1], step, len(axis) - 1))


def step_of(axis, names, number, remedies):
    """The step of one series; errors name it, if it has a name."""
    try:
        if remedies.freq is not None:
            check_axis(axis, remedies)
            return remedies.freq
        return regular_step(axis, remedies)
    except ValueError as error:
        if names is None:
            raise
        message = f"Series {names[number]!r}: {error}"
        raise type(error)(message) from error


def check_steps(table, step, own_steps, names):
    """Raises a ValueError if the rows of a table are of another frequency.

    A series that was not among those prepared may be as any of them, and
    begin its weeks, quarters or years elsewhere.

    Args:
        table: The Table.
        step: The step to expect.
        own_steps: Name -> step of the series to expect another one of.
        names: Of the series prepared; None for one series.
    """
    if names is None:
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


def check_step(found, expected, owner):
    """Raises a ValueError if a step is none of those prepared."""
    if found not in expected:
        raise ValueError(
            f"The index of {owner} has the step {found!r}; the one prepared "
            f"has {expected[0]!r}. Bring it to that frequency with "
            "`frame.resample(...)`, or fit on such rows."
        )


def begins_elsewhere(step, other):
    """Whether two steps are as long, such as weeks from another weekday."""
    if type(step) is not type(other) or isinstance(step, int):
        return False
    return type(step) is not pd.DateOffset and step.n == other.n


def shared_grid(index, bounds, step, longest):
    """The steps from the first to the last moment, and where each row is.

    Returns:
        The grid, and int64 positions of shape (rows,), −1 for off the grid.
        An axis much longer than all rows together is not laid out: then no
        row is on it.
    """
    start = bounds[longest]
    nowhere = np.full(len(index), -1)
    if index.hasnans or bounds[longest + 1] - start < 2:
        return index[:0], nowhere
    low, high = index.min(), index.max()
    steps = (high - low) / (index[start + 1] - index[start])
    if steps > 2 * len(index) + 1000:
        return index[:0], nowhere
    if isinstance(index, pd.DatetimeIndex):
        # Both ends, and what is the usual time of day in between.
        ends = index[[index.argmin(), start, start + 1, index.argmax()]]
        grid = steps_between(ends, step)
    else:
        grid = pd.Index(np.arange(low, high + 1, step))
    return grid, grid.get_indexer(index)


def off_grid(positions, bounds):
    """Which series do not take one grid position after the other."""
    wrong = positions < 0
    wrong[1:] |= np.diff(positions) != 1
    starts = bounds[:-1]
    wrong[starts] = positions[starts] < 0
    return np.logical_or.reduceat(wrong, starts)


def one_by_one(index, bounds, ahead, steps):
    """The time axes when not all series share a grid.

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
