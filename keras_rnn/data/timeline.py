# SPDX-License-Identifier: Apache-2.0
"""The time axes of many series, one after the other, each continued."""

import numpy as np
import pandas as pd

from keras_rnn.data.index import extend, regular_step


def timeline(index, bounds, names, ahead, step=None):
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

    Returns:
        The pair of an index of len(index) + series × ahead entries, in which
        row r of series k stands at position r + k × ahead, and the step, of
        the longest series if they differ.

    Raises:
        TypeError: If the index is neither of dates nor of integers.
        ValueError: If an axis is not unique, increasing and regular; it names
            the series.

    Example:
        >>> index = pd.Index([1, 2, 3, 2, 3])
        >>> longer, step = timeline(index, np.array([0, 3, 5]), ["a", "b"], 2)
        >>> longer.tolist(), step
        ([1, 2, 3, 4, 5, 2, 3, 4, 5], 1)
    """
    longest = int(np.diff(bounds).argmax())
    axis = index[bounds[longest] : bounds[longest + 1]]
    if step is None or not follows(axis, step):
        step = step_of(axis, names, longest)
    if names is None:
        return extend(index, step, ahead), step
    grid, positions = shared_grid(index, bounds, step, longest)
    off = off_grid(positions, bounds)
    if off.any():
        steps = [None if alone else step for alone in off]
        return one_by_one(index, bounds, names, ahead, steps), step
    grid = extend(grid, step, ahead)
    lengths = np.diff(bounds) + ahead
    starts = np.cumsum(lengths) - lengths
    first = positions[bounds[:-1]]
    rows = np.repeat(first - starts, lengths) + np.arange(lengths.sum())
    return grid[rows], step


def follows(axis, step):
    """Whether an axis takes a known step from each row to the next."""
    if isinstance(axis, pd.DatetimeIndex) == isinstance(step, int):
        return False
    if axis.hasnans or not len(axis):
        return False
    return axis.equals(extend(axis[:1], step, len(axis) - 1))


def step_of(axis, names, number):
    """The step of one series; errors name it, if it has a name."""
    try:
        return regular_step(axis)
    except ValueError as error:
        if names is None:
            raise
        message = f"Series {names[number]!r}: {error}"
        raise ValueError(message) from error


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
        grid = pd.date_range(low, high, freq=step).as_unit(index.unit)
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


def one_by_one(index, bounds, names, ahead, steps):
    """The time axes when not all series share a grid.

    Args:
        index: As in `timeline`.
        bounds: As in `timeline`.
        names: As in `timeline`.
        ahead: As in `timeline`.
        steps: The step of each series, None where it is not yet known.
    """
    axes = []
    for number, step in enumerate(steps):
        axis = index[bounds[number] : bounds[number + 1]]
        known = step_of(axis, names, number) if step is None else step
        axes.append(extend(axis, known, ahead))
    return axes[0].append(axes[1:])
