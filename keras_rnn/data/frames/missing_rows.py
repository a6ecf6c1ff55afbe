# SPDX-License-Identifier: Apache-2.0
"""Missing rows and values: filled by straight lines, or left missing."""

from dataclasses import replace

import numpy as np
import pandas as pd

from keras_rnn.data.frames.values import check_numeric, check_present
from keras_rnn.data.time_axis.clock import steps_between
from keras_rnn.data.time_axis.frequency import frequency, regular_length
from keras_rnn.data.time_axis.stated_frequency import completed_axis

#: What stands for a step of the input that lacks a value, in every channel:
#: far from all that is standardised, and exact in half precision.
MASK_VALUE = -1024.0
#: What may be done about what is missing.
GAPS = ("refuse", "interpolate", "mask")


def completed(rows, columns, ahead, *known, lines):
    """Adds missing rows; fills the values of some columns.

    Values are filled by straight lines, never before the first known one of a
    series or after its last.

    Args:
        rows: The Rows.
        columns: The role of each column.
        ahead: As in `timeline`.
        *known: Step, own steps and remedies, as there.
        lines: The columns to fill.

    Returns:
        Rows that say what was missing, filled or not.

    Example:
        >>> from keras_rnn.data.columns import Columns
        >>> from keras_rnn.data.frames.grouped_rows import Rows
        >>> from keras_rnn.data.time_axis.remedies import Remedies
        >>> frame = pd.DataFrame({"y": [1.0, None, 3.0, 6.0]}, [0, 1, 2, 5])
        >>> filled = completed(
        ...     Rows.of(frame, None),
        ...     Columns("y"),
        ...     0,
        ...     *(None, (), Remedies()),
        ...     lines=("y",),
        ... )
        >>> filled.frame["y"].tolist(), filled.missing["y"].tolist()
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
         [False, True, False, True, True, False])
    """
    for name in columns.all:
        check_present(rows.frame, name)
        check_numeric(rows.frame[name])
    kept = [*columns.all, *([] if rows.names is None else [columns.series])]
    rows = replace(rows, frame=rows.frame[kept])
    rows = with_all_rows(rows, ahead, known)
    frame, series, missing = rows.frame, rows.numbers(), {}
    if rows.names is not None:
        frame[columns.series] = rows.names[series]
    for name in columns.all:
        values = frame[name].to_numpy(np.float64, na_value=np.nan)
        lacking = np.isnan(values)
        if not lacking.any():
            continue
        missing[name] = lacking
        if name in lines:
            frame[name] = straight_lines(values, lacking, series)
    return replace(rows, missing=missing)


def any_missing(missing, names, rows):
    """Rows that lack a value of some columns, bool, shape (rows,).

    Args:
        missing: As in `Rows`.
        names: The columns.
        rows: Number of rows.
    """
    found = np.zeros(rows, dtype=bool)
    for name in set(names) & set(missing):
        found |= missing[name]
    return found


def marked(names, missing):
    """Where values of some columns were missing, (rows, names), or None."""
    if not set(names) & set(missing):
        return None
    nowhere = np.zeros_like(next(iter(missing.values())))
    return np.column_stack([missing.get(name, nowhere) for name in names])


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


def with_all_rows(rows, ahead, known):
    """Rows with one, of NaN, for each missing time step, in a new frame.

    Where none is missing, their time axes are checked by that.
    """
    try:
        rows = rows.checked(ahead, *known)
    except ValueError:
        pass
    else:
        return replace(rows, frame=rows.frame.copy())
    step, own_steps, remedies = known
    names, bounds = rows.names, rows.bounds
    pieces, own = [], dict(own_steps)
    complete_axis = complete if remedies.freq is None else completed_axis
    for number in range(len(bounds) - 1):
        piece = rows.frame.iloc[bounds[number] : bounds[number + 1]]
        expected = own.get(names[number], step) if own else step
        pieces.append(piece.reindex(complete_axis(piece.index, expected)))
    lengths = [len(piece) for piece in pieces]
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    return replace(rows, frame=pd.concat(pieces), bounds=bounds)


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
