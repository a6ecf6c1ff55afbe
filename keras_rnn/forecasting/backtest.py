# SPDX-License-Identifier: Apache-2.0
"""Forecasts from many past cutoffs, and how far they were off."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.index import show
from keras_rnn.forecasting.references import references
from keras_rnn.metrics import coverage, mae, rmse, smape

OURS = "forecaster"
#: Name in `references` -> name in the table of scores.
REFERENCES = {
    "naive": "naive",
    "drift": "drift",
    "seasonal_naive": "seasonal naive",
    "seasonal_naive_drift": "seasonal naive + drift",
}


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a forecaster would have said, and what happened.

    Args:
        forecasts: DataFrame with the columns "series" (of many), "cutoff",
            "timestamp", "target", "forecast", "actual", and the bounds of
            each interval.
        scores: DataFrame, one row per method and the smallest error first:
            MAE and RMSE in the data's units, sMAPE in percent, MASE, and the
            share of rows that each interval covers.
    """

    forecasts: pd.DataFrame
    scores: pd.DataFrame

    @classmethod
    def judge(cls, forecasts, part, season):
        """Scores forecasts of a part beside the reference methods."""
        scale = naive_error(part, season or 1)
        methods = {
            OURS: forecasts["forecast"].to_numpy(),
            **others(part, season),
        }
        actual = forecasts["actual"].to_numpy()
        scores = pd.DataFrame(
            {
                name: {
                    "MAE": mae(actual, values),
                    "RMSE": rmse(actual, values),
                    "sMAPE": smape(actual, values),
                    "MASE": float(np.nanmean(np.abs(actual - values) / scale)),
                }
                for name, values in methods.items()
            }
        ).T
        for bound in forecasts.columns:
            if bound.startswith("lower_"):
                percent = bound.removeprefix("lower_")
                scores.loc[OURS, f"coverage of {percent} %"] = coverage(
                    actual, forecasts[bound], forecasts[f"upper_{percent}"]
                )
        return cls(forecasts, scores.sort_values("MAE"))


def rolling_part(data, frame, start, stride):
    """The windows of a frame whose targets begin at `start` or later."""
    part = data.windows_of(frame, stride=stride)
    series = part.series
    first = series.index[
        series.positions(part.cutoffs) + series.windows.gap + 1
    ]
    chosen = part.cutoffs[first >= start]
    if not len(chosen):
        raise ValueError(
            f"No window of the frame begins to forecast at {show(start)} or "
            f"later and ends with it: horizon={series.windows.horizon}. Take "
            "an earlier `start`."
        )
    return type(part)("backtest", chosen, series)


def others(part, season):
    """Forecasts of the reference methods, in the order of the table."""
    series, windows = part.series, part.series.windows
    shape = (len(part), windows.horizon, series.levels.shape[1])
    found = {
        name: np.empty(shape)
        for name in REFERENCES
        if season is not None or not name.startswith("seasonal")
    }
    numbers = series.numbers(part.cutoffs)
    for number in np.unique(numbers):
        start, stop = series.bounds[number : number + 2]
        rows = numbers == number
        for target, levels in enumerate(series.levels[start:stop].T):
            forecasts = references(
                levels,
                part.cutoffs[rows] - start,
                horizon=windows.horizon,
                season=season or 1,
                gap=windows.gap,
            )
            for name in found:
                found[name][rows, :, target] = forecasts[name]
    return {REFERENCES[name]: values.ravel() for name, values in found.items()}


def naive_error(part, season):
    """Mean error of "as a season ago" before the first cutoff, by row."""
    series, windows = part.series, part.series.windows
    numbers = series.numbers(part.cutoffs)
    scales = np.empty((len(part), series.levels.shape[1]))
    for number in np.unique(numbers):
        rows = numbers == number
        start = series.bounds[number]
        past = series.levels[start : part.cutoffs[rows].min() + 1]
        change = np.abs(past[season:] - past[:-season]).mean(axis=0)
        # A series that repeats itself has no error to scale by.
        scales[rows] = np.where(change > 0, change, np.nan)
    return np.repeat(scales[:, np.newaxis], windows.horizon, axis=1).ravel()
