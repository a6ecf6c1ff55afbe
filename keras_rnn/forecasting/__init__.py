# SPDX-License-Identifier: Apache-2.0
"""Forecasts with dates, and the reference methods that they have to beat."""

from typing import TYPE_CHECKING

from keras_rnn import _names
from keras_rnn.forecasting.backtests.backtest import Backtest
from keras_rnn.forecasting.forecaster import Forecaster
from keras_rnn.forecasting.intervals.conformal import (
    ConformalIntervals,
    ConformalQuantiles,
)
from keras_rnn.forecasting.plots import plot_fan, plot_forecast, plot_ranking
from keras_rnn.forecasting.reference_methods.arima import arima
from keras_rnn.forecasting.reference_methods.ets import ets
from keras_rnn.forecasting.reference_methods.naive import (
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.forecasting.reference_methods.naive2 import naive2
from keras_rnn.forecasting.reference_methods.table import references
from keras_rnn.models import Training

__all__ = [
    "Backtest",
    "ConformalIntervals",
    "ConformalQuantiles",
    "Forecaster",
    "Training",
    "arima",
    "drift",
    "ets",
    "naive",
    "naive2",
    "plot_fan",
    "plot_forecast",
    "plot_ranking",
    "references",
    "seasonal_naive",
    "seasonal_naive_drift",
]

if not TYPE_CHECKING:
    # Type checkers shall still tell which names there are not.
    __getattr__ = _names.moved(__name__)
