# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.forecasting import arima

PERIOD = 12
ROWS = np.arange(200)
#: A trend and a wave, with a little noise that a seed makes repeatable.
VALUES = (
    0.1 * ROWS
    + np.sin(2 * np.pi * ROWS / PERIOD)
    + 0.01 * np.random.default_rng(0).normal(size=len(ROWS))
)
CUTOFFS = np.array([150, 160, 170])


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
        ({"num_waves": 1.5}, "`num_waves` must be a positive integer"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    settings = {"horizon": 12, "period": PERIOD, "num_waves": 1, **change}
    with pytest.raises(ValueError, match=message):
        arima(VALUES, CUTOFFS, **settings)
