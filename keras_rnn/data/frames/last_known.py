# SPDX-License-Identifier: Apache-2.0
"""What stands for a missing level: the last known one before it."""

import numpy as np


def bridged(levels, bounds, step=1):
    """Levels with the missing ones replaced by known ones before them.

    Nothing after a row is read: a forecast may be relative to what stands
    there.

    Args:
        levels: float64, shape (rows, targets); NaN where missing.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        step: Rows back to what stands for a missing level, and again as many
            if that is missing too; where no such row of the series is known,
            the last known one of all.

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


def carried(values, group):
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
