# SPDX-License-Identifier: Apache-2.0
"""Forecasts from many past cutoffs, and how far they were off."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.index import show
from keras_rnn.forecasting.baselines import (
    drift,
    naive,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.metrics import coverage, mae, rmse, smape

OURS = "forecaster"


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
    methods = {"naive": naive, "drift": drift}
    options = {"horizon": part.series.windows.horizon}
    options["gap"] = part.series.windows.gap
    if season is not None:
        methods |= {
            "seasonal naive": seasonal_naive,
            "seasonal naive + drift": seasonal_naive_drift,
        }
    found = {}
    for name, method in methods.items():
        seasonal = {"season": season} if name.startswith("seasonal") else {}
        of_targets = [
            of_each_series(method, levels, part, **options, **seasonal)
            for levels in part.series.levels.T
        ]
        found[name] = np.stack(of_targets, axis=-1).ravel()
    return found


def of_each_series(method, levels, part, **options):
    """A reference method, series by series."""
    series = part.series
    numbers = series.numbers(part.cutoffs)
    forecasts = np.empty((len(part), options["horizon"]))
    for number in np.unique(numbers):
        start, stop = series.bounds[number : number + 2]
        rows = numbers == number
        forecasts[rows] = method(
            levels[start:stop], part.cutoffs[rows] - start, **options
        )
    return forecasts


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
