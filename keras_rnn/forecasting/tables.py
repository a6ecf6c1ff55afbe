# SPDX-License-Identifier: Apache-2.0
"""From what networks say to tables with dates."""

import contextlib

import numpy as np
import pandas as pd


def forecast_table(part, values, bounds):
    """Forecasts of a part with dates and bounds, a row each.

    Args:
        part: Part.
        values: Point forecasts in the network's units, shape (windows,
            horizon, targets).
        bounds: List of level, lower and upper bound, as `Intervals.bounds`.

    Returns:
        The DataFrame of `part.forecasts`, with the columns "lower_90" and
        "upper_90", or other percents.
    """
    table = part.forecasts(values)
    for level, lower, upper in bounds:
        below, above = names_of_bounds(level)
        table[below] = part.invert(lower).ravel()
        table[above] = part.invert(upper).ravel()
    return table


def names_of_bounds(level):
    """The columns of an interval, such as "lower_90" and "upper_90"."""
    percent = f"{100 * level:g}"
    return f"lower_{percent}", f"upper_{percent}"


def check_names(targets, levels):
    """Raises a ValueError if two columns of a forecast had one name.

    Args:
        targets: Names of the targets.
        levels: Nominal coverages of the intervals.
    """
    bounds = [name for level in levels for name in names_of_bounds(level)]
    names = [
        name
        for target in targets
        for name in (target, *(wide_name(target, bound) for bound in bounds))
    ]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise ValueError(
                f"Two columns of the forecast would be called {name!r}. "
                f"Received: targets {', '.join(map(repr, targets))} with "
                f"intervals={tuple(levels)}. Rename a target, or leave out a "
                "level."
            )


def check_names_of_paths(columns):
    """Raises a ValueError if a target is called as a column of the paths.

    Args:
        columns: The role of each column.
    """
    taken = ["timestamp", "path"]
    if columns.series is not None:
        taken.append("series")
    for target in columns.target:
        if target in taken:
            raise ValueError(
                f"Two columns of the paths would be called {target!r}. "
                f"Received: a target of that name, beside the columns "
                f"{', '.join(map(repr, taken))}. Rename it, e.g. "
                f"`frame.rename(columns={{{target!r}: {target + '_'!r}}})`, "
                "and fit again."
            )


def wide_name(target, name):
    """The column of a value of a target in a wide table."""
    return target if name == "forecast" else f"{target}_{name}"


def first_steps(table, part, horizon):
    """The rows of the first steps of each window."""
    windows, targets = part.series.windows, part.series.levels.shape[1]
    step = np.arange(len(table)) // targets % windows.horizon
    return table[step < horizon]


def wide(table, step):
    """A column per target instead of a row, in steps of a known frequency."""
    values = table.columns.drop(
        ["series", "cutoff", "timestamp", "target", "actual"], errors="ignore"
    )
    keys = [key for key in ("series", "timestamp") if key in table]
    parts = {}
    for target, rows in table.groupby("target", sort=False):
        rows = rows.set_index(keys)
        for name in values:
            parts[wide_name(target, name)] = rows[name]
    found = pd.DataFrame(parts)
    if isinstance(found.index, pd.DatetimeIndex):
        # Days that do not all begin at midnight have none, to pandas.
        with contextlib.suppress(ValueError):
            found.index.freq = step
    return found


def paths_table(part, paths):
    """Sample paths with dates, a row for each path and step.

    Args:
        part: Part of the windows.
        paths: In the data's units, shape (paths, windows, steps, targets);
            of no more steps than the horizon.

    Returns:
        DataFrame with the columns "series" (of many), "timestamp", "path" and
        one per target.
    """
    num_paths, windows, steps, _ = paths.shape
    series = part.series
    each = num_paths * steps
    columns = {}
    if series.names is not None:
        numbers = series.numbers(part.cutoffs)
        columns["series"] = series.names[np.repeat(numbers, each)]
    ahead = np.array(series.windows.target_rows(0))[:steps]
    rows = series.positions(part.cutoffs)[:, np.newaxis] + ahead
    columns["timestamp"] = series.index[
        np.repeat(rows[:, np.newaxis], num_paths, axis=1).ravel()
    ]
    columns["path"] = np.tile(np.repeat(np.arange(num_paths), steps), windows)
    for k, target in enumerate(series.columns.target):
        columns[target] = paths[..., k].swapaxes(0, 1).ravel()
    return pd.DataFrame(columns)
