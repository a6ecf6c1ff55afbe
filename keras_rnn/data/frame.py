# SPDX-License-Identifier: Apache-2.0
"""The numbers of a frame, checked: present, numeric, finite."""

import numpy as np
import pandas as pd

from keras_rnn.data.index import show


def column_values(frame, names):
    """The values of some columns.

    Args:
        frame: The DataFrame.
        names: Names of columns.

    Returns:
        A new float64 array of shape (rows, len(names)).

    Raises:
        ValueError: If a column is missing, stands there twice, is not
            numeric, or holds a value that is not finite.

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
        check_finite(name, values[:, column], frame.index)
    return values


def constant_values(frame, names):
    """The one value of each of some columns that never change.

    Args:
        frame: The DataFrame.
        names: Names of columns.

    Returns:
        A float64 array of shape (len(names),).

    Raises:
        ValueError: As `column_values`, or if a column changes.
    """
    values = column_values(frame, names)
    for column, name in enumerate(names):
        changed = np.flatnonzero(values[:, column] != values[0, column])
        if len(changed):
            raise ValueError(
                f"The static column {name!r} changes at "
                f"{show(frame.index[changed[0]])}. Name it under `past` or "
                "`future` instead."
            )
    return values[0]


def check_present(frame, name):
    """Raises a ValueError unless `name` is one column of the frame."""
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


def check_numeric(column):
    """Raises a ValueError unless the dtype holds real numbers."""
    dtype = column.dtype
    if not pd.api.types.is_numeric_dtype(dtype) or dtype.kind == "c":
        raise ValueError(
            f"Column {column.name!r} must be numeric. Received: dtype {dtype}. "
            f"Convert it, e.g. `pd.to_numeric(frame[{column.name!r}])`."
        )


def check_finite(name, values, index):
    """Raises a ValueError that names the first NaN or infinite value."""
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise ValueError(
            f"Column {name!r} is {values[bad[0]]} at {show(index[bad[0]])} "
            f"({len(bad)} such rows in all). Interpolate, e.g. "
            f"`frame[{name!r}].interpolate()`, or drop such rows at the ends "
            "of the frame."
        )
