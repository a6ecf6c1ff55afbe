# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.forecasting import arima

PERIOD = 12
ROWS = np.arange(200)
#: A trend and a wave, with a little noise that a seed makes repeatable.
NOISE = 0.01 * np.random.default_rng(0).normal(size=len(ROWS))
VALUES = 0.1 * ROWS + np.sin(2 * np.pi * ROWS / PERIOD) + NOISE
CUTOFFS = np.array([150, 160, 170])
NO_WAVES = {"horizon": 2, "period": 1, "num_waves": 0}


def forecast(values):
    return arima(values, CUTOFFS, horizon=12, period=PERIOD, num_waves=1)


def test_it_continues_a_trend_and_a_wave():
    actual = VALUES[CUTOFFS[:, None] + np.arange(1, 13)]
    assert np.abs(forecast(VALUES) - actual).max() < 0.1


def test_nothing_after_a_cutoff_moves_its_forecast():
    changed = VALUES.copy()
    changed[CUTOFFS[1] + 1 :] += 100
    before, after = forecast(VALUES), forecast(changed)
    np.testing.assert_allclose(after[:2], before[:2])
    assert not np.allclose(after[2], before[2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 0}, "`horizon` must be a positive integer"),
        ({"period": -1}, "`period` must be a finite number above 0"),
        ({"num_waves": 1.5}, "`num_waves` must be an integer of at least 0"),
        ({"gap": -1}, "`gap` must be an integer of at least 0"),
        ({"order": (1, 1)}, "`order` must be three integers"),
        ({"order": (1, -1, 0)}, "`order` must be an integer of at least 0"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    settings = {"horizon": 12, "period": PERIOD, "num_waves": 1, **change}
    with pytest.raises(ValueError, match=message):
        arima(VALUES, CUTOFFS, **settings)


def test_a_gap_is_a_longer_horizon_without_its_first_steps():
    options = {"period": PERIOD, "num_waves": 1}
    whole = arima(VALUES, CUTOFFS, horizon=5, **options)
    found = arima(VALUES, CUTOFFS, horizon=2, gap=3, **options)
    np.testing.assert_allclose(found, whole[:, 3:])


def test_the_last_row_is_a_cutoff_like_any_other():
    options = {"horizon": 12, "period": PERIOD, "num_waves": 1}
    found = arima(VALUES[:171], CUTOFFS, **options)
    np.testing.assert_allclose(found, forecast(VALUES), rtol=1e-6)


def test_the_order_of_cutoffs_plays_no_part():
    options = {"horizon": 2, "period": PERIOD, "num_waves": 1}
    found = arima(VALUES, CUTOFFS[::-1], **options)
    np.testing.assert_allclose(
        found[::-1], arima(VALUES, CUTOFFS, **options), rtol=1e-6
    )


def test_no_cutoffs_give_no_forecasts():
    none = np.array([], dtype=np.int64)
    assert arima(VALUES, none, **NO_WAVES).shape == (0, 2)


def test_cutoffs_outside_the_series_or_too_early_are_refused():
    with pytest.raises(ValueError, match="`cutoffs` must lie between 5,"):
        arima(VALUES, [4], **NO_WAVES)
    with pytest.raises(ValueError, match="Received: 200"):
        arima(VALUES, [200], **NO_WAVES)


@pytest.mark.parametrize("order", [(1, 0, 0), (0, 1, 1), (0, 2, 1)])
def test_a_line_is_continued_under_any_number_of_differences(order):
    found = arima(0.5 * ROWS + NOISE, [150], order=order, **NO_WAVES)
    np.testing.assert_allclose(found, [[75.5, 76.0]], atol=0.1)


def test_the_first_possible_cutoff_gives_a_forecast():
    assert np.isfinite(arima(VALUES, [5], **NO_WAVES)).all()
