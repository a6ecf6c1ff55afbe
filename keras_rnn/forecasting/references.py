# SPDX-License-Identifier: Apache-2.0
"""All reference forecasts at once: the rows of a table of errors."""

from functools import partial

from keras_rnn import _validation as validate
from keras_rnn.forecasting.arima import arima
from keras_rnn.forecasting.baselines import (
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.forecasting.ets import ets

#: Methods that are fitted, by statsmodels, and take their time.
FITTED = ("ets", "arima")


def references(values, cutoffs, *, horizon, season, gap=0, fitted=()):
    """What a network has to beat, forecast from the same cutoffs.

    Args:
        values: The series, shape (rows,).
        cutoffs: Row position of the last known row of each forecast, at least
            `season`, shape (windows,), such as `data.test.cutoffs`.
        horizon: Number of rows to forecast.
        season: Number of rows of a season; 1 if there is none.
        gap: Number of rows between a cutoff and its first forecast.
        fitted: Methods of statsmodels that are wanted, too: `"ets"`,
            `"arima"`, or both. They are fitted once, on the rows up to the
            first cutoff. ARIMA has waves of the season, at most three.

    Returns:
        Dict of name -> forecasts, float64, shape (windows, horizon), in the
        data's units: `naive`, `drift`, `seasonal_naive`,
        `seasonal_naive_drift`, and those of `fitted`.

    Raises:
        ValueError: As each method, and if one in `fitted` is unknown.
        ImportError: If a fitted method is wanted without statsmodels.

    Example:
        >>> found = references([1, 2, 3, 4, 5], [3], horizon=2, season=2)
        >>> {name: forecast.tolist() for name, forecast in found.items()}
        {'naive': [[4.0, 4.0]], 'drift': [[5.0, 6.0]],
         'seasonal_naive': [[3.0, 4.0]],
         'seasonal_naive_drift': [[5.0, 6.0]]}
    """
    validate.positive_int("season", season)
    if isinstance(fitted, str):
        fitted = (fitted,)
    for name in fitted:
        validate.one_of("fitted", name, FITTED)
    methods = {
        "naive": naive,
        "drift": drift,
        "seasonal_naive": partial(seasonal_naive, season=season),
        "seasonal_naive_drift": partial(seasonal_naive_drift, season=season),
        "ets": partial(ets, season=season),
        # The sine of half a season is 0 in every row: it cannot be fitted.
        "arima": partial(
            arima, period=season, num_waves=min(3, (season - 1) // 2)
        ),
    }
    return {
        name: method(values, cutoffs, horizon=horizon, gap=gap)
        for name, method in methods.items()
        if name in fitted or name not in FITTED
    }
