# SPDX-License-Identifier: Apache-2.0
"""Missing rows and values: filled by straight lines, or left missing."""

import numpy as np
import pandas as pd

from keras_rnn.data.frames.values import check_numeric, check_present
from keras_rnn.data.time_axis.clock import steps_between
from keras_rnn.data.time_axis.frequency import frequency, regular_length
from keras_rnn.data.time_axis.many_series import timeline
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import completed_axis

#: What stands for a step of the input that lacks a value, in every channel:
#: far from all that is standardised, and exact in half precision.
MASK_VALUE = -1024.0
#: What may be done about what is missing.
GAPS = ("refuse", "interpolate", "mask")


def completed(frame, columns, bounds, names, step=None, own_steps=(), *, lines):
    """Adds missing rows; fills the values of some columns.

    Values are filled by straight lines, never before the first known one of a
    series or after its last.

    Args:
        frame: The DataFrame, its rows grouped by series.
        columns: The role of each column.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        names: The name of each series, None if there is only one.
        step: The step of the index, where it is known from other rows.
        own_steps: Those of series with another one, as in `timeline`.
        lines: The columns to fill.

    Returns:
        The frame, its bounds, and name -> where a value was missing, filled
        or not, bool, shape (rows,), of the columns that lacked one.

    Example:
        >>> from keras_rnn.data.columns import Columns
        >>> frame = pd.DataFrame({"y": [1.0, None, 3.0, 6.0]}, [0, 1, 2, 5])
        >>> filled, _, missing = completed(
        ...     frame, Columns("y"), np.array([0, 4]), None, lines=("y",)
        ... )
        >>> filled["y"].tolist(), missing["y"].tolist()
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
         [False, True, False, True, True, False])
    """
    roles = columns.all
    for name in roles:
        check_present(frame, name)
        check_numeric(frame[name])
    kept = [*roles, *([] if names is None else [columns.series])]
    frame, bounds = with_all_rows(
        frame[kept], bounds, names, step, own_steps, columns.freq
    )
    series = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    if names is not None:
        frame[columns.series] = names[series]
    missing = {}
    for name in roles:
        values = frame[name].to_numpy(np.float64, na_value=np.nan)
        lacking = np.isnan(values)
        if not lacking.any():
            continue
        missing[name] = lacking
        if name in lines:
            frame[name] = straight_lines(values, lacking, series)
    return frame, bounds, missing


def any_missing(missing, names, rows):
    """Rows that lack a value of some columns, bool, shape (rows,).

    Args:
        missing: As `completed` returns it.
        names: The columns.
        rows: Number of rows.
    """
    found = np.zeros(rows, dtype=bool)
    for name in set(names) & set(missing):
        found |= missing[name]
    return found


def straight_lines(values, missing, series):
    """Values with the missing ones between two known ones of a series."""
    rows = np.arange(len(values))
    known = np.flatnonzero(~missing)
    if not len(known):
        return values
    following = np.searchsorted(known, rows)
    after = known[np.minimum(following, len(known) - 1)]
    before = known[np.maximum(following - 1, 0)]
    inside = missing & (series[before] == series) & (series[after] == series)
    inside &= (before < rows) & (rows < after)
    lines = np.interp(rows, known, values[known])
    return np.where(inside, lines, values)


def with_all_rows(frame, bounds, names, step, own_steps, freq):
    """The frame with a row, of NaN, for each missing time step."""
    try:
        known = (step, own_steps, Remedies(freq=freq))
        timeline(frame.index, bounds, names, 0, *known)
    except ValueError:
        pass
    else:
        return frame.copy(), bounds
    pieces, own = [], dict(own_steps)
    for number in range(len(bounds) - 1):
        rows = frame.iloc[bounds[number] : bounds[number + 1]]
        expected = own.get(names[number], step) if own else step
        complete_axis = complete if freq is None else completed_axis
        pieces.append(rows.reindex(complete_axis(rows.index, expected)))
    lengths = [len(piece) for piece in pieces]
    return pd.concat(pieces), np.concatenate([[0], np.cumsum(lengths)])


def complete(axis, step):
    """A time axis with its missing steps, if that is all it lacks."""
    if len(axis) < 3 or not axis.is_monotonic_increasing or not axis.is_unique:
        return axis
    if step is not None and is_regular(axis):
        return axis  # of another step, if not of this one: nothing is missing
    if not isinstance(axis, pd.DatetimeIndex):
        step = int(np.diff(axis).min()) if step is None else step
        grid = pd.Index(np.arange(axis[0], axis[-1] + 1, step))
    else:
        step = usual_step(axis) if step is None else step
        grid = steps_between(axis, step)
    # An axis off the grid stays as it is: its error is that of `timeline`.
    return grid if axis.isin(grid).all() else axis


def is_regular(axis):
    """Whether an increasing axis takes one step after the other."""
    if isinstance(axis, pd.DatetimeIndex):
        return frequency(axis) is not None
    return len(np.unique(np.diff(axis))) == 1


def usual_step(axis):
    """The frequency of a long stretch without a gap, else the shortest step."""
    stretches = []
    for quarter in range(4):
        rest = axis[len(axis) * quarter // 4 :]
        length = regular_length(rest, lambda length, rest=rest: rest[:length])
        stretches.append(rest[:length])
    step = frequency(max(stretches, key=len))
    return (axis[1:] - axis[:-1]).min() if step is None else step
