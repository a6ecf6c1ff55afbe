# SPDX-License-Identifier: Apache-2.0
"""A frequency that the user states, and an index that must follow it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.time_axis.clock import Step, steps_between
from keras_rnn.data.time_axis.frequency import spelled
from keras_rnn.data.time_axis.one_series import (
    IrregularError,
    check_increasing,
    show,
)
from keras_rnn.data.time_axis.remedies import Remedies


def expected_steps(
    freq: pd.offsets.BaseOffset | None,
    index: pd.Index,
    bounds: Array,
    step: Step | None,
    own_steps: Mapping[Any, Step] | None,
) -> tuple[Step | None, Mapping[Any, Step] | None]:
    """The steps to expect: the stated one of all series, or those known.

    Args:
        freq: The stated pandas offset, or None.
        index: The index of all rows, grouped by series.
        bounds: Where each series begins, and the number of rows, int64.
        step: The step that earlier rows showed, so that these rows need not
            show it; None if there were no earlier rows.
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
    return freq, None


def check_shows(
    index: pd.Index, bounds: Array, step: pd.offsets.BaseOffset
) -> None:
    """Raises a ValueError if no series of an index shows a frequency.

    The index then has another frequency, not gaps: if months were read as
    days, 29 of 30 rows would be filled in.
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise ValueError(
            f"`Columns(..., freq={spelled(step)})` needs timestamps. Received: "
            f"an index of dtype {index.dtype}. Leave out `freq`, or set an "
            "index of dates, `frame.index = pd.to_datetime(...)`."
        )
    # The longest series most often shows it, so that no other is read.
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


def shows(axis: pd.DatetimeIndex, step: pd.offsets.BaseOffset) -> bool:
    """Whether any two neighbours are one step apart."""
    grid = steps_between(axis, step)
    return bool((np.diff(grid.get_indexer(axis)) == 1).any())


def check_axis(
    axis: pd.DatetimeIndex, step: pd.offsets.BaseOffset, remedies: Remedies
) -> None:
    """Raises a ValueError that names the first timestamp off the frequency.

    Args:
        axis: The index of one series.
        step: The stated frequency.
        remedies: What errors advise.
    """
    if not len(axis):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
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


def completed_axis(
    axis: pd.DatetimeIndex, step: pd.offsets.BaseOffset
) -> pd.DatetimeIndex:
    """An axis with all timestamps of a frequency between its ends.

    An axis that is out of order, or off the frequency, stays as it is.
    """
    if not axis.is_monotonic_increasing or not axis.is_unique or axis.hasnans:
        return axis
    grid = steps_between(axis, step)
    return grid if axis.isin(grid).all() else axis
