# SPDX-License-Identifier: Apache-2.0
"""Recognises frames of many series, or with dates, not declared as such."""

import warnings
from collections.abc import Collection, Hashable

import pandas as pd

from keras_rnn.data.columns import Columns
from keras_rnn.data.time_axis.one_series import show


def refuse_many_as_one(frame: pd.DataFrame, columns: Columns) -> None:
    """Raises a ValueError if the rows of one series look like many.

    Rows of the same timestamp are then not copies, and an advice to drop them
    would leave only the first series.

    Args:
        frame: DataFrame.
        columns: The role of each column.
    """
    if columns.series is not None or frame.index.is_unique:
        return
    name = series_column(frame, columns.all)
    if name is not None:
        repeated = frame.index[frame.index.duplicated()][0]
        raise ValueError(
            f"The index has {show(repeated)} more than once, and the column "
            f"{name!r} tells such rows apart: the frame looks like many "
            f"series. Name it, `Columns(..., series={name!r})`."
        )


def series_column(
    frame: pd.DataFrame, roles: Collection[Hashable]
) -> Hashable | None:
    """The column that most likely names the series of a row, or None.

    It distinguishes all rows of the same index value, with the fewest
    different values. A column of numbers is considered only where at least
    half of the rows share their index value, because two copies of a row may
    differ in a number by chance.

    Args:
        frame: DataFrame whose index has repeated values.
        roles: Names of the columns that have another role.
    """
    many = frame.index.duplicated(keep=False).mean() >= 0.5
    found = {}
    for name, column in frame.items():
        if name in roles or not (many or is_text(column)):
            continue
        if pd.api.types.is_float_dtype(column.dtype) or looks_dated(column):
            continue
        values = column.nunique()
        pairs = pd.DataFrame({"moment": frame.index, "series": column.array})
        if 1 < values <= len(frame) / 2 and not pairs.duplicated().any():
            found[name] = values
    return min(found, key=lambda name: found[name], default=None)


def warn_of_dates_aside(
    frame: pd.DataFrame, roles: Collection[Hashable] = ()
) -> None:
    """Warns if the index counts rows, and a column holds their dates.

    Args:
        frame: DataFrame.
        roles: Names of the columns that have another role.
    """
    name = dates_aside(frame, roles)
    if name is not None:
        warnings.warn(
            "The index counts rows, and forecasts will too, but the column "
            f"{name!r} holds dates. Use {remedy_of_dates(frame, name)}.",
            stacklevel=2,
        )


def dates_aside(
    frame: pd.DataFrame, roles: Collection[Hashable] = ()
) -> Hashable | None:
    """The first column of dates of a frame whose index counts rows, or None.

    Args:
        frame: DataFrame.
        roles: Names of the columns that have another role.
    """
    if not pd.api.types.is_integer_dtype(frame.index.dtype):
        return None
    names = (name for name, column in frame.items() if looks_dated(column))
    return next((name for name in names if name not in roles), None)


def remedy_of_dates(frame: pd.DataFrame, name: Hashable) -> str:
    """The code that makes a column of dates the index."""
    indexed = f"`frame.set_index({name!r})`"
    if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
        return indexed
    if isinstance(frame[name].dtype, pd.PeriodDtype):
        return f"{indexed} and `frame.to_timestamp()`"
    return f"{indexed} and `frame.index = pd.to_datetime(frame.index)`"


def is_text(column: pd.Series) -> bool:
    """Whether a column holds words, or categories."""
    return column.dtype == object or isinstance(
        column.dtype, (pd.CategoricalDtype, pd.StringDtype)
    )


#: The first characters of a date, as people and databases write it.
DATE = r"\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"


def looks_dated(column: pd.Series) -> bool:
    """Whether a column holds dates, as such or as text.

    Of a column of text only the first and the last value are read.
    """
    dtype = column.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return True
    if isinstance(dtype, pd.PeriodDtype):
        return True
    if not is_text(column):
        return False
    known = column.dropna()
    ends = known.iloc[[0, -1]].astype(str) if len(known) else known
    if not len(ends) or not ends.str.match(DATE).all():
        return False
    dates = pd.to_datetime(ends, errors="coerce", format="mixed", utc=True)
    return bool(dates.notna().all())
