# SPDX-License-Identifier: Apache-2.0
"""A frame as checked arrays, grouped by series, in the data's units."""

from dataclasses import dataclass, replace
from numbers import Number

import numpy as np
import pandas as pd

from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.future_covariates import future_values
from keras_rnn.data.frames.long_form import (
    refuse_many_as_one,
    warn_of_dates_aside,
)
from keras_rnn.data.frames.missing_rows import any_missing, completed
from keras_rnn.data.frames.odd_series import Rows, without_series
from keras_rnn.data.frames.values import (
    check_flat,
    check_present,
    column_values,
    constant_values,
    place,
    with_numbers,
)
from keras_rnn.data.time_axis.calendar import calendar_features
from keras_rnn.data.time_axis.one_series import show
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.stated_frequency import expected_steps
from keras_rnn.data.time_axis.written_dates import refuse_dates_as_numbers


@dataclass(frozen=True, eq=False)
class Table:
    """Rows, one series after the other.

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

    def place(self, row):
        """Where a row stands, for a message."""
        number = int(np.searchsorted(self.bounds, row, side="right")) - 1
        frame = pd.DataFrame(index=self.index[[row + number * self.ahead]])
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
        instance("frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`.")
        check_flat("frame", frame)
        warn_of_dates_aside(frame, self.columns.all)
        refuse_many_as_one(frame, self.columns)
        if step is None:  # after numbers of rows 202401 is one of them, too
            refuse_dates_as_numbers(frame.index)
        columns, series = self.columns, self.columns.series
        frame = with_numbers(frame, columns.all)
        frame, names, bounds = grouped(frame, series)
        step, own_steps = expected_steps(
            columns.freq, frame.index, bounds, step, own_steps
        )
        remedies = Remedies(self.gaps, series, columns.freq)
        masked, missing = self.gaps == "mask", {}
        if self.gaps != "refuse":
            # What is known ahead tells no secret by a line to its next value.
            ahead = columns.future + columns.static
            frame, bounds, missing = completed(
                frame,
                columns,
                bounds,
                names,
                step,
                own_steps,
                lines=ahead if masked else columns.all,
            )
        all_names = names
        rows, (index, step, own_steps) = (
            Rows(frame, names, bounds, missing)
            .of_length(lookback)
            .timeline(self.ahead, step, own_steps, remedies)
        )
        frame, names = rows.frame, rows.names
        bounds, missing = rows.bounds, rows.missing
        levels = column_values(frame, columns.target, series, missing=masked)
        lines = levels if self.gaps == "interpolate" else None
        if lines is not None:
            levels = without(levels, columns.target, missing)
        static = constant_values(frame, columns.static, bounds, series)

        given = columns.past + columns.future
        moments, calendar = self.calendar_of(index)
        covariates = np.full(
            (len(index), len(given) + calendar.shape[1]), np.nan
        )
        rows = with_ahead(np.arange(len(frame)), bounds, self.ahead)
        # One column after the other: of many rows each copy takes its room.
        for column, name in enumerate(given):
            may_miss = masked and name in columns.past
            values = column_values(frame, (name,), series, missing=may_miss)
            covariates[rows, column] = values[:, 0]
        for column, name in enumerate(calendar, start=len(given)):
            covariates[:, column] = calendar[name].to_numpy()[moments]
        if future is not None:
            if names is not all_names:
                left_out = all_names.difference(names, sort=False)
                future = without_series(future, series, left_out)
            rows, values = future_values(
                future, self.columns, index, bounds, names
            )
            covariates[rows, len(columns.past) : len(given)] = values
        columns = replace(columns, future=(*columns.future, *calendar))
        return Table(
            columns=columns,
            names=names,
            bounds=bounds,
            ahead=self.ahead,
            index=index,
            step=step,
            own_steps=own_steps,
            levels=levels,
            lines=lines,
            covariates=covariates,
            filled=marked(given, missing),
            num_calendar=calendar.shape[1],
            static=static,
            incomplete=None
            if self.gaps == "refuse"
            else any_missing(
                missing, columns.target + columns.past, len(levels)
            ),
        )

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
        missing: As `completed` returns it.
    """
    filled = marked(names, missing)
    return values if filled is None else np.where(filled, np.nan, values)


def marked(names, missing):
    """Where values of some columns were missing, (rows, names), or None."""
    if not set(names) & set(missing):
        return None
    nowhere = np.zeros_like(next(iter(missing.values())))
    return np.column_stack([missing.get(name, nowhere) for name in names])


def with_ahead(rows, bounds, ahead):
    """Positions of rows where every series is `ahead` steps longer."""
    return rows + series_of(rows, bounds) * ahead


def series_of(rows, bounds):
    """The number of the series that each row belongs to."""
    return np.searchsorted(bounds, rows, side="right") - 1


def grouped(frame, series):
    """The rows of each series together, in the order of first appearance.

    Args:
        frame: The DataFrame.
        series: The column that names the series of a row, or None.

    Returns:
        The frame, the names (None for one series), and the bounds.
    """
    if series is None:
        return frame, None, np.array([0, len(frame)])
    check_present(frame, series)
    codes, names = pd.factorize(frame[series])
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise ValueError(
            f"The series column {series!r} has no value in row {missing[0]}. "
            f"Drop such rows with `frame[frame[{series!r}].notna()]`."
        )
    if not len(frame):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    check_told_apart(frame[series])
    if (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
        frame, codes = frame.iloc[order], codes[order]
    starts = np.searchsorted(codes, np.arange(len(names)))
    if isinstance(names, pd.CategoricalIndex):
        names = names.astype(names.categories.dtype)
    return frame, pd.Index(names), np.append(starts, len(frame))


def check_told_apart(ids):
    """Raises a ValueError for ids that are equal though not the same.

    To pandas True and 1 are one label, and so would be their series.
    """
    if ids.dtype != object:
        return
    flags = np.array([isinstance(label, (bool, np.bool_)) for label in ids])
    numbers = np.array([isinstance(label, Number) for label in ids])
    if flags.any() and (numbers & ~flags).any():
        raise ValueError(
            f"The series column {ids.name!r} must hold either numbers or "
            "True and False, which are equal to 1 and 0. Received: both. Use "
            f"text, `frame[{ids.name!r}].astype(str)`."
        )
