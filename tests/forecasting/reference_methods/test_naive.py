# SPDX-License-Identifier: Apache-2.0
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.datasets import co2

from keras_rnn.data import Columns, Split, Windows, prepare
from keras_rnn.forecasting import (
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.metrics import mae

METHODS = {
    "naive": naive,
    "drift": drift,
    "seasonal_naive": partial(seasonal_naive, season=3),
    "seasonal_naive_drift": partial(seasonal_naive_drift, season=3),
}
every_method = pytest.mark.parametrize(
    "method", METHODS.values(), ids=METHODS.keys()
)


def test_naive_repeats_the_last_value():
    forecasts = naive([3, 1, 4, 1, 5], [0, 2, 4], horizon=2)
    assert forecasts.tolist() == [[3, 3], [4, 4], [5, 5]]


def test_drift_continues_the_line_through_the_first_and_the_last_value():
    # From 1 in row 0 to 7 in row 3: 2 per row.
    forecasts = drift([1, 9, 9, 7, 0], [3], horizon=3)
    assert forecasts.tolist() == [[9, 11, 13]]


def test_drift_counts_the_rows_of_the_gap():
    forecasts = drift([1, 9, 9, 7, 0], [3], horizon=2, gap=2)
    assert forecasts.tolist() == [[13, 15]]


def test_seasonal_naive_repeats_the_last_season():
    values = [10, 20, 30, 11, 21, 31, 12]
    forecasts = seasonal_naive(values, [2, 5, 6], horizon=4, season=3)
    assert forecasts.tolist() == [
        [10, 20, 30, 10],
        [11, 21, 31, 11],
        [21, 31, 12, 21],
    ]


def test_seasonal_naive_drift_adds_the_last_change_once_per_season():
    values = [10, 20, 30, 12, 22, 32]
    forecasts = seasonal_naive_drift(values, [5], horizon=7, season=3)
    # Each season ahead lies 2 higher than the one before.
    assert forecasts.tolist() == [[14, 24, 34, 16, 26, 36, 18]]


@every_method
def test_a_gap_is_a_longer_horizon_without_its_first_steps(method):
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    whole = method(values, [4, 6], horizon=9)
    assert whole.shape == (2, 9)
    np.testing.assert_array_equal(
        method(values, [4, 6], horizon=4, gap=5), whole[:, 5:]
    )


def test_a_season_and_a_steady_trend_are_forecast_without_error():
    rows = np.arange(40)
    values = np.array([0.0, 5.0, -2.0])[rows % 3] + 0.5 * rows
    cutoffs = np.arange(3, 30)
    forecasts = seasonal_naive_drift(values, cutoffs, horizon=10, season=3)
    actual = values[cutoffs[:, np.newaxis] + np.arange(1, 11)]
    np.testing.assert_allclose(forecasts, actual, rtol=1e-12)


@given(
    st.lists(st.integers(-99, 99), min_size=12, max_size=12),
    st.integers(1, 4),
    st.integers(1, 9),
    st.integers(0, 5),
)
def test_seasonal_forecasts_are_those_of_a_loop(values, season, horizon, gap):
    cutoff = 8
    plain, with_change = [], []
    for step in range(1, horizon + 1):
        row, seasons = cutoff + gap + step, 0
        while row > cutoff:
            row, seasons = row - season, seasons + 1
        change = values[cutoff] - values[cutoff - season]
        plain.append(values[row])
        with_change.append(values[row] + seasons * change)
    options = {"horizon": horizon, "season": season, "gap": gap}
    assert seasonal_naive(values, [cutoff], **options).tolist() == [plain]
    assert seasonal_naive_drift(values, [cutoff], **options).tolist() == [
        with_change
    ]


@every_method
def test_nothing_after_a_cutoff_moves_its_forecast(method):
    values = np.random.default_rng(0).normal(size=20)
    cutoffs = np.arange(3, 20)
    forecasts = method(values, cutoffs, horizon=8)
    for row, cutoff in enumerate(cutoffs):
        changed = values.copy()
        changed[cutoff + 1 :] = np.nan
        np.testing.assert_array_equal(
            method(changed, [cutoff], horizon=8)[0], forecasts[row]
        )


@pytest.mark.parametrize(
    ("method", "first"),
    [
        (naive, 0),
        (drift, 1),
        (METHODS["seasonal_naive"], 2),
        (METHODS["seasonal_naive_drift"], 3),
    ],
    ids=METHODS.keys(),
)
def test_the_first_possible_cutoff_is_named(method, first):
    values = np.arange(8.0)
    assert np.isfinite(method(values, [first], horizon=7)).all()
    message = f"between {first}, .* and 7, .*Received: {first - 1}"
    with pytest.raises(ValueError, match=message):
        method(values, [7, first - 1], horizon=1)
    with pytest.raises(ValueError, match="Received: 8"):
        method(values, [7, 8], horizon=1)


@every_method
def test_no_cutoffs_give_no_forecasts(method):
    none = np.array([], dtype=np.int64)
    assert method(np.arange(8.0), none, horizon=2).shape == (0, 2)


@every_method
@pytest.mark.parametrize("cutoffs", [3, [[3]], [3.0], ["3"]])
def test_cutoffs_are_row_positions(method, cutoffs):
    with pytest.raises(ValueError, match="`cutoffs` must be row positions"):
        method(np.arange(8.0), cutoffs, horizon=1)


@every_method
def test_values_are_one_series(method):
    with pytest.raises(ValueError, match=r"`values` must have shape \(rows,"):
        method(np.zeros((8, 1)), [3], horizon=1)


@every_method
@pytest.mark.parametrize(("name", "value"), [("horizon", 0), ("gap", -1)])
def test_lengths_out_of_range_are_refused(method, name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        method(np.arange(8.0), [3], **{"horizon": 1, name: value})


@pytest.mark.parametrize("method", [seasonal_naive, seasonal_naive_drift])
def test_the_season_is_a_positive_integer(method):
    with pytest.raises(ValueError, match="`season` must be a positive int"):
        method(np.arange(8.0), [3], horizon=1, season=0)


@pytest.mark.parametrize(
    ("horizon", "origins", "expected"),
    [(52, 406, [2.6842, 1.7162, 0.8069]), (1, 457, [0.4046, 1.6503, 0.4895])],
)
def test_errors_on_weekly_carbon_dioxide(horizon, origins, expected):
    # Measured once and kept: 2284 weeks of the co2 set of statsmodels, holes
    # filled linearly, the last fifth as the test part.
    frame = co2.load_pandas().data.interpolate()
    test = prepare(
        frame,
        Columns("co2"),
        Windows(lookback=104, horizon=horizon),
        split=Split(test=0.2),
    ).test
    assert len(test) == origins
    values, options = frame["co2"], {"horizon": horizon}
    errors = [
        mae(test.actual[:, :, 0], forecasts)
        for forecasts in (
            naive(values, test.cutoffs, **options),
            seasonal_naive(values, test.cutoffs, season=52, **options),
            seasonal_naive_drift(values, test.cutoffs, season=52, **options),
        )
    ]
    assert errors == pytest.approx(expected, abs=5e-5)
