# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

HOLIDAYS = ["2024-03-29", "2024-05-27"]
TRADING = pd.offsets.CustomBusinessDay(holidays=HOLIDAYS)
DAYS = pd.date_range("2024-02-01", periods=82, freq=TRADING)


def stocks(gap=()):
    prices = 10 + np.random.default_rng(0).normal(size=len(DAYS))
    whole = pd.DataFrame({"stock": "a", "y": prices}, DAYS)
    other = pd.DataFrame({"stock": "b", "y": 3 * prices}, DAYS)
    return pd.concat([whole, other.drop(DAYS[list(gap)])])


@pytest.mark.parametrize(
    ("gaps", "gap"), [("refuse", ()), ("mask", [30, 31]), ("mask", [76])]
)
def test_many_series_of_trading_days_go_all_the_way(tmp_path, gaps, gap):
    frame = stocks(gap)
    forecaster = Forecaster(
        horizon=3,
        lookback=5,
        columns=Columns("y", series="stock", freq=TRADING),
        network=Stack("lstm", units=2),
        gaps=gaps,
        training=Training(epochs=1),
    )
    forecast = forecaster.fit(frame[frame.index <= DAYS[79]]).predict()
    assert str(DAYS[79].date()) == "2024-05-23"
    # 2024-05-27 is a holiday, and follows a weekend.
    ahead = ["2024-05-24", "2024-05-28", "2024-05-29"]
    for name in "ab":
        assert [str(day.date()) for day in forecast.loc[name].index] == ahead

    forecaster.save(tmp_path / "stocks.forecaster")
    loaded = Forecaster.load(tmp_path / "stocks.forecaster")
    assert loaded.columns == forecaster.columns
    pd.testing.assert_frame_equal(loaded.predict(), forecast)
    after = loaded.predict(frame).index.get_level_values(1)
    assert set(DAYS) & set(after) == set()
    table = loaded.backtest(frame, DAYS[77]).forecasts
    assert set(table["timestamp"]) <= set(DAYS)
    assert set(table["series"]) == {"a", "b"}
