# SPDX-License-Identifier: Apache-2.0
"""Series that cannot be used are left out, by name; the others go on."""

import warnings

import pandas as pd


def too_short(rows, lookback):
    """Why a series is left out that does not hold a lookback."""
    return f"It has {rows} rows; lookback={lookback} needs {lookback}."


def warn_of_left_out(reasons):
    """Warns of series that are left out.

    Args:
        reasons: Name -> why.
    """
    (name, why), *others = reasons.items()
    owner = f"Series {name!r} is left out"
    if others:
        owner = f"{len(reasons)} series are left out, such as {name!r}"
    warnings.warn(f"{owner}: {why}", stacklevel=2)


def of_series(frame, series, names):
    """The rows of some series of a frame; the frame itself if it has no more.

    Args:
        frame: DataFrame.
        series: The column that names the series of a row, or None.
        names: The series to keep, an Index.
    """
    if series is None:
        return frame
    keep = names.get_indexer(frame[series]) >= 0
    return frame if keep.all() else frame[keep]


def without_series(frame, series, names):
    """The rows of a frame that belong to other series than these.

    Args:
        frame: DataFrame; one without the column of series stays as it is.
        series: The column that names the series of a row.
        names: The series to leave out, an Index.
    """
    if not isinstance(frame, pd.DataFrame) or series not in frame:
        return frame
    return frame[names.get_indexer(frame[series]) < 0]
