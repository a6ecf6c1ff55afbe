# SPDX-License-Identifier: Apache-2.0
"""A fold of a frame: windows to train on, and rows to judge by."""

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data import Part, PreparedData
from keras_rnn.forecasting import references
from keras_rnn.metrics import naive_scale
from keras_rnn.models import Stack
from keras_rnn.tuning.problems.base import FoldData

#: References that need no season.
WITHOUT_SEASON = ("naive", "drift")


def num_rows(frame: pd.DataFrame, series: str | None) -> int:
    """The number of rows that folds are cut from; of many series, the median.

    Args:
        frame: DataFrame in long form.
        series: The column that names the series; None for one series.
    """
    if series is None:
        return len(frame)
    return int(np.median(frame[series].value_counts()))


def first_rows(
    frame: pd.DataFrame, series: str | None, rows: int
) -> pd.DataFrame:
    """The rows of each series up to the end of a fold.

    Series of different lengths end together, so that rows are counted from
    their ends.

    Args:
        frame: DataFrame in long form.
        series: The column that names the series; None for one series.
        rows: End of the fold, as its position among `num_rows` rows.
    """
    if series is None:
        return frame.iloc[:rows]
    left = frame.groupby(series, sort=False).cumcount(ascending=False)
    return frame[left.to_numpy() >= num_rows(frame, series) - rows]


@dataclass(frozen=True, eq=False)
class ForecastFold(FoldData):
    """Windows to train on, and windows whose forecasts are judged.

    Args:
        data: The windows that networks train on, and the rows after them.
        settings: Settings of a Forecaster.
        judged: Number of rows at the end of each series that judge; None if
            none do.
        season: Number of rows in a season, for the references; None for none.
    """

    data: PreparedData
    settings: Any  # the class is no export of keras_rnn.forecasting
    judged: int | None = None
    season: int | None = None

    def network(self, stack: Stack) -> keras.Model:
        settings = self.settings
        return settings.strategy.network(stack, self.data, settings.outcome)

    def num_batches(self, batch_size: int) -> int:
        return -(-len(self.data.train) // batch_size)

    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        return self.data.train.epochs(batch_size, seed=seed, start=start)

    def validation_data(self) -> Any:
        return self.data.validation.dataset(batch_size=256)

    @cached_property
    def part(self) -> Part:
        """The windows that judge, with the whole horizon.

        The rows of a gap between training and judging judge nothing.
        """
        horizon = self.settings.windows.horizon
        part = self.settings.strategy.validation(self.data, horizon)
        section = self.data.sections["validation"]
        ends = section[part.series.numbers(part.cutoffs), 1]
        first = part.cutoffs + part.series.windows.gap + 1
        kept = part.cutoffs[first >= ends - self.judged]
        return dataclasses.replace(part, cutoffs=kept)

    def score(self, model: keras.Model) -> float:
        """The error of the medians that a model forecasts."""
        settings = self.settings
        values = settings.strategy.quantiles(model, self.part, settings.outcome)
        medians = values[..., settings.outcome.levels.index(0.5)]
        return self.error(self.part.invert(medians))

    def error(self, forecast: Array) -> float:
        """The mean absolute error of a forecast.

        Each of many series has its error divided by that of the naive method.

        Args:
            forecast: In the data's units, shape (windows, horizon, targets).
        """
        errors = np.abs(self.part.actual - forecast)
        if self.part.series.names is not None:
            numbers = self.part.series.numbers(self.part.cutoffs)
            errors = errors / self._naive_errors[numbers][:, np.newaxis]
        return float(np.nanmean(errors))

    @cached_property
    def _naive_errors(self) -> Array:
        """The mean error of the naive method in the training rows.

        Float64, shape (series, targets). It is NaN for a series that is
        constant or too short, which then judges nothing.
        """
        scales = [
            naive_scale(self.data.series.levels[start:stop], self.season or 1)
            for start, stop in self.data.sections["train"]
        ]
        return np.where(np.array(scales) > 0, scales, np.nan)

    def reference_scores(self) -> dict[str, float]:
        """The errors of the reference methods: name -> score."""
        series, cutoffs = self.part.series, self.part.cutoffs
        numbers = series.numbers(cutoffs)
        season = self.season
        if (cutoffs - series.bounds[numbers] < (season or 1)).any():
            season = None
        forecasts: dict[str, Array] = {}
        for number in np.unique(numbers):
            start, stop = series.bounds[number : number + 2]
            of_series = numbers == number
            for target in range(series.levels.shape[1]):
                found = references(
                    series.levels[start:stop, target],
                    cutoffs[of_series] - start,
                    horizon=series.windows.horizon,
                    gap=series.windows.gap,
                    season=season or 1,
                )
                for name, values in found.items():
                    shape = self.part.actual.shape
                    all_of_them = forecasts.setdefault(name, np.empty(shape))
                    all_of_them[of_series, :, target] = values
        if season is None:  # the other methods repeat the naive one
            forecasts = {name: forecasts[name] for name in WITHOUT_SEASON}
        return {name: self.error(values) for name, values in forecasts.items()}
