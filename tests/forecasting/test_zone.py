# SPDX-License-Identifier: Apache-2.0
"""Forecasts from rows in another zone are those of the same instants."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

ZONE = "Asia/Kolkata"

pytestmark = pytest.mark.filterwarnings("ignore:The forecaster does not beat")


def frame():
    hours = pd.date_range("2024-06-01", periods=150, freq="h", tz=ZONE)
    daily = np.sin(hours.hour / 24 * 2 * np.pi)
    return pd.DataFrame({"y": 10 + daily, "p": hours.hour % 5}, index=hours)


@pytest.fixture(scope="module")
def fitted():
    forecaster = Forecaster(
        horizon=2,
        lookback=5,
        columns=Columns("y", future="p"),
        calendar="hour",
        network=Stack("elman", units=2),
        training=Training(epochs=1),
    )
    return forecaster.fit(frame()[:100], validation=20)


def test_a_forecast_comes_in_the_zone_of_the_fit(fitted):
    past, future = frame()[:120], frame()[120:122]
    here = fitted.predict(past, future=future)
    there = fitted.predict(
        past.tz_convert("UTC"), future=future.tz_convert("America/New_York")
    )
    pd.testing.assert_frame_equal(there, here)
    assert here.index.equals(future.index)


def test_a_backtest_reads_the_same_instants(fitted):
    start = frame().index[130]
    here, there = (
        fitted.backtest(rows, start, stride=3)
        for rows in (frame(), frame().tz_convert("UTC"))
    )
    pd.testing.assert_frame_equal(there.forecasts, here.forecasts)
    pd.testing.assert_frame_equal(there.scores, here.scores)


def test_a_refit_learns_the_calendar_of_the_same_zone(fitted):
    start = frame().index[146]
    here, there = (
        fitted.backtest(rows, start, stride=9, refit=True).forecasts
        for rows in (frame(), frame().tz_convert("UTC"))
    )
    pd.testing.assert_frame_equal(there, here)
