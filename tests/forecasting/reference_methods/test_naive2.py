# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from keras_rnn.forecasting import naive, naive2
from keras_rnn.forecasting.reference_methods.naive2 import (
    autocorrelations,
    is_seasonal,
    seasonal_factors,
)

ROWS = np.arange(70)
NOISE = np.random.default_rng(0).normal(size=70)


def seasonal(season):
    return np.exp(0.01 * ROWS + np.cos(2 * np.pi * ROWS / season) + NOISE / 9)


@pytest.mark.parametrize("season", [2, 7, 12])
@pytest.mark.parametrize("rows", [70, 65])
def test_factors_are_those_of_a_classical_decomposition(season, rows):
    values = seasonal(season)[:rows]
    expected = seasonal_decompose(values, "multiplicative", period=season)
    np.testing.assert_allclose(
        seasonal_factors(values, season), expected.seasonal[:season]
    )


def test_autocorrelations_are_those_of_statsmodels():
    np.testing.assert_allclose(
        autocorrelations(NOISE, 12), acf(NOISE, nlags=12)[1:], atol=1e-12
    )


def test_a_season_and_a_level_are_forecast_without_error():
    factors = np.array([0.5, 1.0, 1.5, 1.0])
    values = 8.0 * factors[ROWS % 4]
    cutoffs = np.array([20, 33])
    forecasts = naive2(values, cutoffs, horizon=6, season=4, gap=3)
    expected = values[cutoffs[:, np.newaxis] + np.arange(4, 10)]
    np.testing.assert_allclose(forecasts, expected)


def test_the_last_value_is_adjusted_and_not_the_whole_season():
    values = seasonal(7)
    values[60] *= 2
    before, after = (
        naive2(v, [60], horizon=3, season=7)
        for v in (np.append(values[:60], values[60] / 2), values)
    )
    # Factors come from all rows, so they move a little with this one.
    np.testing.assert_allclose(after / before, 2, rtol=0.2)


@pytest.mark.parametrize(
    "values",
    [NOISE[:47] + 20, np.full(70, 3.0), seasonal(12)[:35], seasonal(12) - 1.0],
    ids=["no season", "no change", "two seasons", "below 0"],
)
def test_without_a_season_that_shows_it_is_the_naive_method(values):
    cutoffs = [len(values) - 1]
    assert not is_seasonal(values, 12)
    np.testing.assert_array_equal(
        naive2(values, cutoffs, horizon=4, season=12),
        naive(values, cutoffs, horizon=4),
    )


def test_it_looks_at_no_row_after_a_cutoff():
    values = seasonal(7)
    changed = np.where(ROWS > 40, np.nan, values)
    np.testing.assert_array_equal(
        naive2(values, [30, 40], horizon=9, season=7),
        naive2(changed, [30, 40], horizon=9, season=7),
    )


def test_a_missing_value_is_named():
    values = seasonal(7)
    values[12] = np.nan
    with pytest.raises(ValueError, match=r"`values` must be finite.*\(12,\)"):
        naive2(values, [30], horizon=1, season=7)
