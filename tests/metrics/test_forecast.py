# SPDX-License-Identifier: Apache-2.0
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.metrics import mae, mase, rmse
from keras_rnn.metrics.forecast import naive_scale

VALUES = st.floats(-1e3, 1e3)
METRICS = [
    mae,
    rmse,
    lambda actual, forecast: mase(
        actual, forecast, history=[0.0, 1.0], season=1
    ),
]


def test_the_mean_absolute_error_is_the_mean_of_absolute_errors():
    assert mae([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [6.0, 5.0]]) == 1.5


def test_the_root_mean_squared_error_weighs_large_errors_more():
    # Errors 1 and 7: root of (1 + 49) / 2.
    assert rmse([1.0, 8.0], [0.0, 1.0]) == 5.0


def test_the_scaled_error_is_one_for_the_error_of_the_naive_method():
    # The naive method misses this history by 1, 3 and 2, on average by 2.
    assert mase([10.0], [12.0], history=[0, 1, 4, 2], season=1) == 1.0
    assert mase([10.0], [11.0], history=[0, 1, 4, 2], season=1) == 0.5


def test_the_scale_compares_rows_one_season_apart():
    # Rows two apart differ by 4 and 1, on average by 2.5.
    assert mase([0.0], [5.0], history=[0, 1, 4, 2], season=2) == 2.0


def test_every_target_is_scaled_by_its_own_history():
    history = np.array([[0.0, 0.0], [1.0, 10.0]])
    actual = np.zeros((2, 3, 2))
    # Errors of 2 and 40 on scales of 1 and 10: scaled errors of 2 and 4.
    forecast = actual + np.array([2.0, 40.0])
    assert mase(actual, forecast, history=history, season=1) == 3.0


def test_one_history_scales_every_axis():
    actual = np.zeros((2, 3))
    assert mase(actual, actual + 4.0, history=[0.0, 2.0], season=1) == 2.0


@pytest.mark.parametrize("metric", METRICS, ids=["mae", "rmse", "mase"])
def test_a_perfect_forecast_has_no_error(metric):
    assert metric(np.arange(6.0), np.arange(6.0)) == 0.0


@given(arrays(np.float64, 8, elements=VALUES), st.floats(-1e3, 1e3))
def test_errors_do_not_depend_on_the_level(values, level):
    actual, forecast = values[:4], values[4:]
    for metric in (mae, rmse):
        shifted = metric(actual + level, forecast + level)
        assert shifted == pytest.approx(metric(actual, forecast), abs=1e-9)


@given(arrays(np.float64, 8, elements=VALUES))
def test_the_mean_absolute_error_never_exceeds_the_root_mean_square(values):
    actual, forecast = values[:4], values[4:]
    assert mae(actual, forecast) <= rmse(actual, forecast) + 1e-9


@given(
    arrays(np.float64, 6, elements=VALUES),
    arrays(np.float64, 8, elements=VALUES),
    st.floats(1e-3, 1e3),
    st.floats(-1e3, 1e3),
    st.integers(1, 4),
)
def test_the_scaled_error_has_no_unit(values, history, scale, level, season):
    assume(np.abs(history[season:] - history[:-season]).mean() > 1e-3)
    actual, forecast = values[:3], values[3:]
    other_unit = mase(
        actual * scale + level,
        forecast * scale + level,
        history=history * scale + level,
        season=season,
    )
    assert other_unit == pytest.approx(
        mase(actual, forecast, history=history, season=season), rel=1e-4
    )


@pytest.mark.parametrize("metric", METRICS, ids=["mae", "rmse", "mase"])
def test_shapes_must_be_the_same(metric):
    message = "same shape. Received: (3, 1) and (3,)."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(np.zeros((3, 1)), np.zeros(3))


@pytest.mark.parametrize("metric", METRICS, ids=["mae", "rmse", "mase"])
def test_there_must_be_a_value(metric):
    with pytest.raises(ValueError, match="at least one value"):
        metric(np.zeros((0, 2)), np.zeros((0, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_known_yet_cannot_be_judged(bad):
    actual = np.zeros((2, 3))
    actual[1, 2] = bad
    message = f"`actual` must be finite. Received: {bad} at position (1, 2)."
    with pytest.raises(ValueError, match=re.escape(message)):
        mae(actual, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="`forecast` must be finite"):
        mae(np.zeros((2, 3)), actual)


def test_a_history_with_a_hole_is_refused():
    with pytest.raises(ValueError, match="`history` must be finite"):
        mase([0.0], [1.0], history=[0.0, np.nan, 1.0], season=1)


def test_the_history_must_be_longer_than_a_season():
    message = "`history` has 3 rows; season=3 needs 4."
    with pytest.raises(ValueError, match=message):
        mase([0.0], [1.0], history=[0.0, 1.0, 2.0], season=3)


@pytest.mark.parametrize("shape", [(5, 3), (5, 2, 2), ()])
def test_the_history_must_have_the_targets_of_actual(shape):
    actual = np.zeros((4, 2))
    with pytest.raises(ValueError, match=r"`history` must have shape \(rows,"):
        mase(actual, actual, history=np.zeros(shape), season=1)


def test_a_history_that_repeats_itself_cannot_scale():
    with pytest.raises(ValueError, match="repeats itself every 2 rows"):
        mase([0.0], [1.0], history=[1.0, 2.0, 1.0, 2.0], season=2)


@pytest.mark.parametrize("season", [0, 1.5])
def test_the_season_is_a_positive_integer(season):
    with pytest.raises(ValueError, match="`season` must be a positive int"):
        mase([0.0], [1.0], history=[0.0, 1.0, 2.0], season=season)


def test_a_scale_counts_pairs_of_known_rows_only():
    history = np.array([[1.0, 5.0], [2.0, np.nan], [5.0, 2.0], [4.0, 8.0]])
    # Steps of 1, 3 and −1, and of 6.
    np.testing.assert_allclose(naive_scale(history, 1), [5 / 3, 6.0])
    np.testing.assert_allclose(naive_scale(history, 1, power=2), [11 / 3, 36])


@pytest.mark.parametrize(
    "history", [[1.0, 2.0, 1.0, 2.0], [1.0, 2.0], [1.0, np.nan, np.nan, 3.0]]
)
def test_a_history_without_an_error_has_no_scale(history):
    assert np.isnan(naive_scale(np.array(history), 2))
