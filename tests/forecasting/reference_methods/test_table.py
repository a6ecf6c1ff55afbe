# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np
import pytest

from keras_rnn import forecasting
from keras_rnn.forecasting import (
    arima,
    ets,
    naive,
    references,
    seasonal_naive_drift,
)
from keras_rnn.forecasting.reference_methods.table import FITTED, METHODS

ROWS = np.arange(80)
VALUES = (
    10
    + 0.1 * ROWS
    + np.sin(np.pi * ROWS / 3)
    + 0.1 * np.random.default_rng(0).normal(size=80)
)
CUTOFFS = np.array([50, 60])
OPTIONS = {"horizon": 4, "gap": 1}


def test_each_method_is_public_under_its_name():
    for name, method in METHODS.items():
        assert getattr(forecasting, name) is method.forecast


def test_they_are_the_methods_themselves():
    found = references(VALUES, CUTOFFS, season=6, **OPTIONS)
    assert list(found) == [n for n, m in METHODS.items() if not m.fitted]
    np.testing.assert_array_equal(
        found["naive"], naive(VALUES, CUTOFFS, **OPTIONS)
    )
    np.testing.assert_array_equal(
        found["seasonal_naive_drift"],
        seasonal_naive_drift(VALUES, CUTOFFS, season=6, **OPTIONS),
    )


def test_fitted_methods_are_there_when_asked_for():
    found = references(
        VALUES, CUTOFFS, season=6, fitted=("ets", "arima"), **OPTIONS
    )
    np.testing.assert_array_equal(
        found["ets"], ets(VALUES, CUTOFFS, season=6, **OPTIONS)
    )
    np.testing.assert_allclose(
        found["arima"],
        arima(VALUES, CUTOFFS, period=6, num_waves=2, **OPTIONS),
    )


@pytest.mark.parametrize("season", [1, 2])
def test_every_method_goes_without_a_season(season):
    found = references(VALUES, CUTOFFS, season=season, fitted=FITTED, **OPTIONS)
    assert list(found) == list(METHODS)
    for forecast in found.values():
        assert forecast.shape == (2, 4)
        assert np.isfinite(forecast).all()


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="`fitted` must be one of 'ets', 'ar"):
        references(VALUES, CUTOFFS, season=6, fitted="prophet", **OPTIONS)


def test_fitted_methods_say_that_they_need_statsmodels(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    with pytest.raises(ImportError, match="`fitted` must do without 'ets'"):
        references(VALUES, CUTOFFS, season=6, fitted="ets", **OPTIONS)
    assert "naive" in references(VALUES, CUTOFFS, season=6, **OPTIONS)


def test_a_missing_value_is_the_last_known_one_of_its_season():
    values = VALUES.copy()
    values[[44, 45, 50]] = np.nan
    found = references(values, CUTOFFS, season=6, fitted="ets", **OPTIONS)
    filled = VALUES.copy()
    filled[[44, 45, 50]] = VALUES[[38, 39, 38]]  # row 44 is missing, too
    expected = references(filled, CUTOFFS, season=6, fitted="ets", **OPTIONS)
    for name, forecast in expected.items():
        np.testing.assert_array_equal(found[name], forecast)


def test_missing_values_leave_the_future_where_it_is():
    values = VALUES.copy()
    values[58:61] = np.nan
    changed = values.copy()
    changed[61:] = 1e6
    one, other = (
        references(rows, CUTOFFS, season=6, fitted=FITTED, **OPTIONS)
        for rows in (values, changed)
    )
    assert list(one) == list(METHODS)
    for name, forecast in one.items():
        np.testing.assert_array_equal(other[name], forecast)
