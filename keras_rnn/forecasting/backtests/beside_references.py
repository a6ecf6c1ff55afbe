# SPDX-License-Identifier: Apache-2.0
"""What the forecasts of a backtest are set beside: references and scales."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data import Part
from keras_rnn.forecasting.reference_methods.table import FITTED, references
from keras_rnn.metrics import naive_scale

#: Name in `references` -> name in the table of scores.
REFERENCES: dict[str, str] = {
    "naive": "naive",
    "drift": "drift",
    "naive2": "naive 2",
    "seasonal_naive": "seasonal naive",
    "seasonal_naive_drift": "seasonal naive + drift",
    "ets": "ETS",
    "arima": "ARIMA",
}
#: Methods that are the naive method where there is no season.
SEASONAL: tuple[str, ...] = ("naive2", "seasonal_naive", "seasonal_naive_drift")


def in_order_of(part: Part, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with their windows in the order of a part.

    Refitted forecasts of many series come cutoff by cutoff instead.

    Args:
        part: The part.
        forecasts: What `part.forecasts` returned, windows in any order.
    """
    keys: list[Any] = [forecasts["cutoff"]]
    if part.series.names is not None:
        names = pd.Index(forecasts["series"], tupleize_cols=False)
        keys.append(part.series.names.get_indexer(names))
    # lexsort is stable, so steps and targets stay in their order.
    return forecasts.iloc[np.lexsort(keys)].reset_index(drop=True)


def reference_forecasts(
    part: Part, season: int, fitted: Collection[str] = ()
) -> pd.DataFrame:
    """The forecasts of the reference methods.

    Args:
        part: The windows to forecast.
        season: Number of rows of a season; 1 if there is none.
        fitted: Further methods, as in `references`.

    Returns:
        DataFrame of the rows of `part.forecasts`, with a column per method.
    """
    series, windows = part.series, part.series.windows
    chosen = [
        name
        for name in REFERENCES
        if name in fitted
        or (name not in FITTED and (season > 1 or name not in SEASONAL))
    ]
    shape = (len(part), windows.horizon, series.levels.shape[1])
    found = {name: np.empty(shape) for name in chosen}
    for number, rows, levels in levels_by_series(part):
        cutoffs = part.cutoffs[rows] - series.bounds[number]
        check_season_fits(part, number, cutoffs[0], season)
        for target, values in enumerate(levels.T):
            forecasts = references(
                values,
                cutoffs,
                horizon=windows.horizon,
                season=season,
                gap=windows.gap,
                fitted=fitted,
            )
            for name in found:
                found[name][rows, :, target] = forecasts[name]
    return pd.DataFrame(
        {REFERENCES[name]: values.ravel() for name, values in found.items()}
    )


def check_season_fits(
    part: Part, number: int, cutoff: int, season: int
) -> None:
    """Raises a ValueError if no row lies a season before the first cutoff.

    Args:
        part: The windows.
        number: The number of a series.
        cutoff: Its first cutoff, counted from its first row.
        season: Number of rows of a season.
    """
    if cutoff >= season:
        return
    names = part.series.names
    owner = "" if names is None else f" of {names[number]!r}"
    raise ValueError(
        f"The first cutoff{owner} has {cutoff} rows before it; the seasonal "
        f"references need season={season}. Lower `season`, take a later "
        "`start`, or leave short series out."
    )


def levels_by_series(part: Part) -> Iterator[tuple[int, slice, Array]]:
    """Goes through the series of a part.

    Yields:
        The number of a series, a slice of its windows, and its levels, shape
        (rows, targets).
    """
    series = part.series
    numbers = series.numbers(part.cutoffs)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    for first, last in pairwise([*starts, len(part)]):
        start, stop = series.bounds[numbers[first] : numbers[first] + 2]
        yield numbers[first], slice(first, last), series.levels[start:stop]


def error_scales(part: Part, season: int) -> Array:
    """What the errors of each row are divided by.

    It is measured on the rows of a series up to its first cutoff.

    Args:
        part: The windows.
        season: Number of rows of a season; 1 if there is none.

    Returns:
        float64, shape (rows, 2): the first column is for absolute errors, the
        second for squared ones.
    """
    series = part.series
    shape = (len(part), part.series.windows.horizon, series.levels.shape[1], 2)
    found = np.empty(shape)
    for number, rows, levels in levels_by_series(part):
        first = part.cutoffs[rows.start] - series.bounds[number]
        for power in (1, 2):
            found[rows, ..., power - 1] = naive_scale(
                levels[: first + 1], season, power=power
            )
    return found.reshape(-1, 2)
