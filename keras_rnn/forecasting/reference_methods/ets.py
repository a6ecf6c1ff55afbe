# SPDX-License-Identifier: Apache-2.0
"""Exponential smoothing, the other statistical model to beat."""

import warnings
from typing import Any, Literal

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn.forecasting.reference_methods.naive import (
    as_cutoffs,
    as_series,
    distances,
    seasons_back,
)
from keras_rnn.metrics import finite


def ets(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    season: int = 1,
    gap: int = 0,
    seasonal: Literal["add", "mul"] = "add",
    damped: bool = True,
) -> Floats:
    """Holt-Winters: a level, a trend and a season that follow the series.

        level[t]  = α (y[t] − season[t − m]) + (1 − α) (level + φ trend)[t − 1]
        trend[t]  = β′ (level[t] − level[t − 1]) + (1 − β′) φ trend[t − 1]
        season[t] = γ′ (y[t] − level[t]) + (1 − γ′) season[t − m]
        forecast  = level[t] + (φ + φ² + … + φᵃ) trend[t] + season[t + a − k m]

    with m rows per season, a = gap + h rows ahead, and k = ⌈a / m⌉. α, β′, γ′
    and φ are fitted once, by likelihood, on the rows up to the first cutoff.
    After it the states are updated row by row, with the parameters as they are.
    The function needs statsmodels.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, with
            two seasons up to it, or a season and 10 rows, shape (windows,).
        horizon: Number of rows to forecast.
        season: Number of rows of a season; 1 is a model without seasons.
        gap: Number of rows between a cutoff and its first forecast.
        seasonal: How level and season make a value. `"add"`: their sum.
            `"mul"`: their product, for positive series whose seasons grow with
            the level.
        damped: Whether the trend dies out; if not, φ is 1.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, not finite up to the last
            cutoff, a cutoff lies too early or outside, or a setting is out of
            range.

    Example:
        >>> values = np.arange(40.0) + 5 * (np.arange(40) % 2)
        >>> ets(values, [35], horizon=4, season=2).round().tolist()
        [[36.0, 42.0, 38.0, 44.0]]

    Reference:
        R. J. Hyndman and G. Athanasopoulos (2021), "Forecasting: Principles
        and Practice", 3rd edition, chapter 8; ETS(A, Ad, A) of its taxonomy.
        States start from the heuristic of section 2.6.1 of R. J. Hyndman,
        A. B. Koehler, J. K. Ord and R. D. Snyder (2008), "Forecasting with
        exponential smoothing".
    """
    values = as_series(values)
    validate.positive_int("season", season)
    validate.one_of("seasonal", seasonal, ("add", "mul"))
    validate.boolean("damped", damped)
    ahead = distances(horizon, gap)
    cutoffs = as_cutoffs(cutoffs, len(values), fewest_rows(season) - 1)
    if not len(cutoffs):
        return np.empty((0, horizon))
    known = finite("values", values[: cutoffs.max() + 1])
    level, trend, damping, pattern = _states(
        known,
        cutoffs.min() + 1,
        season,
        None if season == 1 else seasonal,
        damped,
    )
    forecast = (
        level[cutoffs]
        + np.cumsum(damping ** np.arange(1, ahead[-1] + 1))[ahead - 1]
        * trend[cutoffs]
    )
    if pattern is None:
        return forecast
    pattern = pattern[cutoffs + ahead - seasons_back(ahead, season) * season]
    return forecast + pattern if seasonal == "add" else forecast * pattern


def fewest_rows(season: int) -> int:
    """How many rows statsmodels estimates the first level and season from."""
    return max(10 + season // 2 * 2, 2 * season)


def _states(
    values: Array,
    fitted_rows: int,
    season: int,
    seasonal: str | None,
    damped: bool,
) -> tuple[Array, Array, float, Array | None]:
    """Level and trend after each row, φ, and the season after each row."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    settings: dict[str, Any] = {
        "error": "add",
        "trend": "add",
        "damped_trend": damped,
        "seasonal": seasonal,
        "seasonal_periods": None if seasonal is None else season,
    }
    with warnings.catch_warnings():
        # The optimizer warns of its convergence. What counts here is the error
        # on later rows.
        warnings.simplefilter("ignore")
        fitted = ETSModel(
            values[:fitted_rows],
            initialization_method="heuristic",
            **settings,
        ).fit(disp=False)
        start: dict[str, Any] = {
            "initial_level": fitted.initial_level,
            "initial_trend": fitted.initial_trend,
        }
        if seasonal is not None:
            start["initial_seasonal"] = fitted.initial_seasonal
        followed = ETSModel(
            values, initialization_method="known", **start, **settings
        ).smooth(fitted.params)
    damping = fitted.damping_trend if damped else 1.0
    pattern = None if seasonal is None else followed.season
    return followed.level, followed.slope, damping, pattern
