# SPDX-License-Identifier: Apache-2.0
"""Future covariates beyond the end of a frame, from a frame of their own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.values import (
    check_flat,
    check_present,
    column_values,
    with_numbers,
)
from keras_rnn.data.time_axis.one_series import show


def future_values(
    future: pd.DataFrame,
    columns: Columns,
    index: pd.Index,
    bounds: Array,
    names: pd.Index | None,
) -> tuple[Array, Array]:
    """Checks a frame of future covariates, and takes their values.

    Args:
        future: DataFrame whose index continues that of each series.
        columns: The role of each column.
        index: The time axes of all series, each continued.
        bounds: Where each series begins in the frame, and the number of rows,
            int64, shape (series + 1,).
        names: The name of each series, None if there is only one.

    Returns:
        Positions in `index` and the values there.

    Raises:
        ValueError: If rows are missing or have other timestamps, or a value is
            missing.
    """
    instance("future", future, pd.DataFrame, "Use `pd.DataFrame(future)`.")
    check_flat("future", future)
    future = with_numbers(future, columns.future)
    if not columns.future:
        raise ValueError(
            "`future` has no use: no column is a future covariate. Name them, "
            "`Columns(..., future=...)`, or leave `future` out."
        )
    values = column_values(future, columns.future, columns.series)
    groups = rows_of_each(future, columns.series, names)
    ahead = (len(index) - bounds[-1]) // (len(bounds) - 1)
    used, positions = [], []
    for number, rows in enumerate(groups):
        end = bounds[number + 1] + number * ahead
        check_continues(
            future.index[rows[:ahead]],
            index[end : end + ahead],
            index[end - 1],
            "" if names is None else f" for series {names[number]!r}",
        )
        used.append(rows[:ahead])
        positions.append(np.arange(end, end + ahead))
    return np.concatenate(positions), values[np.concatenate(used)]


def rows_of_each(
    future: pd.DataFrame, series: str | None, names: pd.Index | None
) -> Sequence[Array]:
    """The row positions of each series in the future frame."""
    if series is None or names is None:
        return [np.arange(len(future))]
    check_present(future, series)
    codes = names.get_indexer(pd.Index(future[series]))
    if (codes < 0).any():
        unknown = future[series].iloc[int(np.flatnonzero(codes < 0)[0])]
        raise ValueError(
            f"`future` has rows of series {unknown!r}, which the frame lacks. "
            "Drop them."
        )
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(1, len(names)))
    return np.split(order, bounds)


def check_continues(
    received: pd.Index, expected: pd.Index, last: Any, owner: str
) -> None:
    """Raises a ValueError unless the future begins right after the frame.

    Args:
        received: The timestamps of the future frame.
        expected: The timestamps that follow the frame.
        last: The last timestamp of the frame.
        owner: " for series 'name'", or "" if there is only one.
    """
    shared = min(len(received), len(expected))
    wrong = np.flatnonzero(received[:shared] != expected[:shared])
    if len(wrong):
        row = wrong[0]
        raise ValueError(
            f"`future` must continue the frame{owner}, which ends "
            f"{show(last)}: its row {row} must be {show(expected[row])}. "
            f"Received: {show(received[row])}."
        )
    if len(received) < len(expected):
        raise ValueError(
            f"`future` must have {len(expected)} rows{owner}, gap + horizon, "
            f"up to {show(expected[-1])}. Received: {len(received)}."
        )
