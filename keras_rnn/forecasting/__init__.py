# SPDX-License-Identifier: Apache-2.0
"""Dated forecasts, and the simple ones they are compared with."""

from keras_rnn.forecasting.arima import arima
from keras_rnn.forecasting.baselines import (
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.forecasting.plots import plot_fan, plot_ranking

__all__ = [
    "arima",
    "drift",
    "naive",
    "plot_fan",
    "plot_ranking",
    "seasonal_naive",
    "seasonal_naive_drift",
]
