# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.metrics import coverage, mae, pinball, weighted_quantile_loss

VALUES = st.floats(-1e3, 1e3)


def test_missing_low_costs_the_level_and_missing_high_the_rest():
    assert pinball([10.0], [[8.0]], levels=[0.9]) == pytest.approx(2 * 0.9)
    assert pinball([10.0], [[12.0]], levels=[0.9]) == pytest.approx(2 * 0.1)
    both = pinball([10.0], [[8.0, 12.0]], levels=[0.1, 0.9])
    assert both == pytest.approx(0.2)


@given(arrays(np.float64, 8, elements=VALUES))
def test_the_loss_of_the_median_is_half_the_absolute_error(values):
    actual, forecast = values[:4], values[4:]
    assert pinball(actual, forecast[:, None], levels=[0.5]) == pytest.approx(
        mae(actual, forecast) / 2
    )


@given(arrays(np.float64, 9, elements=VALUES), VALUES, st.floats(0.05, 0.95))
def test_no_constant_beats_the_quantile_of_the_sample(values, other, level):
    def loss(constant):
        return pinball(values, np.full((9, 1), constant), levels=[level])

    best = np.quantile(values, level, method="inverted_cdf")
    assert loss(best) <= loss(other) + 1e-9


def test_the_weighted_loss_is_a_share_of_what_happened():
    actual = np.array([[1.0, -3.0]])
    forecast = np.array([[[2.0, 3.0], [-3.0, -1.0]]])
    # Errors −1, −2, 0, −2 at levels 0.5, 0.75: losses 0.5, 0.5, 0, 0.5.
    loss = weighted_quantile_loss(actual, forecast, levels=(0.5, 0.75))
    assert loss == pytest.approx((2 * 0.5 / 4 + 2 * 1.0 / 4) / 2)
    with pytest.raises(ValueError, match="0 everywhere"):
        weighted_quantile_loss([0.0], [[1.0]], levels=[0.5])


def test_coverage_counts_the_bounds():
    assert coverage([0.0, 1.0, 2.0, 3.0], [1.0] * 4, [2.0] * 4) == 0.5
    assert coverage([0.0], [-np.inf], [np.inf]) == 1.0


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match=r"2\.0 and 1\.0 at position \(1,\)"):
        coverage([0.0, 0.0], [0.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"nan and 1\.0"):
        coverage([0.0], [np.nan], [1.0])
    with pytest.raises(ValueError, match="the same shape"):
        coverage([0.0, 1.0], [0.0], [1.0])


@pytest.mark.parametrize(
    "levels", [0.5, [], [0.0], [1.0], [0.5, 0.5], [0.9, 0.1], ["a"], [np.nan]]
)
def test_levels_increase_between_zero_and_one(levels):
    with pytest.raises(ValueError, match="`levels` must be increasing num"):
        pinball([1.0], [[1.0]], levels=levels)


def test_quantiles_have_an_axis_of_levels():
    with pytest.raises(ValueError, match=r"axis of levels: \(2, 3\)"):
        pinball([1.0, 2.0], [1.0, 2.0], levels=(0.1, 0.5, 0.9))
