# SPDX-License-Identifier: Apache-2.0
"""Forecasts without a model: what a network has to beat.

All methods forecast from many cutoffs at once and look at no row after a
cutoff. Let y be the series, t the row of the cutoff, and a = gap + h the
distance of step h = 1 … horizon from it:

    naive                   y[t]
    drift                   y[t] + a (y[t] − y[0]) / t
    seasonal naive          y[t + a − k season]
    seasonal naive + drift  y[t + a − k season] + k (y[t] − y[t − season])

where k = ⌈a / season⌉ is the fewest seasons that lead back to a known row.

Reference:
    R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and
    Practice", 3rd edition, section 5.2, for the first three.
"""

import numpy as np

from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn._validation import integer, positive_int


def naive(
    values: ArrayLike, cutoffs: ArrayLike, *, horizon: int, gap: int = 0
) -> Floats:
    """The last known value, for every step ahead.

    Nothing is better for a random walk.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, shape
            (windows,), such as `data.test.cutoffs`.
        horizon: Number of rows to forecast.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, a cutoff lies outside it, or
            a number is out of range.

    Example:
        >>> naive([1, 2, 4, 8], cutoffs=[1, 2], horizon=3).tolist()
        [[2.0, 2.0, 2.0], [4.0, 4.0, 4.0]]
    """
    values = as_series(values)
    cutoffs = as_cutoffs(cutoffs, len(values), first=0)
    return np.repeat(values[cutoffs], len(distances(horizon, gap)), axis=1)


def drift(
    values: ArrayLike, cutoffs: ArrayLike, *, horizon: int, gap: int = 0
) -> Floats:
    """The line through the first and the last known value, continued.

    It is for series with a steady trend and no seasons.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, at least
            1, shape (windows,).
        horizon: Number of rows to forecast.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, a cutoff lies outside it or
            in its first row, or a number is out of range.

    Example:
        >>> drift([1, 2, 5, 8], cutoffs=[2], horizon=2).tolist()
        [[7.0, 9.0]]
    """
    values = as_series(values)
    cutoffs = as_cutoffs(cutoffs, len(values), first=1)
    slope = (values[cutoffs] - values[0]) / cutoffs
    return values[cutoffs] + distances(horizon, gap) * slope


def seasonal_naive(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    season: int,
    gap: int = 0,
) -> Floats:
    """The last known value of the same season.

    It is for series with seasons and no trend. Steps more than one season
    ahead go back as many seasons as it takes to reach a known row.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, at least
            season − 1, shape (windows,).
        horizon: Number of rows to forecast.
        season: Number of rows of a season.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, a cutoff lies outside it or
            in its first season, or a number is out of range.

    Example:
        >>> values = [10, 20, 30, 11, 21, 31]
        >>> seasonal_naive(values, [4], horizon=5, season=3).tolist()
        [[30.0, 11.0, 21.0, 30.0, 11.0]]
    """
    values = as_series(values)
    positive_int("season", season)
    cutoffs = as_cutoffs(cutoffs, len(values), first=season - 1)
    ahead = distances(horizon, gap)
    return values[cutoffs + ahead - seasons_back(ahead, season) * season]


def seasonal_naive_drift(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    season: int,
    gap: int = 0,
) -> Floats:
    """The last known value of the same season plus the last seasonal change.

    It is for series with seasons and a trend: what the series gained over the
    last season is added once per season ahead.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, at least
            `season`, shape (windows,).
        horizon: Number of rows to forecast.
        season: Number of rows of a season.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, a cutoff has no row a season
            before it, or a number is out of range.

    Example:
        >>> values = [10, 20, 30, 11, 21, 31]
        >>> seasonal_naive_drift(values, [4], horizon=5, season=3).tolist()
        [[31.0, 12.0, 22.0, 32.0, 13.0]]
    """
    values = as_series(values)
    positive_int("season", season)
    cutoffs = as_cutoffs(cutoffs, len(values), first=season)
    ahead = distances(horizon, gap)
    seasons = seasons_back(ahead, season)
    change = values[cutoffs] - values[cutoffs - season]
    return values[cutoffs + ahead - seasons * season] + seasons * change


def as_series(values: ArrayLike) -> Floats:
    """The values in float64, shape (rows,)."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(
            f"`values` must have shape (rows,). Received: {values.shape}. "
            "Forecast one column at a time."
        )
    return values


def as_cutoffs(cutoffs: ArrayLike, rows: int, first: int) -> Array:
    """The cutoffs as a column, int64, shape (windows, 1).

    Args:
        cutoffs: Row positions.
        rows: Number of rows of the series.
        first: The first row that can be a cutoff.

    Raises:
        ValueError: If a cutoff is out of range, or no row position.
    """
    cutoffs = np.asarray(cutoffs)
    if cutoffs.ndim != 1 or cutoffs.dtype.kind not in "iu":
        raise ValueError(
            "`cutoffs` must be row positions, integers of shape (windows,). "
            f"Received: {cutoffs.dtype} of shape {cutoffs.shape}."
        )
    outside = cutoffs[(cutoffs < first) | (cutoffs >= rows)]
    if len(outside):
        raise ValueError(
            f"`cutoffs` must lie between {first}, the first row that this "
            f"method can forecast from, and {rows - 1}, the last row of "
            f"`values`. Received: {outside[0]}."
        )
    return cutoffs.astype(np.int64)[:, np.newaxis]


def distances(horizon: int, gap: int) -> Array:
    """Rows from a cutoff to each step of the horizon, shape (horizon,)."""
    positive_int("horizon", horizon)
    integer("gap", gap, minimum=0)
    return np.arange(gap + 1, gap + horizon + 1)


def seasons_back(ahead: Array, season: int) -> Array:
    """The fewest seasons that lead back to a known row: ⌈ahead / season⌉."""
    return (ahead + season - 1) // season
