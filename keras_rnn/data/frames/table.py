# SPDX-License-Identifier: Apache-2.0
"""The rows of all series as checked arrays, in the data's units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.values import place
from keras_rnn.data.time_axis.one_series import show


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """Rows, one series after the other; windows are views of them.

    Row r of series k stands at position r + k × ahead of what reaches beyond
    the end of a series: `index` and `covariates`.

    Args:
        columns: The role of each column.
        names: The name of each series, None if there is only one.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        ahead: Number of steps that each series is continued by.
        index: Time axes, each `ahead` steps longer than its series.
        step: The step of the longest series.
        own_steps: Name -> step of the series that have another one.
        levels: Targets, float64, shape (rows, targets); NaN where missing.
        lines: The same with straight lines over what is missing, or None if
            it is not filled.
        covariates: Past, then future covariates, float64, as long as `index`;
            NaN where not yet known.
        filled: Which covariates were missing from the frame, bool, shape
            (rows, covariates of the frame); None if none was.
        num_calendar: How many of the last of them are of the calendar, in
            [−1, 1] by themselves.
        static: float64, shape (series, static).
        incomplete: Rows in which a target or a past covariate was missing
            from the frame, bool, shape (rows,); None if such are refused.
    """

    columns: Columns
    names: pd.Index | None
    bounds: np.ndarray
    ahead: int
    index: pd.Index
    step: object
    own_steps: dict
    levels: np.ndarray
    covariates: np.ndarray
    num_calendar: int
    static: np.ndarray
    lines: np.ndarray | None = None
    filled: np.ndarray | None = None
    incomplete: np.ndarray | None = None

    def numbers(self, rows):
        """The number of the series that each row belongs to."""
        return np.searchsorted(self.bounds, rows, side="right") - 1

    def positions(self, rows):
        """Where each row stands in `index` and `covariates`."""
        return rows + self.numbers(rows) * self.ahead

    def place(self, row):
        """Where a row stands, for a message."""
        number = int(self.numbers(row))
        frame = pd.DataFrame(index=self.index[[self.positions(row)]])
        if self.names is None:
            return place(frame, 0)
        # A list, since a tuple would be the values of several rows.
        frame["series"] = pd.Series([self.names[number]], frame.index)
        return place(frame, 0, "series")

    def place_ahead(self, position):
        """Where a position in `index` stands, which may be ahead."""
        starts = self.bounds[:-1] + np.arange(len(self.bounds) - 1) * self.ahead
        number = int(np.searchsorted(starts, position, side="right")) - 1
        owner = "" if self.names is None else f" of {self.names[number]!r}"
        return f"{show(self.index[position])}{owner}"
