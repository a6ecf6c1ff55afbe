# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.metrics import mase, owa, rmsse, smape

VALUES = st.floats(-1e3, 1e3)


def test_the_symmetric_error_is_that_of_m4():
    # 200 · 1 / 3 and 200 · 2 / 10.
    assert smape([1.0, 4.0], [2.0, 6.0]) == pytest.approx((200 / 3 + 40) / 2)


def test_nothing_forecast_where_nothing_happened_is_perfect():
    assert smape([0.0, 0.0], [0.0, 1.0]) == 100.0


@given(arrays(np.float64, 8, elements=VALUES))
def test_the_symmetric_error_is_symmetric_and_bounded(values):
    actual, forecast = values[:4], values[4:]
    error = smape(actual, forecast)
    assert 0 <= error <= 200 + 1e-9
    assert smape(forecast, actual) == error
    assert smape(-forecast, -actual) == error


def test_the_squared_scaled_error_is_that_of_m5():
    # Steps of 1, 3 and −2: a scale of 14 / 3; errors of 2 and 4: 10.
    error = rmsse([0.0, 0.0], [2.0, 4.0], history=[0, 1, 4, 2])
    assert error == pytest.approx(np.sqrt(10 / (14 / 3)))


def test_every_target_has_a_root_of_its_own():
    history = np.array([[0.0, 0.0], [1.0, 10.0]])
    actual = np.zeros((2, 3, 2))
    # Errors of 2 and 40 on scales of 1 and 10: 2 and 4.
    forecast = actual + np.array([2.0, 40.0])
    assert rmsse(actual, forecast, history=history) == 3.0


def test_one_history_scales_every_axis():
    actual = np.zeros((2, 3))
    assert rmsse(actual, actual + 4, history=[0.0, 1.0, 2.0], season=2) == 2.0


@given(
    arrays(np.float64, 6, elements=VALUES),
    arrays(np.float64, 8, elements=VALUES),
    st.floats(1e-2, 1e2),
)
def test_the_squared_scaled_error_has_no_unit(values, history, scale):
    assume(np.abs(np.diff(history)).mean() > 1e-2)
    actual, forecast = values[:3], values[3:]
    assert rmsse(
        actual * scale, forecast * scale, history=history * scale
    ) == pytest.approx(rmsse(actual, forecast, history=history), rel=1e-6)


def test_a_history_without_a_step_cannot_scale():
    with pytest.raises(ValueError, match="Use `rmse` or another"):
        rmsse([0.0], [1.0], history=[2.0, 2.0])
    with pytest.raises(ValueError, match="season=3 needs 4"):
        rmsse([0.0], [1.0], history=[2.0, 1.0], season=3)


def test_the_overall_average_weighs_both_measures_alike():
    actual, forecast, reference = [10.0, 10.0], [10.0, 12.0], [6.0, 10.0]
    history = [1.0, 3.0, 2.0]
    options = {"history": history, "season": 1}
    both = (
        smape(actual, forecast) / smape(actual, reference)
        + mase(actual, forecast, **options) / mase(actual, reference, **options)
    ) / 2
    # sMAPE 200 / 11 / 2 against 50 / 2, MASE 1 against 2 of the same scale.
    assert both == pytest.approx((200 / 11 / 50 + 1 / 2) / 2)
    assert owa(actual, forecast, reference=reference, **options) == both
    assert owa(actual, reference, reference=reference, **options) == 1.0


def test_a_perfect_reference_cannot_be_compared_with():
    with pytest.raises(ValueError, match="`reference` makes no error"):
        owa([1.0], [2.0], reference=[1.0], history=[0.0, 1.0], season=1)


@pytest.mark.parametrize(
    "metric", [smape, lambda a, f: rmsse(a, f, history=[0.0, 1.0])]
)
def test_both_must_have_the_same_shape(metric):
    with pytest.raises(ValueError, match="same shape"):
        metric(np.zeros((3, 1)), np.zeros(3))
