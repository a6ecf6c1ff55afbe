# SPDX-License-Identifier: Apache-2.0
"""Forecasts without a model: what a network has to beat.

All methods forecast from many cutoffs at once and look at no row after a
cutoff. With y the series, the cutoff in row t and a = gap + h the distance of
step h = 1 … horizon from it:

    naive                   y[t]
    drift                   y[t] + a (y[t] − y[0]) / t
    seasonal naive          y[t + a − k season]
    seasonal naive + drift  y[t + a − k season] + k (y[t] − y[t − season])

where k = ⌈a / season⌉ is the number of seasons to go back to a known row.

Reference:
    R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and
    Practice", 3rd edition, section 5.2, for the first three.
"""

import numpy as np

from keras_rnn._validation import integer, positive_int


def naive(values, cutoffs, *, horizon, gap=0):
    """The last known value, for every step ahead.

    The best that can be done for a random walk.

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


def drift(values, cutoffs, *, horizon, gap=0):
    """The line through the first and the last known value, continued.

    For a series with a steady trend and no seasons.

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


def seasonal_naive(values, cutoffs, *, horizon, season, gap=0):
    """The last known value of the same season.

    For a series with seasons and no trend. Steps more than one season ahead
    go back as many seasons as it takes to reach a known row.

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


def seasonal_naive_drift(values, cutoffs, *, horizon, season, gap=0):
    """The last known value of the same season plus the last seasonal change.

    For a series with seasons and a trend: what it gained over the last season
    it gains in every season ahead.

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


def as_series(values):
    """The values in float64, shape (rows,)."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(
            f"`values` must have shape (rows,). Received: {values.shape}. "
            "Forecast one column at a time."
        )
    return values


def as_cutoffs(cutoffs, rows, first):
    """The cutoffs as a column, int64, shape (windows, 1), in range."""
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


def distances(horizon, gap):
    """Rows from a cutoff to each step of the horizon, shape (horizon,)."""
    positive_int("horizon", horizon)
    integer("gap", gap, minimum=0)
    return np.arange(gap + 1, gap + horizon + 1)


def seasons_back(ahead, season):
    """The fewest seasons that lead back to a known row: ⌈ahead / season⌉."""
    return (ahead + season - 1) // season
