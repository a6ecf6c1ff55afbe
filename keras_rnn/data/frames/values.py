# SPDX-License-Identifier: Apache-2.0
"""The numbers of a frame, checked: present, numeric, finite."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.frames.magnitude import check_squares
from keras_rnn.data.time_axis.one_series import show


def column_values(
    frame: pd.DataFrame,
    names: Sequence[str],
    series: str | None = None,
    *,
    missing: bool = False,
) -> Array:
    """The values of some columns.

    Args:
        frame: The DataFrame.
        names: Names of columns.
        series: The column that names the series of a row, for errors.
        missing: Whether values may be missing.

    Returns:
        A new float64 array of shape (rows, len(names)), NaN where a value is
        missing.

    Raises:
        ValueError: If a column is missing, stands there twice, is not
            numeric, or holds a value that is not finite, or of a size that
            cannot be scaled.

    Example:
        >>> frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        >>> column_values(frame, ("b",)).tolist()
        [[3.0], [4.0]]
    """
    for name in names:
        check_present(frame, name)
        check_numeric(frame[name])
    values = frame[list(names)].to_numpy(np.float64, copy=True, na_value=np.nan)
    for column, name in enumerate(names):
        bad = ~np.isfinite(values[:, column])
        if missing:
            bad &= ~np.isnan(values[:, column])
        check_none(name, values[:, column], bad, frame, series)
    check_squares(values, names, lambda row: place(frame, row, series))
    return values


def constant_values(
    frame: pd.DataFrame,
    names: Sequence[str],
    bounds: Array,
    series: str | None = None,
) -> Array:
    """The value per series of columns that never change within a series.

    Args:
        frame: The DataFrame, its rows grouped by series.
        names: Names of columns.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        series: The column that names the series of a row, for errors.

    Returns:
        A float64 array of shape (series, len(names)).

    Raises:
        ValueError: As `column_values`, or if a column changes in a series.
    """
    values = column_values(frame, names, series)
    first = values[bounds[:-1]]
    for column, name in enumerate(names):
        expected = np.repeat(first[:, column], np.diff(bounds))
        changed = np.flatnonzero(values[:, column] != expected)
        if len(changed):
            raise ValueError(
                f"The static column {name!r} changes at "
                f"{place(frame, changed[0], series)}. Name it under `past` or "
                "`future` instead."
            )
    return first


def place(frame: pd.DataFrame, row: int, series: str | None = None) -> str:
    """The index value and the series of a row, as text for a message."""
    moment = show(frame.index[row])
    if series is None:
        return moment
    return f"{moment} of series {frame[series].iloc[row]!r}"


def check_flat(name: str, frame: pd.DataFrame) -> None:
    """Raises a ValueError for columns, or an index, of several levels."""
    if isinstance(frame.columns, pd.MultiIndex):
        raise ValueError(
            f"`{name}` must have columns of one level. Received: "
            f"{frame.columns.nlevels} levels, such as {frame.columns[0]!r}. "
            f"Join them, `{name}.columns = ['_'.join(map(str, column)) for "
            f"column in {name}.columns]`."
        )
    if isinstance(frame.index, pd.MultiIndex):
        names = [level for level in frame.index.names if level is not None]
        level = repr(names[0]) if names else 0
        raise ValueError(
            f"The index of `{name}` must be that of the time alone. Received: "
            f"{frame.index.nlevels} levels. Make the name of the series a "
            f"column, `{name}.reset_index(level={level})`, and say so, "
            "`Columns(..., series=...)`."
        )


def check_present(frame: pd.DataFrame, name: str) -> None:
    """Raises a ValueError unless exactly one column is called `name`."""
    count = list(frame.columns).count(name)
    if count == 0:
        known = ", ".join(repr(column) for column in frame.columns)
        raise ValueError(
            f"The frame has no column {name!r}. Its columns are {known}."
        )
    if count > 1:
        raise ValueError(
            f"The frame has {count} columns {name!r}. Rename all but one."
        )


def with_numbers(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The frame with flags as 0 and 1, and an index of int64 for integers.

    pandas holds flags as objects if some are missing, and pyarrow's flags are
    not numbers. An index of unsigned or short integers would overflow where
    it is continued.

    Args:
        frame: The DataFrame.
        names: Columns that are to be numbers. Columns that are missing, or
            hold no flags, stay as they are.
    """
    flags = {
        name: flags_as_numbers(frame[name])
        for name in dict.fromkeys(names)
        if list(frame.columns).count(name) == 1 and is_flags(frame[name])
    }
    frame = frame.assign(**flags) if flags else frame
    if frame.index.dtype == np.int64 or not pd.api.types.is_integer_dtype(
        frame.index.dtype
    ):
        return frame
    if frame.index.hasnans:
        return frame
    if len(frame) and frame.index.max() > np.iinfo(np.int64).max:
        raise ValueError(
            "The index must be of integers that int64 holds. Received: "
            f"{frame.index.max()}. Count from a smaller number, e.g. "
            "`frame.reset_index(drop=True)`."
        )
    return frame.set_axis(frame.index.astype(np.int64))


