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


def test_a_forecaster_is_fitted_on_a_folder(tmp_path):
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    frame = pd.concat(
        pd.DataFrame({"y": np.sin(np.arange(60.0) + k), "shop": name}, days)
        for k, name in enumerate(["b", "a"])
    )
    for number, rows in enumerate((slice(0, 80), slice(80, 120))):
        frame.iloc[rows].to_parquet(tmp_path / f"part-{number}.parquet")
    forecasts = [
        Forecaster(
            horizon=2,
            lookback=4,
            columns=Columns("y", series="shop"),
            network=Stack("lstm", units=2),
            training=Training(epochs=1),
        )
        .fit(given)
        .predict()
        for given in (frame, str(tmp_path))
    ]
    pd.testing.assert_frame_equal(*forecasts)


def test_a_folder_needs_the_role_of_each_column(tmp_path):
    with pytest.raises(TypeError, match="`columns` must be of type Columns"):
        Forecaster(horizon=2, lookback=4).fit(tmp_path)


def test_future_covariates_are_read_from_a_file_too(tmp_path):
    days = pd.date_range("2024-01-01", periods=62, freq="D")
    frame = pd.concat(
        pd.DataFrame(
            {"y": np.sin(np.arange(62.0)), "price": k + 0.1, "shop": name}, days
        )
        for k, name in enumerate(["b", "a"])
    )
    forecaster = Forecaster(
        horizon=2,
        lookback=4,
        columns=Columns("y", future="price", series="shop"),
        network=Stack("elman", units=2),
        training=Training(epochs=1),
    ).fit(frame[frame.index < days[60]])
    future = frame.loc[frame.index >= days[60], ["price", "shop"]]
    future.to_parquet(tmp_path / "future.parquet")
    forecasts = [
        forecaster.predict(future=given)
        for given in (future, tmp_path / "future.parquet", str(tmp_path))
    ]
    for forecast in forecasts[1:]:
        pd.testing.assert_frame_equal(forecast, forecasts[0])
