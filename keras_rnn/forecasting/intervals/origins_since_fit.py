# SPDX-License-Identifier: Apache-2.0
"""What happened since the fit, whose misses move the calibration on."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data import Part
from keras_rnn.forecasting.intervals.conformal import ConformalQuantiles


@dataclass(frozen=True, eq=False)
class LastRows:
    """Where the rows fitted on end.

    Args:
        names: The name of each series, None if there is only one.
        moments: The index value of the last row of each series.
    """

    names: pd.Index | None
    moments: pd.Index

    @classmethod
    def of(cls, frame: pd.DataFrame, series: str | None) -> Self:
        """The last row of each series of a frame.

        Args:
            frame: The frame, each series in order of time.
            series: The column that names the series of a row, or None.
        """
        if series is None:
            return cls(None, frame.index[-1:])
        rows = frame.drop_duplicates(series, keep="last")
        return cls(pd.Index(rows[series].astype(object)), rows.index)


@dataclass(frozen=True, eq=False)
class Since:
    """The origins since the rows fitted on, and their outcomes.

    An origin is the last known row of a window. Every row from the last one
    fitted on is an origin, whatever the stride of a backtest, so that an
    interval depends on the rows up to its cutoff alone. The intervals of a
    series follow that series only.

    Args:
        part: The windows whose intervals are wanted, and those of all origins
            before them.
        actual: What happened, in the network's units, shape (windows,
            horizon, targets); NaN where it does not count: before the last
            row fitted on, and after the frame.
        rate: How far a miss moves the level.
    """

    part: Part
    actual: Array
    rate: float

    @classmethod
    def fit(cls, fitted: LastRows, wanted: Part, rate: float) -> Self:
        """Finds the origins.

        Args:
            fitted: The last rows fitted on.
            wanted: The windows whose intervals are wanted.
            rate: How far a miss moves the level.
        """
        series = wanted.series
        starts = first_origins(fitted, wanted)
        numbers = series.numbers(wanted.cutoffs)
        last = np.flatnonzero(np.diff(numbers, append=-1))
        before = np.concatenate(
            [
                np.arange(start, cutoff)
                for start, cutoff in zip(
                    starts[numbers[last]].tolist(),
                    wanted.cutoffs[last].tolist(),
                    strict=True,
                )
            ]
        )
        before = before[series.can_forecast(before)]
        part = replace(wanted, cutoffs=np.union1d(wanted.cutoffs, before))
        actual = part.series.represent(part.actual, part.cutoffs)
        actual[part.cutoffs < starts[series.numbers(part.cutoffs)]] = np.nan
        return cls(part, actual, rate)

    def rows(self, wanted: Part) -> Array:
        """Where the windows wanted stand among all, int64, shape (windows,)."""
        return np.searchsorted(self.part.cutoffs, wanted.cutoffs)

    def bounds(
        self, fitted: ConformalQuantiles, lower: Array, upper: Array
    ) -> Array:
        """Corrected bounds, series by series.

        Args:
            fitted: The calibration.
            lower: The lower quantile of all windows, shape (windows, horizon,
                targets).
            upper: The upper quantile of all windows, the same shape.

        Returns:
            Lower and upper bounds, shape (2, windows, horizon, targets).
        """
        series, cutoffs = self.part.series, self.part.cutoffs
        found = np.empty((2, *lower.shape))
        owners = series.numbers(cutoffs)
        for rows in np.split(
            np.arange(len(cutoffs)), np.flatnonzero(np.diff(owners)) + 1
        ):
            found[:, rows] = fitted.adaptive(
                lower[rows],
                upper[rows],
                self.actual[rows],
                cutoffs[rows],
                gap=series.windows.gap,
                rate=self.rate,
            )
        return found


def first_origins(fitted: LastRows, part: Part) -> Array:
    """The first origin of each series: its last row fitted on.

    Where the frame begins too late to forecast from that row, or the series
    was not fitted, the first origin is the first row that can be forecast
    from. A lookback lies before it, and the rows that its changes reach back
    to.

    Args:
        fitted: The last rows fitted on.
        part: Windows of the frame whose rows are counted.

    Returns:
        Row positions, int64, shape (series,).
    """
    series = part.series
    reach = series.windows.lookback + series.representation.reach
    starts = series.bounds[:-1] + reach - 1
    known = np.zeros(1, dtype=np.int64)
    if series.names is not None and fitted.names is not None:
        known = fitted.names.get_indexer(series.names)
    for number in np.flatnonzero(known >= 0):
        first, stop = series.bounds[number : number + 2]
        position = series.positions(series.bounds[number : number + 1])[0]
        times = series.index[position : position + stop - first]
        row = first + times.searchsorted(fitted.moments[known[number]])
        starts[number] = max(starts[number], row)
    return starts