def is_flags(column: pd.Series) -> bool:
    """Whether a column holds True and False, some of which may be missing."""
    if column.dtype != object:
        return pd.api.types.is_bool_dtype(column.dtype)
    return pd.api.types.infer_dtype(column, skipna=True) == "boolean"


def flags_as_numbers(flags: pd.Series) -> Array:
    """1.0 for True, 0.0 for False, NaN where a flag is missing."""
    return flags.astype("boolean").to_numpy(np.float64, na_value=np.nan)


def check_numeric(column: pd.Series) -> None:
    """Raises a ValueError unless a column is of a dtype of real numbers."""
    dtype = column.dtype
    if not pd.api.types.is_numeric_dtype(dtype) or dtype.kind == "c":
        raise ValueError(
            f"Column {column.name!r} must be numeric. Received: dtype {dtype}. "
            f"{numbers_of(column)}"
        )


def numbers_of(column: pd.Series) -> str:
    """The remedy for a column that is not numeric, by what it holds."""
    name = column.name
    if column.dtype.kind in "Mm":
        return "Leave it out; for features of dates use `calendar=`."
    known = column.dropna().astype(object)
    try:
        numbers = pd.to_numeric(known, errors="coerce").notna()
    except OverflowError:
        return (
            "It holds an integer that float64 cannot hold: make it missing, "
            f"`frame[{name!r}].where(frame[{name!r}].abs() < 1e300)`."
        )
    if not len(known) or numbers.all():
        return f"Convert it, e.g. `pd.to_numeric(frame[{name!r}])`."
    if numbers.mean() >= 0.5:
        word = known[~numbers].iloc[0]
        return (
            f"It holds {word!r}, which is no number: make it missing, "
            f"`pd.to_numeric(frame[{name!r}], errors='coerce')`."
        )
    made = [f"{name}_{word}" for word in sorted(known.unique(), key=str)[:2]]
    return (
        "Make each of its categories a column of 0 and 1, "
        f"`pd.get_dummies(frame, columns=[{name!r}], dtype=float)`, and name "
        f"those, {', '.join(map(repr, made))} and so on, in its place."
    )


def check_none(
    name: str,
    values: Array,
    bad: Array,
    frame: pd.DataFrame,
    series: str | None = None,
) -> None:
    """Raises a ValueError that names the first bad value, if there is one.

    Args:
        name: The column.
        values: Its values, shape (rows,).
        bad: Which values are bad, bool, shape (rows,).
        frame: The DataFrame.
        series: The column that names the series of a row, or None.
    """
    rows = np.flatnonzero(bad)
    if len(rows):
        first = values[rows[0]]
        remedy = (
            "Give it a value, or drop such rows at the ends of a series; "
            '`gaps="interpolate"` draws lines between known values alone.'
        )
        if np.isinf(first):
            remedy = (
                "Make it missing, `frame.replace([np.inf, -np.inf], np.nan)`, "
                "and interpolate."
            )
        raise ValueError(
            f"Column {name!r} is {first} at {place(frame, rows[0], series)} "
            f"({len(rows)} such rows in all). {remedy}"
        )
