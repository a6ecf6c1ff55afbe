# SPDX-License-Identifier: Apache-2.0
"""From what networks forecast to tables with dates."""

import contextlib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data import Part


def forecast_table(
    part: Part, values: Array, bounds: Iterable[tuple[float, Array, Array]]
) -> pd.DataFrame:
    """Forecasts of a part with dates and bounds, one row each.

    Args:
        part: The windows that were forecast.
        values: Point forecasts in the network's units, shape (windows,
            horizon, targets).
        bounds: Level, lower and upper bound of each interval, as
            `Intervals.bounds` returns them.

    Returns:
        The DataFrame of `part.forecasts`, with the columns "lower_90" and
        "upper_90", or those of other percents.
    """
    table = part.forecasts(values)
    for level, lower, upper in bounds:
        below, above = names_of_bounds(level)
        table[below] = part.invert(lower).ravel()
        table[above] = part.invert(upper).ravel()
    return table


def names_of_bounds(level: float) -> tuple[str, str]:
    """The columns of an interval, such as "lower_90" and "upper_90"."""
    percent = f"{100 * level:g}"
    return f"lower_{percent}", f"upper_{percent}"


def check_names(targets: Sequence[str], levels: Iterable[float]) -> None:
    """Raises a ValueError if two columns of a forecast had the same name.

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


def check_names_of_paths(part: Part) -> None:
    """Raises a ValueError if two columns of the paths had the same name.

    Args:
        part: The windows that paths follow.
    """
    targets = part.series.columns.target
    taken = ["path", *names_of_keys(part)]
    for name in (*taken, *targets):
        if [*taken, *targets].count(name) > 1:
            raise ValueError(
                f"Two columns of the paths would be called {name!r}. Received: "
                f"targets {', '.join(map(repr, targets))}, beside the columns "
                f"{', '.join(map(repr, taken))}. Rename it, e.g. "
                f"`frame.rename(columns={{{name!r}: {name + '_'!r}}})`, "
                "and fit again."
            )


def names_of_keys(part: Part) -> list[str]:
    """The names of the columns of series, if there are many, and of time."""
    series = part.series
    time = str(series.index.name or "timestamp")
    if series.names is None:
        return [time]
    return [str(series.columns.series), time]


def wide_name(target: str, name: str) -> str:
    """The column of a wide table that holds some value of a target.

    Args:
        target: The target.
        name: The column of the value in a long table, such as "lower_90".
    """
    return target if name == "forecast" else f"{target}_{name}"


def first_steps(table: pd.DataFrame, part: Part, horizon: int) -> pd.DataFrame:
    """The rows of the first steps of each window.

    Args:
        table: What `forecast_table` returned.
        part: The windows in it.
        horizon: How many steps of each window are kept.
    """
    windows, targets = part.series.windows, part.series.levels.shape[1]
    step = np.arange(len(table)) // targets % windows.horizon
    return table[step < horizon]


def wide(
    table: pd.DataFrame, part: Part, step: int | pd.offsets.BaseOffset
) -> pd.DataFrame:
    """A table with columns per target instead of rows per target.

    Args:
        table: What `forecast_table` returned, of one window per series.
        part: The windows in it.
        step: The frequency of the index.
    """
    values = table.columns.drop(
        ["series", "cutoff", "timestamp", "target", "actual"], errors="ignore"
    )
    keys = [key for key in ("series", "timestamp") if key in table]
    parts = {}
    for target, rows in table.groupby("target", sort=False):
        rows = rows.set_index(keys)
        for name in values:
            parts[wide_name(str(target), name)] = rows[name]
    found = pd.DataFrame(parts).rename_axis(index=names_of_keys(part))
    if part.series.columns.one_series_each:
        found = beside_each_other(found, part)
    if isinstance(found.index, pd.DatetimeIndex):
        # To pandas, days that do not all begin at midnight have no frequency.
        with contextlib.suppress(ValueError):
            # pandas-stubs has no setter.
            found.index.freq = step  # pyright: ignore[reportAttributeAccessIssue]
    return found


def beside_each_other(found: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Forecasts of many series with columns per series, as in a wide frame.

    Args:
        found: Forecasts by series and time, of one target.
        part: The windows that were forecast.
    """
    (target,) = part.series.columns.target
    parts = {}
    for name, rows in found.groupby(level=0, sort=False):
        for label, values in rows.droplevel(0).items():
            parts[f"{name}{str(label).removeprefix(target)}"] = values
    return pd.DataFrame(parts)


def paths_table(part: Part, paths: Array) -> pd.DataFrame:
    """Sample paths with dates, one row per path and step.

    Args:
        part: The windows.
        paths: In the data's units, shape (paths, windows, steps, targets),
            with at most as many steps as the horizon.

    Returns:
        DataFrame with the columns of the series (of many series) and of the
        time, under the names that the user gave them, "path", and one column
        per target; if the frame was wide, one column per series instead.
    """
    num_paths, windows, steps, _ = paths.shape
    series = part.series
    *key, time = names_of_keys(part)
    each = num_paths * steps
    columns = {}
    if series.names is not None:
        numbers = series.numbers(part.cutoffs)
        columns[key[0]] = series.names[np.repeat(numbers, each)]
    ahead = np.array(series.windows.target_rows(0))[:steps]
    rows = series.positions(part.cutoffs)[:, np.newaxis] + ahead
    columns[time] = series.index[
        np.repeat(rows[:, np.newaxis], num_paths, axis=1).ravel()
    ]
    columns["path"] = np.tile(np.repeat(np.arange(num_paths), steps), windows)
    for k, target in enumerate(series.columns.target):
        columns[target] = paths[..., k].swapaxes(0, 1).ravel()
    found = pd.DataFrame(columns)
    if not series.columns.one_series_each:
        return found
    (target,) = series.columns.target
    return pd.DataFrame(
        {
            name: rows.set_index([time, "path"])[target]
            for name, rows in found.groupby(*key, sort=False)
        }
    ).reset_index()
