# SPDX-License-Identifier: Apache-2.0
"""Leaves out series that cannot be used, and warns of them by name."""

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd


def too_short(rows: int, lookback: int) -> str:
    """The reason to leave out a series that is shorter than a lookback."""
    return f"It has {rows} rows; lookback={lookback} needs {lookback}."


def warn_of_left_out(reasons: Mapping[Any, str]) -> None:
    """Warns of series that are left out.

    Args:
        reasons: Name of a series -> why it is left out.
    """
    (name, why), *others = reasons.items()
    owner = f"Series {name!r} is left out"
    if others:
        owner = f"{len(reasons)} series are left out, such as {name!r}"
    warnings.warn(f"{owner}: {why}", stacklevel=2)


def of_series(
    frame: pd.DataFrame, series: str | None, names: pd.Index | None
) -> pd.DataFrame:
    """The rows of some series; the frame itself if it has no others.

    Args:
        frame: DataFrame.
        series: The column that names the series of a row, or None.
        names: The series to keep, an Index; None if there is only one.
    """
    if series is None or names is None:
        return frame
    keep = names.get_indexer(pd.Index(frame[series])) >= 0
    return frame if keep.all() else frame[keep]


def without_series(
    frame: pd.DataFrame, series: str | None, names: pd.Index
) -> pd.DataFrame:
    """The rows of a frame that belong to other series than these.

    Args:
        frame: DataFrame; one without the column of series stays as it is.
        series: The column that names the series of a row.
        names: The series to leave out, an Index.
    """
    if not isinstance(frame, pd.DataFrame) or series not in frame:
        return frame
    return frame[names.get_indexer(pd.Index(frame[series])) < 0]
