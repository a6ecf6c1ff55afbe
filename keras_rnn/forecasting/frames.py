# SPDX-License-Identifier: Apache-2.0
"""The frames that a Forecaster is given: what it checks, and what it keeps."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.data import Columns, PreparedData
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

#: A frame, or the path of a Parquet file or of a folder of them.
Frame: TypeAlias = pd.DataFrame | str | Path


def only_column(frame: Frame) -> Columns:
    """The roles in a frame of one column, the target.

    Raises:
        TypeError: If the frame is no DataFrame; columns of a file must be
            named.
        ValueError: If it has another number of columns, or the column holds
            the dates.
    """
    if isinstance(frame, (str, Path)):
        validate.instance("columns", None, Columns, "Use Columns(target).")
    frame = validate.instance(
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


def tail_of(
    frame: pd.DataFrame, columns: Columns, data: PreparedData
) -> pd.DataFrame:
    """The last rows of a frame, as many as a forecast after it needs.

    Series that are too short for a forecast are left out, with a warning.

    Args:
        frame: The frame fitted on, with the series in `data` alone.
        columns: The role of each column.
        data: What was made of the frame.
    """
    series = data.series
    lengths, lookback = np.diff(series.bounds), data.lookback
    short = np.flatnonzero(lengths < lookback)
    if len(short) and series.names is not None:
        warn_of_left_out(
            {
                series.names[k]: too_short(lengths[k], lookback)
                for k in short.tolist()
            }
        )
        names = series.names[lengths >= lookback]
        frame = of_series(frame, columns.series, names)
    # Three rows show a frequency.
    reach = max(3, series.representation.reach)
    return last_rows(frame, columns, lookback + reach)


def last_rows(
    frame: pd.DataFrame, columns: Columns, count: int
) -> pd.DataFrame:
    """The last rows of each series, with the columns that are in use.

    The first of them has no missing value, if there is such a row. So gaps
    after it are filled in as they are in the whole frame.

    Args:
        frame: The frame.
        columns: The role of each column.
        count: How many rows of each series at least, if it has so many.
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


def _as_floats(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The frame with its numbers as they will be read: float64, or NaN."""
    frame = with_numbers(frame, names)
    values = {
        name: frame[name].to_numpy(np.float64, na_value=np.nan)
        for name in names
    }
    return frame.assign(**values)


def _end(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """The last rows; the first has no missing value, if there is such a row."""
    complete = np.flatnonzero(rows.notna().all(axis=1))
    start = max(len(rows) - count, 0)
    before = complete[complete <= start]
    return rows.iloc[before[-1] if len(before) else start :]


def up_to(
    frame: pd.DataFrame, cutoff: Any, columns: Columns, gaps: str
) -> pd.DataFrame:
    """The rows of each series that are known at a cutoff.

    A series may have a gap there. A frame whose gaps are interpolated has to
    end with known rows, so such a series ends before its gap.

    Args:
        frame: The frame.
        cutoff: The index value of the last row that may be kept.
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


def as_known(frame: Frame, columns: Columns) -> pd.DataFrame:
    """The frame of known rows, after which a forecast begins.

    Raises:
        TypeError: If it is a number: elsewhere the horizon comes first.
    """
    if isinstance(frame, int):
        raise TypeError(
            "`frame` must hold the rows before the forecast. "
            f"{validate.received('frame', frame)} Write "
            f"predict(horizon={frame}), or sample(num_paths={frame})."
        )
    return as_frame(frame, columns)


def as_future(future: Any, columns: Columns) -> pd.DataFrame | None:
    """The frame of future covariates, read from a file if it is a path.

    Args:
        future: A frame, a path, or None.
        columns: The role of each column of the frame fitted on.
    """
    if future is None or not columns.future:
        return future  # A later error says if it has no use.
    # Such a file holds no targets, so the covariates take their place.
    roles = replace(
        columns, target=columns.future, past=(), future=(), static=()
    )
    return as_frame(future, roles, "future")


def check_future(
    frame: pd.DataFrame,
    future: pd.DataFrame | None,
    columns: Columns,
    horizon: int,
) -> None:
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


@contextlib.contextmanager
def refitting(cutoff: object, validation: float) -> Iterator[None]:
    """Makes an error of a fit say for which cutoff of a backtest it was.

    Args:
        cutoff: The index value of the last row fitted on.
        validation: The argument `validation` of that fit.

    Raises:
        ValueError: If the block raises one; it says too which rows were fitted
            on, and with which `validation`.
    """
    try:
        yield
    except ValueError as error:
        message = (
            f"With refit=True the rows up to the cutoff {show(cutoff)} are "
            f"fitted as by `fit(frame, validation={validation})`: {error} Or "
            "begin the backtest later."
        )
        raise ValueError(message) from error


def check_drawable(columns: Columns, target: str | None) -> None:
    """Raises a ValueError unless a target of one series is to be drawn.

    Args:
        columns: The role of each column of the frame fitted on.
        target: The target to draw; None stands for the first.
    """
    if columns.series is not None:
        raise ValueError(
            "`plot` draws one series; the forecaster was fitted on many. Draw "
            "one of them, `plot_forecast(axes, observed, "
            "predict(frame).loc[name], target)`."
        )
    if target is not None:
        validate.one_of("target", target, columns.target)
