# SPDX-License-Identifier: Apache-2.0
"""METHODS, the one table of what a network has to beat.

`references` forecasts by all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn.data.frames import bridged
from keras_rnn.forecasting.reference_methods.arima import arima
from keras_rnn.forecasting.reference_methods.ets import ets
from keras_rnn.forecasting.reference_methods.naive import (
    as_series,
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.forecasting.reference_methods.naive2 import naive2


def _none(season: int) -> dict[str, Any]:
    return {}


def _season(season: int) -> dict[str, Any]:
    return {"season": season}


def _waves(season: int) -> dict[str, Any]:
    # The sine of period 2 is 0 in every row, so it cannot be fitted.
    return {"period": season, "num_waves": min(3, (season - 1) // 2)}


@dataclass(frozen=True)
class Method:
    """A way to forecast that needs no network.

    Args:
        forecast: Function `(values, cutoffs, *, horizon, gap, ...)` that
            returns forecasts.
        settings: Function that returns its further arguments for a season.
        fitted: Whether statsmodels fits it. That takes time, so it runs only
            on demand.
        takes_missing: Whether it can pass over missing values.
    """

    forecast: Callable[..., Floats]
    settings: Callable[[int], dict[str, Any]] = _none
    fitted: bool = False
    takes_missing: bool = False


#: Name -> method.
METHODS: dict[str, Method] = {
    "naive": Method(naive),
    "drift": Method(drift),
    "seasonal_naive": Method(seasonal_naive, _season),
    "seasonal_naive_drift": Method(seasonal_naive_drift, _season),
    "naive2": Method(naive2, _season),
    "ets": Method(ets, _season, fitted=True),
    "arima": Method(arima, _waves, fitted=True, takes_missing=True),
}
#: The names of those that run only on demand.
FITTED: tuple[str, ...] = tuple(
    name for name, method in METHODS.items() if method.fitted
)


def references(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    season: int,
    gap: int = 0,
    fitted: str | Iterable[str] = (),
) -> dict[str, Floats]:
    """The forecasts of the reference methods, which a network has to beat.

    Args:
        values: The series, shape (rows,). Where a value is missing, NaN, the
            methods take the last known value of the same season.
        cutoffs: Row position of the last known row of each forecast, at least
            `season`, shape (windows,), such as `data.test.cutoffs`.
        horizon: Number of rows to forecast.
        season: Number of rows of a season; 1 if there is none.
        gap: Number of rows between a cutoff and its first forecast.
        fitted: Methods of statsmodels that are wanted, too: `"ets"`,
            `"arima"`, or both. They are fitted once, on the rows up to the
            first cutoff. ARIMA has at most three waves per season.

    Returns:
        Name -> forecasts, float64, shape (windows, horizon), in the data's
        units. The names are `naive`, `drift`, `seasonal_naive`,
        `seasonal_naive_drift`, `naive2`, and those of `fitted`.

    Raises:
        ValueError: As each method, and if one in `fitted` is unknown.
        ImportError: If a fitted method is wanted without statsmodels.

    Example:
        >>> found = references([1, 2, 3, 4, 5], [3], horizon=2, season=2)
        >>> {name: forecast.tolist() for name, forecast in found.items()}
        {'naive': [[4.0, 4.0]], 'drift': [[5.0, 6.0]],
         'seasonal_naive': [[3.0, 4.0]],
         'seasonal_naive_drift': [[5.0, 6.0]], 'naive2': [[4.0, 4.0]]}
    """
    validate.positive_int("season", season)
    fitted = checked_methods("fitted", fitted)
    gapless = without_missing(as_series(values), season)
    return {
        name: method.forecast(
            values if method.takes_missing else gapless,
            cutoffs,
            horizon=horizon,
            gap=gap,
            **method.settings(season),
        )
        for name, method in METHODS.items()
        if name in fitted or not method.fitted
    }


def checked_methods(
    argument: str, names: str | Iterable[str]
) -> tuple[str, ...]:
    """The names of fitted methods as a tuple, if they are known and can run.

    Args:
        argument: The name of the argument, for errors.
        names: One name or several.

    Raises:
        TypeError: If it is neither a name nor several.
        ValueError: If one is unknown.
        ImportError: If statsmodels is wanted and not installed.
    """
    names = (names,) if isinstance(names, str) else names
    remedy = f"Name some of {', '.join(map(repr, FITTED))}; () for none."
    checked = tuple(validate.instance(argument, names, Iterable, remedy))
    for name in checked:
        validate.one_of(argument, name, FITTED)
    if checked and find_spec("statsmodels") is None:
        raise ImportError(
            f"`{argument}` must do without {checked[0]!r} here: statsmodels is "
            "not installed. Run `python -m pip install statsmodels`."
        )
    return checked


def without_missing(values: Array, season: int) -> Array:
    """The rows, with a known value in the place of each missing one.

    It is the last known value of the same season; if there is none yet, the
    last known value of any row; and before the first known value that one.

    Args:
        values: float64, shape (rows,); NaN where missing.
        season: Number of rows of a season.

    Returns:
        The same shape; `values` itself if nothing is missing.

    Example:
        >>> rows = np.array([np.nan, 2.0, 3.0, np.nan, 5.0, 6.0])
        >>> without_missing(rows, season=2).tolist()
        [2.0, 2.0, 3.0, 2.0, 5.0, 6.0]
    """
    known = values[~np.isnan(values)]
    if len(known) in (0, len(values)):
        return values
    rows = values[:, np.newaxis]
    rows = bridged(rows, np.array([0, len(rows)]), season)[:, 0]
    return np.where(np.isnan(rows), known[0], rows)
