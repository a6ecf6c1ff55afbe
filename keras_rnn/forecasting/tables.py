# SPDX-License-Identifier: Apache-2.0
"""From what networks say to tables with dates."""

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
        percent = f"{100 * level:g}"
        table[f"lower_{percent}"] = part.invert(lower).ravel()
        table[f"upper_{percent}"] = part.invert(upper).ravel()
    return table


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
            suffix = "" if name == "forecast" else f"_{name}"
            parts[f"{target}{suffix}"] = rows[name]
    found = pd.DataFrame(parts)
    if isinstance(found.index, pd.DatetimeIndex):
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
