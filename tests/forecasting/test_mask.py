# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.models import Stack

# One epoch is for speed, not for good forecasts.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The forecaster does not beat:UserWarning"
)


def frame_with_holes():
    days = pd.date_range("2024-01-01", periods=120, freq="D")
    values = 5 + np.random.default_rng(0).normal(size=(120, 2)).cumsum(axis=0)
    frame = pd.DataFrame(values, days, columns=["y", "p"])
    frame.loc[np.random.default_rng(1).random(120) < 0.2, "y"] = np.nan
    frame.iloc[40:55] = np.nan  # longer than lookback and horizon
    frame.iloc[-1] = np.nan
    return frame


def fitted(frame, **settings):
    return Forecaster(
        horizon=2,
        lookback=6,
        columns=Columns("y", past="p"),
        network=Stack("lstm", units=2),
        gaps="mask",
        intervals=(0.8,),
        training=Training(epochs=1),
        **settings,
    ).fit(frame)


@pytest.mark.parametrize("strategy", ["direct", "encoder_decoder"])
def test_holes_are_left_out_of_fit_predict_and_backtest(strategy, tmp_path):
    frame = frame_with_holes()
    forecaster = fitted(frame, strategy=strategy)
    forecast = forecaster.predict()
    assert np.isfinite(forecast.to_numpy()).all()
    assert forecast.index[0] == frame.index[-1] + pd.Timedelta("1D")
    result = forecaster.backtest(frame, start=frame.index[100])
    assert np.isfinite(result.scores[["MAE", "RMSE"]].to_numpy()).all()
    assert np.isfinite(result.forecasts["forecast"]).all()
    forecaster.save(tmp_path / "y.forecaster")
    again = Forecaster.load(tmp_path / "y.forecaster").predict(frame)
    pd.testing.assert_frame_equal(again, forecaster.predict(frame))


def test_a_row_that_is_not_there_is_one_of_missing_values():
    frame = frame_with_holes()
    rows = frame.drop(frame.index[40:55])
    pd.testing.assert_frame_equal(
        fitted(frame).predict(), fitted(rows).predict()
    )
