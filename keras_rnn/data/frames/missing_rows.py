# SPDX-License-Identifier: Apache-2.0
"""Missing rows and values: filled by straight lines, or left missing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.grouped_rows import Rows
from keras_rnn.data.frames.values import check_numeric, check_present
from keras_rnn.data.time_axis.clock import Step, steps_between
from keras_rnn.data.time_axis.frequency import frequency, regular_length
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import completed_axis

#: The value of every channel at an input step that lacks a value: far from
#: all that is standardised, and exact in half precision.
MASK_VALUE = -1024.0
#: The ways to treat missing rows and values.
GAPS = ("refuse", "interpolate", "mask", "elapsed")


def completed(
    rows: Rows,
    columns: Columns,
    ahead: int,
    step: Step | None,
    own_steps: Mapping[Any, Step] | None,
    remedies: Remedies,
    *,
    lines: Collection[str],
) -> Rows:
    """Adds missing rows, and fills the missing values of some columns.

    Values are filled by straight lines, never before the first known one of a
    series or after its last.

    Args:
        rows: The Rows.
        columns: The role of each column.
        ahead: As in `timeline`.
        step: As in `timeline`.
        own_steps: As in `timeline`.
        remedies: As in `timeline`.
        lines: The columns to fill.

    Returns:
        Rows whose `missing` marks all values that were missing, filled or not.

    Example:
        >>> frame = pd.DataFrame({"y": [1.0, None, 3.0, 6.0]}, [0, 1, 2, 5])
        >>> filled = completed(
        ...     Rows.of(frame, None),
        ...     Columns("y"),
        ...     ahead=0,
        ...     step=None,
        ...     own_steps=None,
        ...     remedies=Remedies(),
        ...     lines=("y",),
        ... )
        >>> filled.frame["y"].tolist(), filled.missing["y"].tolist()
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
         [False, True, False, True, True, False])
    """
    for name in columns.all:
        check_present(rows.frame, name)
        check_numeric(rows.frame[name])
    kept = list(columns.all)
    if columns.series is not None:
        kept.append(columns.series)
    rows = replace(rows, frame=rows.frame[kept])
    rows = with_all_rows(rows, ahead, step, own_steps, remedies)
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


def any_missing(
    missing: Mapping[str, Array], names: Iterable[str], rows: int
) -> Array:
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


def marked(
    names: Collection[str], missing: Mapping[str, Array]
) -> Array | None:
    """The values of some columns that were missing.

    Args:
        names: The columns.
        missing: As in `Rows`.

    Returns:
        bool, shape (rows, names); None if no value was missing.
    """
    if not set(names) & set(missing):
        return None
    nowhere = np.zeros_like(next(iter(missing.values())))
    return np.column_stack([missing.get(name, nowhere) for name in names])


def straight_lines(values: Array, missing: Array, series: Array) -> Array:
    """Fills missing values between two known ones of a series.

    Args:
        values: float64, shape (rows,).
        missing: Which values are missing, bool, shape (rows,).
        series: The number of the series of each row, shape (rows,).

    Returns:
        float64, shape (rows,).
    """
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


def with_all_rows(
    rows: Rows,
    ahead: int,
    step: Step | None,
    own_steps: Mapping[Any, Step] | None,
    remedies: Remedies,
) -> Rows:
    """Adds a row of NaN for each missing time step.

    Args:
        rows: The Rows.
        ahead: As in `timeline`.
        step: As in `timeline`.
        own_steps: As in `timeline`.
        remedies: As in `timeline`.

    Returns:
        Rows of a new frame. Their time axes are checked if none was missing.
    """
    try:
        rows = rows.checked(ahead, step, own_steps, remedies)
    except ValueError:
        pass
    else:
        return replace(rows, frame=rows.frame.copy())
    names, bounds = rows.names, rows.bounds
    pieces = []
    for number in range(len(bounds) - 1):
        piece = rows.frame.iloc[bounds[number] : bounds[number + 1]]
        expected = step
        if own_steps and names is not None:
            expected = own_steps.get(names[number], step)
        if remedies.freq is None:
            axis = complete(piece.index, expected)
        else:
            dates = cast("pd.DatetimeIndex", piece.index)  # others were refused
            axis = completed_axis(dates, remedies.freq)
        pieces.append(piece.reindex(axis))
    lengths = [len(piece) for piece in pieces]
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    return replace(rows, frame=pd.concat(pieces), bounds=bounds)


def complete(axis: pd.Index, step: Step | None) -> pd.Index:
    """Adds the missing steps to a time axis.

    An axis that is out of order, or off its grid, stays as it is.

    Args:
        axis: The index of one series.
        step: The step to expect, or None.
    """
    if len(axis) < 3 or not axis.is_monotonic_increasing or not axis.is_unique:
        return axis
    if step is not None and is_regular(axis):
        return axis  # nothing is missing, though the step may be another one
    if not isinstance(axis, pd.DatetimeIndex):
        number = int(np.diff(axis).min()) if step is None else step
        grid = pd.Index(np.arange(axis[0], axis[-1] + 1, cast("int", number)))
    else:
        offset = usual_step(axis) if step is None else step
        grid = steps_between(axis, cast("pd.offsets.BaseOffset", offset))
    # An axis off the grid stays as it is, so that `timeline` refuses it.
    return grid if axis.isin(grid).all() else axis


def is_regular(axis: pd.Index) -> bool:
    """Whether an increasing axis takes one step after the other."""
    if isinstance(axis, pd.DatetimeIndex):
        return frequency(axis) is not None
    return len(np.unique(np.diff(axis))) == 1


def usual_step(
    axis: pd.DatetimeIndex,
) -> pd.offsets.BaseOffset | pd.Timedelta:
    """The frequency of a long stretch without a gap, else the shortest step."""
    stretches = []
    for quarter in range(4):
        rest = axis[len(axis) * quarter // 4 :]
        length = regular_length(rest, lambda length, rest=rest: rest[:length])
        stretches.append(rest[:length])
    step = frequency(max(stretches, key=len))
    return (axis[1:] - axis[:-1]).min() if step is None else step
