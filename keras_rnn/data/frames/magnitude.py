# SPDX-License-Identifier: Apache-2.0
"""Refuses numbers that a network would see as 0, or as infinity."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from keras_rnn._types import Array

if TYPE_CHECKING:
    from keras_rnn.data.series import Series

#: Squares of numbers between these are exact enough in float64.
SQUARED: tuple[float, float] = (1e-150, 1e150)
#: Networks compute in float32, which holds these at full precision.
FLOAT32: tuple[float, float] = (
    float(np.finfo(np.float32).tiny),
    float(np.finfo(np.float32).max),
)
WINDOWS_AT_ONCE = 2**12


def lost(values: Array, limits: tuple[float, float]) -> Array:
    """Which columns are too small, or hold a number that is too large.

    Args:
        values: Shape (rows, columns); NaN counts nowhere.
        limits: The least and the greatest size that the largest number of a
            column may have.

    Returns:
        bool, shape (columns,).
    """
    if not len(values):
        return np.zeros(values.shape[1], dtype=bool)
    high = np.fmax.reduce(values, axis=0)
    low = np.fmin.reduce(values, axis=0)
    return out_of(np.fmax(np.abs(high), np.abs(low)), limits)


def out_of(sizes: Array, limits: tuple[float, float]) -> Array:
    """Which sizes are above 0 and beyond the limits."""
    smallest, largest = limits
    return ((sizes > 0) & (sizes < smallest)) | (sizes > largest)


def refuse(
    name: str,
    values: Array,
    place: Callable[[int], str],
    scaled: Array | None = None,
) -> None:
    """Raises a ValueError that names the largest value of a column.

    Args:
        name: The column.
        values: Its values, shape (rows,).
        place: Row position -> where that is, as text.
        scaled: The values as a network would see them, shape (rows,); None if
            the values cannot be scaled at all.
    """
    row = int(np.nanargmax(np.abs(values if scaled is None else scaled)))
    reason = "which is of no size that can be scaled"
    if scaled is not None:
        reason = (
            f"{scaled[row]:.3g} in the units of the training rows, which "
            "float32 cannot hold"
        )
    raise ValueError(
        f"Column {name!r} is {values[row]} at {place(row)}, {reason}. Bring it "
        "to a usual size, e.g. "
        f"`frame[{name!r}] / {abs(values[row]):.0e}`."
    )


def check_squares(
    values: Array, names: Sequence[str], place: Callable[[int], str]
) -> None:
    """Raises a ValueError for columns whose squares float64 cannot hold.

    Args:
        values: float64, shape (rows, columns).
        names: The columns.
        place: Row position -> where that is, as text.
    """
    for column in np.flatnonzero(lost(values, SQUARED)).tolist():
        refuse(names[column], values[:, column], place)


def check_scaled(
    values: Array,
    scaled: Array,
    names: Sequence[str],
    place: Callable[[int], str],
) -> None:
    """Raises a ValueError for columns that float32 cannot hold.

    Args:
        values: float64, shape (rows, columns).
        scaled: The values in the network's units, the same shape.
        names: The columns.
        place: Row position -> where that is, as text.
    """
    for column in np.flatnonzero(lost(scaled, FLOAT32)).tolist():
        refuse(names[column], values[:, column], place, scaled[:, column])


def check_targets(series: "Series", place: Callable[[int], str]) -> None:
    """Raises a ValueError for targets that float32 cannot hold.

    No target of any window is larger than the highest level of its series
    relative to the lowest, or the lowest relative to the highest.

    Args:
        series: Series.
        place: Row position -> where that is, as text.
    """
    starts = series.bounds[:-1]
    lowest = np.fmin.reduceat(series.levels, starts)
    highest = np.fmax.reduceat(series.levels, starts)
    measured = np.arange(len(starts))
    if series.own is not None:
        measured = np.flatnonzero(~series.own.unknown)
    for first in range(0, len(measured), WINDOWS_AT_ONCE):
        some = measured[first : first + WINDOWS_AT_ONCE]
        up, down = (
            _extremes(series, some, *ends)
            for ends in ((highest, lowest), (lowest, highest))
        )
        sizes = np.fmax(np.abs(up), np.abs(down))
        for number, column in np.argwhere(out_of(sizes, FLOAT32)):
            rows = slice(*series.bounds[some[number] : some[number] + 2])
            levels = series.levels[rows, column]
            seen = np.full(len(levels), sizes[number, column])
            refuse(
                series.columns.target[column],
                levels,
                lambda row, start=rows.start: place(start + row),
                np.where(np.abs(levels) == np.nanmax(np.abs(levels)), seen, 0),
            )


def _extremes(
    series: "Series", numbers: Array, levels: Array, basis: Array
) -> Array:
    """The largest target of some series in the network's units.

    Args:
        series: Series.
        numbers: The numbers of the series.
        levels: The level of each series to represent, shape (series, targets).
        basis: The level that it is relative to, the same shape.

    Returns:
        float64, shape (numbers, targets).
    """
    fitted, windows = series.representation, series.windows
    steps = len(fitted.basis_steps(windows))
    targets = levels.shape[1]

    def repeated(values, rows):
        shape = (len(numbers), rows, targets)
        return np.broadcast_to(values[numbers][:, np.newaxis], shape)

    with np.errstate(over="ignore", invalid="ignore"):
        represented = fitted.of(numbers).represent(
            repeated(levels, windows.horizon), repeated(basis, steps)
        )
    return np.abs(represented).max(axis=1)
