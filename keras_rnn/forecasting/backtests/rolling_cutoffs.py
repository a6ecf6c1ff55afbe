# SPDX-License-Identifier: Apache-2.0
"""From which cutoffs a backtest forecasts."""

import datetime
import numbers

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Part
from keras_rnn.data.time_axis import off_grid, shared_grid, show

DAY = pd.Timedelta(days=1)


def rolling_part(data, frame, start, stride):
    """The windows of a frame whose targets begin at `start`, and after it.

    From there on every stride-th row of the time axis begins the targets of a
    window: the same rows for all series, whatever is missing. Only a series
    that is off their common grid is counted by rows of its own.

    Args:
        data: PreparedData.
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
    cutoffs, series = data.cutoffs_in(frame)
    rows = series.index[series.positions(np.arange(len(series.levels)))]
    first = cutoffs + series.windows.gap + 1
    moment = first_row(start, rows, rows[first])
    counted = rows_since(moment, rows, series, data.step)[first]
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
    if moment is pd.NaT or (moment.tz is None) != (rows.tz is None):
        raise TypeError(not_a_row(start, rows))
    return moment


def not_a_row(start, rows):
    """The message for what cannot be compared with the index."""
    return (
        "`start` must be a value of the frame's index, such as "
        f"{show(rows[0])}. {validate.received('start', start)}"
    )


def without_zone(index):
    """The times that clocks show."""
    return index if index.tz is None else index.tz_localize(None)
