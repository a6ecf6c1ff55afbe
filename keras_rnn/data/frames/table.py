# SPDX-License-Identifier: Apache-2.0
"""The rows of all series as checked arrays, in the data's units."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.values import place
from keras_rnn.data.time_axis.clock import Step
from keras_rnn.data.time_axis.one_series import show


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """Rows, one series after the other; windows are views of them.

    `index` and `covariates` reach beyond the end of each series: there row r
    of series k stands at position r + k × ahead.

    Args:
        columns: The role of each column.
        names: The name of each series, None if there is only one.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        ahead: Number of steps by which each series is continued.
        index: Time axes, each `ahead` steps longer than its series.
        step: The step of the longest series.
        own_steps: Name -> step of the series that have another one.
        levels: Targets, float64, shape (rows, targets); NaN where missing.
        lines: Targets with straight lines over missing values, or None if
            these are not filled.
        covariates: Past, then future covariates, float64, as long as `index`;
            NaN where not yet known.
        filled: Which covariates were missing from the frame, bool, shape
            (rows, covariates of the frame); None if none was.
        num_calendar: Number of calendar features, the last of the covariates;
            they are in [−1, 1] and need no scaling.
        static: float64, shape (series, static).
        incomplete: Rows in which a target or a past covariate was missing
            from the frame, bool, shape (rows,); None if such are refused.
        gaps: How missing rows and values are treated, as in `prepare`.
    """

    columns: Columns
    names: pd.Index | None
    bounds: Array
    ahead: int
    index: pd.Index
    step: Step
    own_steps: dict[Any, Step]
    levels: Array
    covariates: Array
    num_calendar: int
    static: Array
    lines: Array | None = None
    filled: Array | None = None
    incomplete: Array | None = None
    gaps: str = "refuse"

    def numbers(self, rows: Any) -> Any:
        """The number of the series that each row belongs to.

        Args:
            rows: Row positions, an array or an int.

        Returns:
            int64, the same shape.
        """
        return np.searchsorted(self.bounds, rows, side="right") - 1

    def positions(self, rows: Any) -> Any:
        """Where each row stands in `index` and `covariates`.

        Args:
            rows: Row positions, an array or an int.

        Returns:
            int64, the same shape.
        """
        return rows + self.numbers(rows) * self.ahead

    def place(self, row: int) -> str:
        """The timestamp and the series of a row, as text."""
        number = int(self.numbers(row))
        frame = pd.DataFrame(index=self.index[[self.positions(row)]])
        if self.names is None:
            return place(frame, 0)
        # A list, since a tuple would be the values of several rows.
        frame["series"] = pd.Series([self.names[number]], frame.index)
        return place(frame, 0, "series")

    def place_ahead(self, position: int) -> str:
        """The timestamp and the series of a position in `index`, as text.

        Args:
            position: Position in `index`, also beyond the rows of a series.
        """
        starts = self.bounds[:-1] + np.arange(len(self.bounds) - 1) * self.ahead
        number = int(np.searchsorted(starts, position, side="right")) - 1
        owner = "" if self.names is None else f" of {self.names[number]!r}"
        return f"{show(self.index[position])}{owner}"
