# SPDX-License-Identifier: Apache-2.0
"""The last known level before a missing one, which stands in for it."""

import numpy as np

from keras_rnn._types import Array


def bridged(levels: Array, bounds: Array, step: int = 1) -> Array:
    """Levels with the missing ones replaced by known ones before them.

    No level is replaced by one after it, because forecasts may be relative to
    it.

    Args:
        levels: float64, shape (rows, targets); NaN where missing.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        step: Number of rows back to the level that replaces a missing one. If
            that is missing too, the search goes on by so many rows; if it
            finds no known level, the last known one of the series is taken.

    Returns:
        The same shape, NaN before the first known level of a series. The
        levels themselves if none is missing.

    Example:
        >>> levels = np.array([[1.0], [5.0], [2.0], [np.nan], [np.nan]])
        >>> bridged(levels, np.array([0, 5])).ravel().tolist()
        [1.0, 5.0, 2.0, 2.0, 2.0]
        >>> bridged(levels, np.array([0, 5]), step=2).ravel().tolist()
        [1.0, 5.0, 2.0, 5.0, 2.0]
    """
    if not np.isnan(levels).any():
        return levels
    starts, lengths = bounds[:-1], np.diff(bounds)
    series = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(levels)) - np.repeat(starts, lengths)
    stood_in = levels.copy()
    for back in dict.fromkeys((step, 1)):
        # Rows that can stand for each other, one after the other.
        group = series * back + position % back
        order = np.argsort(group, kind="stable")
        stood_in[order] = carried(stood_in[order], group[order])
    return stood_in


def carried(values: Array, group: Array) -> Array:
    """Known values carried on over missing ones, each within its group.

    Args:
        values: Shape (rows, columns).
        group: Non-decreasing, shape (rows,).
    """
    rows = np.arange(len(values))
    first = np.searchsorted(group, group)
    known = ~np.isnan(values)
    last = np.where(known, rows[:, np.newaxis], first[:, np.newaxis])
    last = np.maximum.accumulate(last, axis=0)
    return np.take_along_axis(values, last, axis=0)
