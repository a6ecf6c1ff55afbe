# SPDX-License-Identifier: Apache-2.0
"""Naive 2, the benchmark that M4's overall weighted average compares with."""

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn.forecasting.reference_methods.naive import (
    as_cutoffs,
    as_series,
    distances,
    naive,
)
from keras_rnn.metrics import finite

#: 90 % of a normal distribution lie within ±1.645 standard deviations.
CRITICAL = 1.645


def naive2(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    season: int,
    gap: int = 0,
) -> Floats:
    """The naive method on seasonally adjusted rows.

        adjusted[i]  = y[i] / factor[i mod season]
        forecast[h]  = adjusted[t] · factor[(t + gap + h) mod season]

    with the cutoff in row t. A factor is the mean ratio of rows, those of one
    position in the season up to the cutoff, to their moving average over a
    whole season. The mean of the factors is 1. They are used only if the rows
    pass M4's test of seasonality: there are at least three seasons, and the
    autocorrelation at a season's distance lies beyond the 90 % limits.
    Otherwise, or if a row is 0 or less, this is `naive`.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, shape
            (windows,), such as `data.test.cutoffs`.
        horizon: Number of rows to forecast.
        season: Number of rows of a season; 1 is `naive`.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        float64, shape (windows, horizon), in the data's units.

    Raises:
        ValueError: If `values` is not a series, not finite up to the last
            cutoff, a cutoff lies outside, or a number is out of range.

    Example:
        >>> values = [1.0, 3.0] * 6
        >>> naive2(values, [10, 11], horizon=3, season=2).round(6).tolist()
        [[3.0, 1.0, 3.0], [1.0, 3.0, 1.0]]

    Reference:
        S. Makridakis, E. Spiliotis and V. Assimakopoulos (2020), "The M4
        Competition", International Journal of Forecasting 36(1), 54-74, and
        its published code: R's `decompose(type="multiplicative")`.
    """
    values = as_series(values)
    validate.positive_int("season", season)
    ahead = distances(horizon, gap)
    forecasts = naive(values, cutoffs, horizon=horizon, gap=gap)
    cutoffs = as_cutoffs(cutoffs, len(values), first=0)[:, 0]
    finite("values", values[: cutoffs.max(initial=-1) + 1])
    for row, cutoff in enumerate(cutoffs):
        known = values[: cutoff + 1]
        if is_seasonal(known, season):
            factors = seasonal_factors(known, season)
            coming = factors[(cutoff + ahead) % season]
            forecasts[row] *= coming / factors[cutoff % season]
    return forecasts


def is_seasonal(values: Array, season: int) -> bool:
    """M4's test of seasonality; False if a value is 0 or less.

    Such a series can be no product of a level and seasonal factors.

    Args:
        values: The known rows, shape (rows,).
        season: Number of rows of a season.
    """
    rows = len(values)
    if season == 1 or rows < 3 * season or values.min() <= 0:
        return False
    correlations = autocorrelations(values, season)
    before = 1 + 2 * np.square(correlations[:-1]).sum()
    limit = CRITICAL * np.sqrt(before / rows)
    return bool(abs(correlations[-1]) > limit)


def autocorrelations(values: Array, lags: int) -> Array:
    """The autocorrelations of rows that lie 1 … lags rows apart.

    Args:
        values: The rows, shape (rows,).
        lags: The largest distance.

    Returns:
        Shape (lags,); 0 for a series that never changes.
    """
    rest = values - values.mean()
    # A Fourier transform is fast: a season may be thousands of rows.
    power = np.abs(np.fft.rfft(rest, 2 * len(rest))) ** 2
    covariances = np.fft.irfft(power)[: lags + 1]
    if values.min() == values.max():
        return np.zeros(lags)
    return covariances[1:] / covariances[0]


def seasonal_factors(values: Array, season: int) -> Array:
    """Classical multiplicative decomposition: a factor for each row mod season.

    Args:
        values: At least two seasons, all above 0, shape (rows,).
        season: Number of rows of a season, at least 2.

    Returns:
        Shape (season,), of mean 1.

    Example:
        >>> seasonal_factors(np.array([1.0, 3.0] * 3), 2).tolist()
        [0.5, 1.5]
    """
    weights = np.ones(season + 1 - season % 2)
    if season % 2 == 0:  # an even window needs half a row at each end
        weights[[0, -1]] = 0.5
    weights /= season
    trend = np.convolve(values, weights, mode="valid")
    first = len(weights) // 2
    rows = np.arange(first, first + len(trend))
    ratios = np.bincount(rows % season, values[rows] / trend, season)
    factors = ratios / np.bincount(rows % season, minlength=season)
    return factors / factors.mean()
