# SPDX-License-Identifier: Apache-2.0
"""From a frame to a forecast, and from a task to a leaderboard."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack
from keras_rnn.tuning import CrossValidation, Forecast, search_cells


def frame(rows=72):
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    weekly = np.sin(2 * np.pi * np.arange(rows) / 7)
    return pd.DataFrame({"sales": 50 + 5 * weekly}, index=days)


# Three epochs need not beat anything.
@pytest.mark.filterwarnings("ignore:The forecaster does not beat")
def test_forecaster(tmp_path):
    forecaster = Forecaster(
        horizon=2,
        lookback=7,
        network=Stack("elman", units=4),
        intervals=(0.8,),
        training=Training(epochs=3, batch_size=16),
    )
    forecast = forecaster.fit(frame()).predict()
    assert list(forecast.index) == list(
        pd.date_range(frame().index[-1], periods=3, freq="D")[1:]
    )
    assert list(forecast.columns) == [
        "sales",
        "sales_lower_80",
        "sales_upper_80",
    ]
    # In the data's units, which lie between 45 and 55.
    assert forecast["sales"].between(30, 70).all()
    forecaster.save(tmp_path / "sales")
    loaded = Forecaster.load(tmp_path / "sales")
    pd.testing.assert_frame_equal(loaded.predict(), forecast)


def test_search_cells(tmp_path):
    search = search_cells(
        Forecast(
            frame(), Columns("sales"), Windows(lookback=7, horizon=2), season=7
        ),
        cells=["elman", "jordan"],
        validation=CrossValidation(folds=2),
        units=3,
        epochs=1,
        directory=tmp_path,
        verbose=0,
    )
    board = search.leaderboard()
    assert {"elman", "jordan"} <= set(board.astype(str).to_numpy().ravel())
    model, latest = search.best_model(), search.best_data().latest
    forecast = latest.forecasts(model.predict(latest.dataset(1), verbose=0))
    assert list(forecast["timestamp"]) == list(
        pd.date_range(frame().index[-1], periods=3, freq="D")[1:]
    )
    assert np.isfinite(forecast["forecast"]).all()
