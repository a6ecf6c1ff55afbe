# SPDX-License-Identifier: Apache-2.0
"""Frames in any form that users have, as rows with the time as their index."""

import os

import pandas as pd

from keras_rnn._types import PathLike
from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.parquet.reading import read_parquet


def as_frame(
    frame: pd.DataFrame | PathLike, columns: Columns, name: str = "frame"
) -> pd.DataFrame:
    """A frame in long form whose index is the time.

    A path is read with `read_parquet`, the column of time becomes the index,
    and a wide frame is melted. A frame that is in this form already is
    returned as it is.

    Args:
        frame: DataFrame, or the path of a Parquet file or of a folder of them.
        columns: The role of each column.
        name: The argument that it was given as, which errors name.

    Raises:
        TypeError: If it is neither.
        ValueError: If the column of time, or that of a series, is missing.
    """
    if isinstance(frame, (str, os.PathLike)):
        frame = read_parquet(frame, columns)
    instance(name, frame, pd.DataFrame, f"Use `pd.DataFrame({name})`.")
    if columns.time is not None:
        frame = _indexed(frame, columns.time)
    if columns.one_series_each and columns.series not in frame.columns:
        frame = _melted(frame, columns)
    return frame


def _indexed(frame: pd.DataFrame, time: str) -> pd.DataFrame:
    """The frame with its column of time as the index."""
    if time in frame.columns:
        return frame.set_index(time)
    if frame.index.name == time:
        return frame
    raise ValueError(
        f"The frame has no column of time {time!r}. Received: columns "
        f"{', '.join(map(repr, frame.columns))}. Give the frame with it, or "
        "leave out `time` if the index holds the timestamps."
    )


def _melted(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """A wide frame in long form: the rows of one column after the other.

    A series begins with its first known value and ends with its last one.
    """
    (value,) = columns.target
    parts = []
    for name in columns.one_series_each:
        if name not in frame.columns:
            raise ValueError(
                f"The wide frame has no column {name!r}, which is a series. "
                f"Received: columns {', '.join(map(repr, frame.columns))}. "
                "Give the frame with all series."
            )
        rows = frame[name]
        known = rows.first_valid_index(), rows.last_valid_index()
        if known[0] is not None:
            rows = rows.loc[known[0] : known[1]]
        parts.append(pd.DataFrame({columns.series: name, value: rows}))
    return pd.concat(parts)
