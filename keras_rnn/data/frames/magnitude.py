# SPDX-License-Identifier: Apache-2.0
"""Numbers that would be lost on the way to a network: as 0, or as infinity."""

import numpy as np

#: Squares of numbers between these are exact enough in float64.
SQUARED = (1e-150, 1e150)
#: What float32 holds at full precision, which is what networks compute in.
FLOAT32 = (
    float(np.finfo(np.float32).tiny),
    float(np.finfo(np.float32).max),
)
WINDOWS_AT_ONCE = 2**12


def lost(values, limits):
    """Which columns are too small, or hold a number that is too large.

    Args:
        values: Shape (rows, columns); NaN counts nowhere.
        limits: Smallest size of what is largest, and largest size.

    Returns:
        bool, shape (columns,).
    """
    if not len(values):
        return np.zeros(values.shape[1], dtype=bool)
    high = np.fmax.reduce(values, axis=0)
    low = np.fmin.reduce(values, axis=0)
    return out_of(np.fmax(np.abs(high), np.abs(low)), limits)


def out_of(sizes, limits):
    """Which sizes are above 0 and beyond the limits."""
    smallest, largest = limits
    return ((sizes > 0) & (sizes < smallest)) | (sizes > largest)


def refuse(name, values, place, scaled=None):
    """Raises a ValueError that names the largest value of a column.

    Args:
        name: The column.
        values: Its values, shape (rows,).
        place: Row position -> where that is.
        scaled: What a network would see instead of each value; None if the
            values cannot even be scaled.
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


def check_squares(values, names, place):
    """Raises a ValueError for columns whose squares float64 cannot hold.

    Args:
        values: float64, shape (rows, columns).
        names: The columns.
        place: Row position -> where that is.
    """
    for column in np.flatnonzero(lost(values, SQUARED)):
        refuse(names[column], values[:, column], place)


def check_scaled(values, scaled, names, place):
    """Raises a ValueError for columns that float32 cannot hold.

    Args:
        values: float64, shape (rows, columns).
        scaled: The same in the network's units.
        names: The columns.
        place: Row position -> where that is.
    """
    for column in np.flatnonzero(lost(scaled, FLOAT32)):
        refuse(names[column], values[:, column], place, scaled[:, column])


def check_targets(series, place):
    """Raises a ValueError for targets that float32 cannot hold.

    The highest level of a series relative to its lowest, and the other way
    round, are as far as any window can go.

    Args:
        series: Series.
        place: Row position -> where that is.
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


def _extremes(series, numbers, levels, basis):
    """The largest target of some series in the network's units.

    Args:
        series: Series.
        numbers: Which of them.
        levels: The level to represent, shape (series, targets).
        basis: The level that it is relative to.
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
