# SPDX-License-Identifier: Apache-2.0
"""From a frame to a Table: read once, checked once."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.future_covariates import future_values
from keras_rnn.data.frames.grouped_rows import Rows
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
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import expected_steps
from keras_rnn.data.time_axis.written_dates import refuse_dates_as_numbers


@dataclass(frozen=True, eq=False)
class Source:
    """How frames are read: those prepared and those forecast from later.

    Args:
        columns: The role of each column of the frame.
        ahead: Number of steps to continue each series by.
        calendar: Names for `calendar_features`, which are further future
            covariates, known for ever.
        gaps: "refuse", "interpolate" or "mask".
    """

    columns: Columns
    ahead: int
    calendar: tuple[str, ...] = ()
    gaps: str = "refuse"

    def read(self, frame, *, future=None, step=None, own_steps=(), lookback=1):
        """Checks a frame and takes what `columns` names.

        Args:
            frame: The DataFrame.
            future: None, or a DataFrame of the future covariates in the steps
                after the frame.
            step: The step of the index, where it is known from other rows.
            own_steps: Those of series with another one, as in `timeline`.
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
        if step is None:  # after numbers of rows 202401 is one of them, too
            refuse_dates_as_numbers(frame.index)
        given = Rows.of(with_numbers(frame, columns.all), columns.series)
        known = (
            *expected_steps(
                columns.freq, given.frame.index, given.bounds, step, own_steps
            ),
            Remedies(self.gaps, columns.series, columns.freq),
        )
        rows = self.completed(given, known)
        rows = rows.of_length(lookback).regular(self.ahead, *known)
        if future is not None and rows.names is not given.names:
            left_out = given.names.difference(rows.names, sort=False)
            future = without_series(future, columns.series, left_out)
        return self.table(rows, future)

    def check(self, frame):
        """Raises an error for what is no frame of such columns at all."""
        instance("frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`.")
        check_flat("frame", frame)
        warn_of_dates_aside(frame, self.columns.all)
        refuse_many_as_one(frame, self.columns)

    def completed(self, rows, known):
        """The rows with those that are missing, and with lines if wanted.

        Args:
            rows: The Rows.
            known: Step, own steps and remedies, as in `timeline`.
        """
        columns = self.columns
        if self.gaps == "refuse":
            return rows
        lines = columns.all
        if self.gaps == "mask":
            # What is known ahead tells no secret by a line to its next value.
            lines = columns.future + columns.static
        return completed(rows, columns, self.ahead, *known, lines=lines)

    def table(self, rows, future):
        """The values of Rows, as a Table.

        Args:
            rows: The Rows, their time axes checked.
            future: As in `read`.
        """
        columns, series = self.columns, self.columns.series
        masked = self.gaps == "mask"
        levels = column_values(
            rows.frame, columns.target, series, missing=masked
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
        covariates, calendar = self.covariates(rows, future)
        index, step, own_steps = rows.axes
        return Table(
            columns=replace(columns, future=(*columns.future, *calendar)),
            names=rows.names,
            bounds=rows.bounds,
            ahead=self.ahead,
            index=index,
            step=step,
            own_steps=own_steps,
            levels=levels,
            lines=lines,
            covariates=covariates,
            filled=marked(columns.past + columns.future, rows.missing),
            num_calendar=len(calendar),
            static=static,
            incomplete=incomplete,
        )

    def covariates(self, rows, future):
        """Past and future covariates and those of the calendar.

        Args:
            rows: As in `table`.
            future: As in `read`.

        Returns:
            float64, as long as the time axes, and the names of the last ones,
            which are of the calendar.
        """
        columns, index = self.columns, rows.axes[0]
        given = columns.past + columns.future
        moments, calendar = self.calendar_of(index)
        found = np.full((len(index), len(given) + calendar.shape[1]), np.nan)
        here = np.arange(len(rows.frame)) + rows.numbers() * self.ahead
        # One column after the other: of many rows each copy takes its room.
        for column, name in enumerate(given):
            may_miss = self.gaps == "mask" and name in columns.past
            values = column_values(
                rows.frame, (name,), columns.series, missing=may_miss
            )
            found[here, column] = values[:, 0]
        for column, name in enumerate(calendar, start=len(given)):
            found[:, column] = calendar[name].to_numpy()[moments]
        if future is not None:
            beyond, values = future_values(
                future, columns, index, rows.bounds, rows.names
            )
            found[beyond, len(columns.past) : len(given)] = values
        return found, tuple(calendar)

    def calendar_of(self, index):
        """The calendar features, of integers none.

        Returns:
            The row in the table of features of each entry of the index, and
            that table. Many series share their moments: each has one row.
        """
        if not self.calendar:
            return np.empty(0, np.int64), pd.DataFrame()
        rows, moments = pd.factorize(index)
        return rows, calendar_features(moments, self.calendar)


def without(values, names, missing):
    """The values, NaN where they were missing; themselves if none was.

    Args:
        values: Shape (rows, len(names)).
        names: Their columns.
        missing: As in `Rows`.
    """
    filled = marked(names, missing)
    return values if filled is None else np.where(filled, np.nan, values)
