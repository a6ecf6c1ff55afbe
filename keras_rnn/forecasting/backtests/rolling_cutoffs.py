# SPDX-License-Identifier: Apache-2.0
"""From which cutoffs a backtest forecasts."""

import datetime
import numbers
import re

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Part
from keras_rnn.data.time_axis import off_grid, shared_grid, show

DAY = pd.Timedelta(days=1)
#: A date such as 04/05/2024, which half of the world reads as 4 May.
BY_NUMBERS = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})\b")


def rolling_part(reader, frame, start, stride):
    """The windows of a frame whose targets begin at `start`, and after it.

    From there on every stride-th row of the time axis begins the targets of a
    window: the same rows for all series, whatever is missing. Only a series
    that is off their common grid is counted by rows of its own.

    Args:
        reader: Reads the frame as the one fitted on.
        frame: The DataFrame.
        start: As in `Forecaster.backtest`.
        stride: Rows from one cutoff to the next.

    Returns:
        A Part.

    Raises:
        TypeError: If `start` is no value of such an index.
        ValueError: If no window begins to forecast there.
    """
    validate.positive_int("stride", stride)
    cutoffs, series = reader.cutoffs_in(frame)
    rows = series.index[series.positions(np.arange(len(series.levels)))]
    first = cutoffs + series.windows.gap + 1
    moment = first_row(start, rows, rows[first])
    counted = rows_since(moment, rows, series, reader.step)[first]
    chosen = cutoffs[(counted >= 0) & (counted % stride == 0)]
    if not len(chosen):
        raise ValueError(
            f"No window of the frame begins to forecast at {show(moment)} or "
            f"every {stride} rows later: what it needs is missing there. Take "
            "another `start`, or a smaller `stride`."
        )
    return Part("backtest", chosen, series)


def rows_since(moment, rows, series, step):
    """How many steps of time each row lies after a moment, int64.

    Args:
        moment: A value of `rows`.
        rows: The index value of every row, series by series.
        series: The Series.
        step: The step of the longest series.
    """
    bounds = series.bounds
    lengths = np.diff(bounds)
    count = np.arange(len(rows)) - np.repeat(bounds[:-1], lengths)
    alone = np.ones(len(lengths), dtype=bool)
    if series.names is not None:
        grid, places = shared_grid(rows, bounds, step, int(lengths.argmax()))
        alone = off_grid(places, bounds)
        shared = np.repeat(~alone, lengths)
        count[shared] = places[shared] - grid.searchsorted(moment)
    for number in np.flatnonzero(alone):
        own = slice(*bounds[number : number + 2])
        count[own] -= rows[own].searchsorted(moment)
    return count


def first_row(start, rows, first):
    """The index value that `start` stands for.

    Args:
        start: An index value, or a period, which means its first row.
        rows: The index value of every row.
        first: Those that are the first target of a window.

    Raises:
        TypeError: If `start` is no value of such an index.
        ValueError: If it is no row, or no window begins to forecast there or
            on both sides of it; the message names the nearest one that does.
    """
    period = as_period(start, rows)
    if period is None:
        aim, possible = as_moment(start, rows), first
        meant = rows == aim
    else:
        aim, possible = period.start_time, without_zone(first)
        clock = without_zone(rows)
        meant = (clock >= aim) & (clock <= period.end_time)
    if meant.any() and first.min() <= rows[meant].min() <= first.max():
        return rows[meant].min()
    nearest = first[np.abs(possible - aim).argmin()]
    raise ValueError(
        "`start` must be a row of the frame, or a period that has one, from "
        f"{show(first.min())} to {show(first.max())}: before and after no "
        f"window fits. {validate.received('start', start)} The nearest one is "
        f"{show(nearest)}."
    )


def as_period(start, rows):
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
        period = pd.NaT
    if period is pd.NaT:
        raise ValueError(not_a_row(start, rows))
    # What is shorter than a day may name a zone, which a period forgets.
    short = period.end_time - period.start_time < DAY - pd.Timedelta("1s")
    return None if short and pd.Timestamp(start).tz is not None else period


def as_moment(start, rows):
    """The start as a value of the index; a TypeError if it can be none."""
    dates = isinstance(rows, pd.DatetimeIndex)
    kinds = numbers.Integral
    if dates:
        kinds = (str, datetime.datetime, np.datetime64)
    if isinstance(start, bool) or not isinstance(start, kinds):
        raise TypeError(not_a_row(start, rows))
    if not dates:
        return int(start)
    moment = pd.Timestamp(start)
    if moment is pd.NaT:
        raise TypeError(not_a_row(start, rows))
    check_zone(start, moment, rows)
    return moment


def check_one_meaning(start):
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


def check_zone(start, moment, rows):
    """Raises a TypeError unless both or neither have a time zone."""
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


def not_a_row(start, rows):
    """The message for what cannot be compared with the index."""
    return (
        "`start` must be a value of the frame's index, such as "
        f"{show(rows[0])}. {validate.received('start', start)}"
    )


def without_zone(index):
    """The times that clocks show."""
    return index if index.tz is None else index.tz_localize(None)
