# SPDX-License-Identifier: Apache-2.0
"""What a Forecaster asks of the frames it is given."""

from dataclasses import replace

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Columns
from keras_rnn.data.frames import (
    as_frame,
    check_flat,
    dates_aside,
    of_series,
    remedy_of_dates,
    too_short,
    warn_of_left_out,
    with_numbers,
)
from keras_rnn.data.time_axis import show


def only_column(frame):
    """The role of the column of a frame that has but one."""
    validate.instance(
        "frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`."
    )
    check_flat("frame", frame)
    dates = dates_aside(frame)
    if dates is not None:
        raise ValueError(
            f"The frame has the column {dates!r} of dates, but its index "
            f"counts rows. Use {remedy_of_dates(frame, dates)}."
        )
    if len(frame.columns) != 1:
        raise ValueError(
            f"The frame has {len(frame.columns)} columns: "
            f"{', '.join(map(repr, frame.columns))}. Say which is the target, "
            "`Forecaster(..., columns=Columns(target, past=...))`, and of many "
            "series, `series=...`."
        )
    return Columns(frame.columns[0])


def tail_of(frame, columns, data):
    """The rows that a forecast of the rows after a frame needs.

    Series that are too short for a forecast are left out, with a warning.

    Args:
        frame: The DataFrame fitted on, of the series in `data`.
        columns: The role of each column.
        data: PreparedData made of it.
    """
    series = data.series
    lengths, lookback = np.diff(series.bounds), data.lookback
    short = np.flatnonzero(lengths < lookback)
    if len(short) and series.names is not None:
        warn_of_left_out(
            {series.names[k]: too_short(lengths[k], lookback) for k in short}
        )
        names = series.names[lengths >= lookback]
        frame = of_series(frame, columns.series, names)
    # Three rows show a frequency.
    reach = max(3, series.representation.reach)
    return last_rows(frame, columns, lookback + reach)


def last_rows(frame, columns, count):
    """The last rows of each series, with the columns that are in use.

    They begin with a row in which nothing is missing, so that what is filled
    in after it is filled as in the whole frame.
    """
    names = list(columns.all)
    if columns.series is None:
        return _as_floats(_end(frame[names], count), names)
    kept = frame[[columns.series, *names]]
    groups = kept.groupby(columns.series, sort=False, observed=True)
    if kept.notna().all(axis=None):
        return _as_floats(groups.tail(count), names)
    ends = pd.concat([_end(rows, count) for _, rows in groups])
    return _as_floats(ends, names)


def _as_floats(frame, names):
    """The frame with numbers as they will be read: float64, or NaN."""
    frame = with_numbers(frame, names)
    values = {
        name: frame[name].to_numpy(np.float64, na_value=np.nan)
        for name in names
    }
    return frame.assign(**values)


def _end(rows, count):
    complete = np.flatnonzero(rows.notna().all(axis=1))
    start = max(len(rows) - count, 0)
    before = complete[complete <= start]
    return rows.iloc[before[-1] if len(before) else start :]


def up_to(frame, cutoff, columns, gaps):
    """The rows of each series that are known at a cutoff.

    A series may be in a gap there. If gaps are interpolated, a frame has to
    end in known rows: then its rows end before the gap.

    Args:
        frame: DataFrame.
        cutoff: The last index value.
        columns: The role of each column.
        gaps: What is done about missing rows and values.
    """
    past = frame[frame.index <= cutoff]
    if gaps != "interpolate":
        return past
    complete = past[list(columns.all)].notna().all(axis=1).to_numpy()[::-1]
    series = np.zeros(len(past))
    if columns.series is not None:
        series = pd.factorize(past[columns.series])[0][::-1]
    later = pd.Series(complete).groupby(series).cummax().to_numpy(dtype=bool)
    return past[later[::-1]]


def as_future(future, columns):
    """A frame of future covariates, read where it is a path."""
    if not columns.future:
        return future  # it has no use, as an error says later
    # A file of them holds no targets: they stand in the place of these.
    roles = replace(
        columns, target=columns.future, past=(), future=(), static=()
    )
    return as_frame(future, roles)


def check_future(frame, future, columns, horizon):
    """Raises a ValueError if future covariates are needed and not given."""
    if future is not None or not columns.future:
        return
    validate.instance(
        "frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`."
    )
    names = ", ".join(repr(name) for name in columns.future)
    owner = ""
    if columns.series is not None:
        owner = f" of each series, with the column {columns.series!r}"
    raise ValueError(
        f"The future covariates {names} are not known after "
        f"{show(frame.index.max())}, where the frame ends. Pass them for the "
        f"{horizon} rows that follow{owner}: `predict(frame, future=...)`."
    )


def refitted(forecaster, known, validation, cutoff):
    """A forecaster fitted to the rows up to a cutoff of a backtest.

    Raises:
        ValueError: If there are too few; it says that they are those of the
            cutoff, and that `validation` was an argument of `fit`.
    """
    try:
        return forecaster.fit(known, validation)
    except ValueError as error:
        message = (
            f"With refit=True the rows up to the cutoff {show(cutoff)} are "
            f"fitted as by `fit(frame, validation={validation})`: {error} Or "
            "begin the backtest later."
        )
        raise ValueError(message) from error


def check_drawable(columns, target):
    """Raises a ValueError unless a target of one series is to be drawn."""
    if columns.series is not None:
        raise ValueError(
            "`plot` draws one series; the forecaster was fitted on many. Draw "
            "one of them, `plot_forecast(axes, observed, "
            "predict(frame).loc[name], target)`."
        )
    if target is not None:
        validate.one_of("target", target, columns.target)
