# SPDX-License-Identifier: Apache-2.0
"""A frequency that the user states, and an index that must follow it."""

import numpy as np
import pandas as pd

from keras_rnn.data.time_axis.clock import steps_between
from keras_rnn.data.time_axis.frequency import spelled
from keras_rnn.data.time_axis.one_series import (
    IrregularError,
    check_increasing,
    show,
)


def expected_steps(freq, index, bounds, step, own_steps):
    """The steps to expect: the stated one of all series, or those known.

    Args:
        freq: The stated pandas offset, or None.
        index: The index of all rows, grouped by series.
        bounds: Where each series begins, and the number of rows, int64.
        step: The step that other rows showed before, or None: then few rows
            need not show it.
        own_steps: Name -> step of the series with another one.

    Returns:
        `step` and `own_steps`, as they are to be expected.

    Raises:
        ValueError: If the index does not show what is stated.
    """
    if freq is None:
        return step, own_steps
    if step is None:
        check_shows(index, bounds, freq)
    return freq, ()


def check_shows(index, bounds, step):
    """Raises a ValueError if a frequency is nowhere to be seen in an index.

    Then it is another frequency, and no gaps: of months read as days 29 of
    30 rows would be filled in.
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise ValueError(
            f"`Columns(..., freq={spelled(step)})` needs timestamps. Received: "
            f"an index of dtype {index.dtype}. Leave out `freq`, or set an "
            "index of dates, `frame.index = pd.to_datetime(...)`."
        )
    # Most often the longest series shows it, and no other is looked at.
    for number in np.argsort(-np.diff(bounds), kind="stable"):
        axis = index[bounds[number] : bounds[number + 1]].dropna().unique()
        if len(axis) < 3 or shows(axis.sort_values(), step):
            return
    begins = ", ".join(map(show, index[:3]))
    raise ValueError(
        f"The index contradicts `Columns(..., freq={spelled(step)})`: it "
        f"begins {begins}. State the frequency of the rows, or leave out "
        "`freq`."
    )


def shows(axis, step):
    """Whether any two neighbours are one step apart."""
    grid = steps_between(axis, step)
    return (np.diff(grid.get_indexer(axis)) == 1).any()


def check_axis(axis, remedies):
    """Raises a ValueError that names the first moment off the frequency.

    Args:
        axis: The index of one series.
        remedies: `Remedies`, with the stated frequency.
    """
    if not len(axis):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    step = remedies.freq
    check_increasing(axis, remedies)
    grid = steps_between(axis, step)
    off = ~axis.isin(grid)
    if off.any():
        row = int(off.argmax())
        raise IrregularError(
            f"The index contradicts `Columns(..., freq={spelled(step)})`: it "
            f"has {show(axis[row])} ({axis[row].day_name()}). State the "
            "frequency of the rows, or leave such rows out."
        )
    missing = grid[~grid.isin(axis)]
    if len(missing):
        raise ValueError(
            f"The index lacks {show(missing[0])}, a row by `Columns(..., "
            f"freq={spelled(step)})` ({len(missing)} such rows in all). "
            f"{remedies.missing_dates(step)}"
        )


def completed_axis(axis, step):
    """An axis with all moments of a frequency between its ends.

    One that is out of order, or off the frequency, stays as it is.
    """
    if not axis.is_monotonic_increasing or not axis.is_unique or axis.hasnans:
        return axis
    grid = steps_between(axis, step)
    return grid if axis.isin(grid).all() else axis
