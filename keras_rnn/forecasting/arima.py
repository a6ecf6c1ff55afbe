# SPDX-License-Identifier: Apache-2.0
"""ARIMA with seasonal waves, the statistical model to beat."""

import warnings

import numpy as np

from keras_rnn import _validation as validate


def arima(values, cutoffs, *, horizon, period, num_waves=3, order=(1, 1, 1)):
    """Dynamic harmonic regression: ARIMA, drift, and sines and cosines.

    Fitted once, on the rows up to the first cutoff; at every later cutoff the
    state is filtered on with the parameters as they are. Needs statsmodels.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast,
            increasing, shape (windows,).
        horizon: Number of rows to forecast.
        period: Rows a season, not necessarily whole: 365.25 / 7 weeks a year.
        num_waves: Pairs of a sine and a cosine, of period, period / 2 ...
        order: Autoregressive terms, differences, moving-average terms.

    Returns:
        Forecasts in the data's units, float64, shape (windows, horizon).

    Reference:
        Hyndman, R. J. & Athanasopoulos, G. (2021). Forecasting: principles
        and practice, 3rd ed., chapter 10.5.
    """
    from statsmodels.tsa.arima.model import ARIMA

    validate.positive_int("horizon", horizon)
    validate.positive_number("period", period)
    validate.positive_int("num_waves", num_waves)
    values = np.asarray(values, dtype=np.float64)
    angles = 2 * np.pi * np.arange(len(values)) / period
    waves = np.column_stack(
        [
            wave(k * angles)
            for k in range(1, num_waves + 1)
            for wave in (np.sin, np.cos)
        ]
    )
    known = cutoffs[0] + 1
    settings = {"order": order, "trend": "t"}
    with warnings.catch_warnings():
        # The optimizer reports its starting values and its convergence; the
        # error on later origins is what counts here.
        warnings.simplefilter("ignore")
        fitted = ARIMA(values[:known], exog=waves[:known], **settings).fit()
        filtered = ARIMA(values, exog=waves, **settings).filter(fitted.params)
    return np.array(
        [
            filtered.predict(start=t + 1, end=t + horizon, dynamic=True)
            for t in cutoffs
        ]
    )
