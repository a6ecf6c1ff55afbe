# SPDX-License-Identifier: Apache-2.0
"""From a frame to a Table: read once, checked once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.future_covariates import future_values
from keras_rnn.data.frames.grouped_rows import Axes, Rows
from keras_rnn.data.frames.long_form import (
    refuse_many_as_one,
    warn_of_dates_aside,
)
from keras_rnn.data.frames.missing_rows import any_missing, completed, marked
from keras_rnn.data.frames.odd_series import without_series
from keras_rnn.data.frames.table import Table
from keras_rnn.data.frames.values import (
    check_flat,
    column_values,
    constant_values,
    with_numbers,
)
from keras_rnn.data.time_axis.calendar import calendar_features
from keras_rnn.data.time_axis.clock import Step
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import expected_steps
from keras_rnn.data.time_axis.written_dates import refuse_dates_as_numbers


@dataclass(frozen=True, eq=False)
class Source:
    """Reads frames: the one to prepare, and later ones to forecast from.

    Args:
        columns: The role of each column of the frame.
        ahead: Number of steps by which to continue each series.
        calendar: Names of `calendar_features`, which are further future
            covariates and known for all times.
        gaps: "refuse", "interpolate", "mask" or "elapsed".
    """

    columns: Columns
    ahead: int
    calendar: tuple[str, ...] = ()
    gaps: str = "refuse"

    def read(
        self,
        frame: pd.DataFrame,
        *,
        future: pd.DataFrame | None = None,
        step: Step | None = None,
        own_steps: Mapping[Any, Step] | None = None,
        lookback: int = 1,
    ) -> Table:
        """Checks a frame and takes the columns that `columns` names.

        Args:
            frame: The DataFrame.
            future: None, or a DataFrame of the future covariates in the steps
                after the frame.
            step: The step of the index, where earlier rows showed it.
            own_steps: Name -> step of the series with another one, likewise.
            lookback: Rows that each series must hold.

        Returns:
            A Table. Of many series those without a frequency, or too short,
            are left out, with a warning that names them.

        Raises:
            TypeError: If an index is neither of dates nor of integers.
            ValueError: If the frame has gaps, missing or infinite values, or
                lacks a column.
        """
        columns = self.columns
        self.check(frame)
        if step is None:  # 202401 may count rows if earlier rows are counted
            refuse_dates_as_numbers(frame.index)
        all_rows = Rows.of(with_numbers(frame, columns.all), columns.series)
        step, own_steps = expected_steps(
            columns.freq, all_rows.frame.index, all_rows.bounds, step, own_steps
        )
        remedies = Remedies(self.gaps, columns.series, columns.freq)
        rows = self.completed(all_rows, step, own_steps, remedies)
        rows = rows.of_length(lookback)
        rows = rows.regular(self.ahead, step, own_steps, remedies)
        names, kept = all_rows.names, rows.names
        if (
            future is not None
            and names is not None
            and kept is not None
            and kept is not names
        ):
            left_out = names.difference(kept, sort=False)
            future = without_series(future, columns.series, left_out)
        return self.table(rows, future)

    @property
    def leaves_missing(self) -> bool:
        """Whether missing targets and past covariates are not filled here."""
        return self.gaps in ("mask", "elapsed")

    def check(self, frame: pd.DataFrame) -> None:
        """Raises an error for a frame that cannot be of these columns."""
        instance("frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`.")
        check_flat("frame", frame)
        warn_of_dates_aside(frame, self.columns.all)
        refuse_many_as_one(frame, self.columns)

    def completed(
        self,
        rows: Rows,
        step: Step | None,
        own_steps: Mapping[Any, Step] | None,
        remedies: Remedies,
    ) -> Rows:
        """Adds missing rows, and fills values by lines, as `gaps` says.

        Args:
            rows: The Rows.
            step: As in `timeline`.
            own_steps: As in `timeline`.
            remedies: As in `timeline`.
        """
        columns = self.columns
        if self.gaps == "refuse":
            return rows
        lines = columns.all
        if self.leaves_missing:
            # A line to the next value of a covariate that is known ahead
            # reveals nothing of the future.
            lines = columns.future + columns.static
        return completed(
            rows, columns, self.ahead, step, own_steps, remedies, lines=lines
        )

    def table(self, rows: Rows, future: pd.DataFrame | None) -> Table:
        """The values of Rows, as a Table.

        Args:
            rows: The Rows, their time axes checked.
            future: As in `read`.
        """
        columns, series = self.columns, self.columns.series
        index, step, own_steps = cast("Axes", rows.axes)
        levels = column_values(
            rows.frame, columns.target, series, missing=self.leaves_missing
        )
        lines = levels if self.gaps == "interpolate" else None
        if lines is not None:
            levels = without(levels, columns.target, rows.missing)
        incomplete = None
        if self.gaps != "refuse":
            past = columns.target + columns.past
            incomplete = any_missing(rows.missing, past, len(levels))
        static = constant_values(
            rows.frame, columns.static, rows.bounds, series
        )
        covariates, calendar = self.covariates(rows, index, future)
        return Table(
            columns=replace(columns, future=(*columns.future, *calendar)),
            names=rows.names,
            bounds=rows.bounds,
            ahead=self.ahead,
            index=index.rename(rows.frame.index.name),
            step=step,
            own_steps=own_steps,
            levels=levels,
            lines=lines,
            covariates=covariates,
            filled=marked(columns.past + columns.future, rows.missing),
            num_calendar=len(calendar),
            static=static,
            incomplete=incomplete,
            gaps=self.gaps,
        )

    def covariates(
        self, rows: Rows, index: pd.Index, future: pd.DataFrame | None
    ) -> tuple[Array, tuple[str, ...]]:
        """Past and future covariates, and the features of the calendar.

        Args:
            rows: As in `table`.
            index: The time axes of all series, each continued.
            future: As in `read`.

        Returns:
            float64, shape (entries of the index, covariates), and the names of
            the last of them, the calendar features.
        """
        columns = self.columns
        of_frame = columns.past + columns.future
        moments, calendar = self.calendar_of(index)
        found = np.full((len(index), len(of_frame) + calendar.shape[1]), np.nan)
        here = np.arange(len(rows.frame)) + rows.numbers() * self.ahead
        # Column by column, because a copy of all of them takes much memory.
        for column, name in enumerate(of_frame):
            may_miss = self.leaves_missing and name in columns.past
            values = column_values(
                rows.frame, (name,), columns.series, missing=may_miss
            )
            found[here, column] = values[:, 0]
        for column, name in enumerate(calendar, start=len(of_frame)):
            found[:, column] = calendar[name].to_numpy()[moments]
        if future is not None:
            beyond, values = future_values(
                future, columns, index, rows.bounds, rows.names
            )
            found[beyond, len(columns.past) : len(of_frame)] = values
        return found, tuple(map(str, calendar))

    def calendar_of(self, index: pd.Index) -> tuple[Array, pd.DataFrame]:
        """The calendar features; an index of integers has none.

        Returns:
            The row of each entry of the index in the table of features, and
            that table. Timestamps that many series share have one row.
        """
        if not self.calendar:
            return np.empty(0, np.int64), pd.DataFrame()
        rows, moments = pd.factorize(index)
        dates = cast("pd.DatetimeIndex", moments)  # others are refused there
        return rows, calendar_features(dates, self.calendar)


def without(
    values: Array, names: Sequence[str], missing: Mapping[str, Array]
) -> Array:
    """The values with NaN where they were missing.

    Args:
        values: Shape (rows, len(names)).
        names: Their columns.
        missing: As in `Rows`.

    Returns:
        The same shape; the values themselves if none was missing.
    """
    filled = marked(names, missing)
    return values if filled is None else np.where(filled, np.nan, values)
