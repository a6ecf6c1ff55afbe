# SPDX-License-Identifier: Apache-2.0
"""The cutoffs that a backtest forecasts from."""

import datetime
import numbers
import re
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data import Part, Reader
from keras_rnn.data.time_axis import off_grid, shared_grid, show

DAY = pd.Timedelta(days=1)
#: A date such as 04/05/2024, which half of the world reads as 4 May.
BY_NUMBERS = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})\b")

#: The first row to forecast: a value of the index, or a period.
Start: TypeAlias = (
    int | np.integer[Any] | str | datetime.date | np.datetime64 | pd.Period
)


def rolling_part(
    reader: Reader, frame: pd.DataFrame, start: Start, stride: int
) -> Part:
    """The windows of a frame whose targets begin at `start` or after it.

    From `start` on every stride-th row of the time axis is the first target of
    a window. All series have the same such rows, whatever is missing. Only in
    a series that is off their common grid the rows of that series are counted.

    Args:
        reader: What reads the frame as the one fitted on.
        frame: The frame.
        start: As in `Forecaster.backtest`.
        stride: Number of rows from one cutoff to the next.

    Returns:
        The windows.

    Raises:
        TypeError: If `start` is no value of such an index.
        ValueError: If no window begins to forecast there.
    """
    validate.positive_int("stride", stride)
    cutoffs, series = reader.cutoffs_in(frame)
    rows = series.index[series.positions(np.arange(len(series.levels)))]
    first = cutoffs + series.windows.gap + 1
    moment = first_row(start, rows, rows[first])
    many = series.names is not None
    step = reader.step if many else None
    counted = rows_since(moment, rows, series.bounds, step)[first]
    chosen = cutoffs[(counted >= 0) & (counted % stride == 0)]
    if not len(chosen):
        raise ValueError(
            f"No window of the frame begins to forecast at {show(moment)} or "
            f"every {stride} rows later: what it needs is missing there. Take "
            "another `start`, or a smaller `stride`."
        )
    return Part("backtest", chosen, series)


def rows_since(
    moment: Any,
    rows: pd.Index,
    bounds: Array,
    step: int | pd.offsets.BaseOffset | None,
) -> Array:
    """How many rows of the time axis each row lies after a moment.

    Args:
        moment: A value of `rows`.
        rows: The index value of every row, series by series.
        bounds: Where each series begins, and the number of rows, int64, shape
            (series + 1,).
        step: The step of the longest series; None if there is only one series.

    Returns:
        int64, shape (rows,); negative before the moment.
    """
    lengths = np.diff(bounds)
    count = np.arange(len(rows)) - np.repeat(bounds[:-1], lengths)
    alone = np.ones(len(lengths), dtype=bool)
    if step is not None:
        grid, places = shared_grid(rows, bounds, step, int(lengths.argmax()))
        alone = off_grid(places, bounds)
        shared = np.repeat(~alone, lengths)
        count[shared] = places[shared] - grid.searchsorted(moment)
    for number in np.flatnonzero(alone):
        own = slice(*bounds[number : number + 2])
        count[own] -= rows[own].searchsorted(moment)
    return count


def first_row(start: Start, rows: pd.Index, first: pd.Index) -> Any:
    """The index value that `start` stands for.

    Args:
        start: As in `Forecaster.backtest`.
        rows: The index value of every row.
        first: The index value of each first target of a window.

    Raises:
        TypeError: If `start` is no value of such an index.
        ValueError: If `start` is no row, or lies before or after all first
            targets; the message names the nearest first target.
    """
    period = as_period(start, rows)
    if period is None:
        moment = as_moment(start, rows)
        meant, away = rows == moment, first - moment
    else:
        moment, clock = period.start_time, without_zone(rows)
        meant = (clock >= moment) & (clock <= period.end_time)
        away = without_zone(first) - moment
    if meant.any() and first.min() <= rows[meant].min() <= first.max():
        return rows[meant].min()
    nearest = first[int(np.abs(away).argmin())]
    raise ValueError(
        "`start` must be a row of the frame, or a period that has one, from "
        f"{show(first.min())} to {show(first.max())}: before and after no "
        f"window fits. {validate.received('start', start)} The nearest one is "
        f"{show(nearest)}."
    )


def as_period(start: Start, rows: pd.Index) -> pd.Period | None:
    """The period of time that `start` names, or None if it names none."""
    if not isinstance(rows, pd.DatetimeIndex):
        return None
    if isinstance(start, pd.Period):
        return start
    is_moment = isinstance(start, datetime.datetime)
    if isinstance(start, datetime.date) and not is_moment:
        return pd.Period(start, "D")
    if not isinstance(start, str):
        return None
    check_one_meaning(start)
    try:
        period = pd.Period(start)
    except ValueError:
        period = None
    if not isinstance(period, pd.Period):
        raise ValueError(not_a_row(start, rows))
    # A text that names less than a day may name a zone, which a period forgets.
    short = period.end_time - period.start_time < DAY - pd.Timedelta("1s")
    return None if short and pd.Timestamp(start).tz is not None else period


def as_moment(start: Start, rows: pd.Index) -> Any:
    """The start as a value of the index; a TypeError if it can be none."""
    if not isinstance(rows, pd.DatetimeIndex):
        if isinstance(start, bool) or not isinstance(start, numbers.Integral):
            raise TypeError(not_a_row(start, rows))
        return int(start)
    if not isinstance(start, (str, datetime.datetime, np.datetime64)):
        raise TypeError(not_a_row(start, rows))
    moment = pd.Timestamp(start)
    if moment is pd.NaT:
        raise TypeError(not_a_row(start, rows))
    check_zone(start, moment, rows)
    return moment


def check_one_meaning(start: str) -> None:
    """Raises a ValueError for a date whose day may be its month."""
    found = BY_NUMBERS.match(start)
    if not found:
        return
    one, _, other, year = found.groups()
    if int(one) != int(other) and max(int(one), int(other)) <= 12:
        dates = (
            f"{year}-{m:0>2}-{d:0>2}" for m, d in [(one, other), (other, one)]
        )
        raise ValueError(
            "`start` may be either of two days. "
            f"{validate.received('start', start)} Write the year first, "
            f"{' or '.join(dates)}."
        )


def check_zone(
    start: Start, moment: pd.Timestamp, rows: pd.DatetimeIndex
) -> None:
    """Raises a TypeError unless both or neither have a time zone.

    Args:
        start: What the user gave, for the error.
        moment: The start as a timestamp.
        rows: The index.
    """
    if (moment.tz is None) == (rows.tz is None):
        return
    if rows.tz is None:
        expected, remedy = "no time zone", "tz_localize(None)"
    else:
        expected = f"the time zone {rows.tz}"
        remedy = f"tz_localize({str(rows.tz)!r})"
    raise TypeError(
        f"`start` must have {expected}, as the frame's index. "
        f"{validate.received('start', start)} Use "
        f"pd.Timestamp({str(moment)!r}).{remedy}."
    )


def not_a_row(start: object, rows: pd.Index) -> str:
    """The error's message for a start that is no value of the index."""
    return (
        "`start` must be a value of the frame's index, such as "
        f"{show(rows[0])}. {validate.received('start', start)}"
    )


def without_zone(index: pd.Index) -> pd.DatetimeIndex:
    """The times that clocks show, for an index of timestamps."""
    times = pd.DatetimeIndex(index)
    return times if times.tz is None else times.tz_localize(None)
