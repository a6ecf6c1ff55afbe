# SPDX-License-Identifier: Apache-2.0
"""What happened since the fit: its misses move the calibration on."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keras_rnn.data import Part


@dataclass(frozen=True, eq=False)
class LastRows:
    """Where the rows fitted on end.

    Args:
        names: The name of each series, None if there is only one.
        moments: The index value of the last row of each.
    """

    names: pd.Index | None
    moments: pd.Index

    @classmethod
    def of(cls, frame, series):
        """The last row of each series of a frame.

        Args:
            frame: DataFrame; each series in order of time.
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
    fitted on is one, whatever the stride of a backtest, so that an interval
    depends on the rows up to its cutoff alone. Each series goes its own way.

    Args:
        part: Part of the windows wanted and of all origins before them.
        actual: What happened, in the network's units, shape (windows,
            horizon, targets); NaN where it does not count: before the last
            row fitted on, and after the frame.
        rate: How far a miss moves the level.
    """

    part: Part
    actual: np.ndarray
    rate: float

    @classmethod
    def fit(cls, fitted, wanted, rate):
        """Finds the origins.

        Args:
            fitted: `LastRows` of the rows fitted on.
            wanted: Part whose intervals are wanted.
            rate: How far a miss moves the level.
        """
        series = wanted.series
        starts = first_origins(fitted, series)
        numbers = series.numbers(wanted.cutoffs)
        last = np.flatnonzero(np.diff(numbers, append=-1))
        before = [
            np.arange(starts[number], cutoff)
            for number, cutoff in zip(
                numbers[last], wanted.cutoffs[last], strict=True
            )
        ]
        before = np.concatenate(before)
        before = before[series.can_forecast(before)]
        part = replace(wanted, cutoffs=np.union1d(wanted.cutoffs, before))
        actual = part.series.represent(part.actual, part.cutoffs)
        actual[part.cutoffs < starts[series.numbers(part.cutoffs)]] = np.nan
        return cls(part, actual, rate)

    def rows(self, wanted):
        """Where the windows wanted stand among all, shape (windows,)."""
        return np.searchsorted(self.part.cutoffs, wanted.cutoffs)

    def bounds(self, fitted, lower, upper):
        """Corrected bounds, series by series.

        Args:
            fitted: `ConformalQuantiles`.
            lower: The lower quantile of all windows, shape (windows, horizon,
                targets).
            upper: The upper quantile.

        Returns:
            Lower and upper bounds, the same shape.
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


def first_origins(fitted, series):
    """The last row fitted on of each series, as a row of another frame.

    A forecast from there needs a lookback, and the rows that its changes
    reach back to. Of a series that was not fitted it is the first such row.

    Args:
        fitted: `LastRows` of the rows fitted on.
        series: Those of the frame.

    Returns:
        Row positions, int64, shape (series,).
    """
    reach = series.windows.lookback + series.representation.reach
    starts = series.bounds[:-1] + reach - 1
    known = np.zeros(1, dtype=np.int64)
    if series.names is not None:
        known = fitted.names.get_indexer(series.names)
    for number in np.flatnonzero(known >= 0):
        first, stop = series.bounds[number : number + 2]
        position = series.positions(series.bounds[number : number + 1])[0]
        times = series.index[position : position + stop - first]
        row = first + times.searchsorted(fitted.moments[known[number]])
        starts[number] = max(starts[number], row)
    return starts
