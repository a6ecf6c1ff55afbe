# SPDX-License-Identifier: Apache-2.0
"""Everything that was measured, and how it is applied to rows."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keras_rnn.data.frames.magnitude import check_scaled, check_targets
from keras_rnn.data.own_scales import OwnScales
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler
from keras_rnn.data.series import Series
from keras_rnn.data.windows import Windows


@dataclass(frozen=True, eq=False)
class Scales:
    """What was measured on the training rows.

    Args:
        windows: The shape of a window.
        representation: The representation before it was fitted.
        targets: The fitted representation of the series in `names`.
        covariates: Scaler of past and future covariates, of all series.
        static: Scaler of static covariates; one series has nothing to compare
            with, its static covariates stay as they are.
        names: The name of each series, None if there is only one.
        calendar: The calendar features among the future covariates.
        gaps: What is done about missing rows and values.
    """

    windows: Windows
    representation: Representation
    targets: FittedRepresentation
    covariates: StandardScaler
    static: StandardScaler
    names: pd.Index | None
    calendar: tuple[str, ...] = ()
    gaps: str = "refuse"

    @classmethod
    def fit(cls, table, training_stops, representation, windows, source):
        """Measures a table.

        Args:
            table: The Table.
            training_stops: The end of the training rows of each series, int64,
                shape (series,).
            representation: The Representation.
            windows: The shape of a window.
            source: How the table was read.
        """
        trained = rows_up_to(training_stops, table.bounds)
        rows = table.positions(trained)
        measured = table.covariates.shape[1] - table.num_calendar
        known = table.covariates[rows, :measured]
        if table.filled is not None:
            lengths = training_stops - table.bounds[:-1]
            known[after_known(table.filled[trained], lengths)] = np.nan
        covariates = StandardScaler.fit(known)
        static = StandardScaler.identity(table.static.shape[1])
        if table.names is not None:
            has_rows = training_stops > table.bounds[:-1]
            static = StandardScaler.fit(table.static[has_rows])
        return cls(
            windows,
            representation,
            fit_targets(table, training_stops, representation, windows),
            covariates.and_identity(table.num_calendar),
            static,
            table.names,
            source.calendar,
            source.gaps,
        )

    def at_horizon(self, horizon):
        """The same for windows of another horizon, as if measured for it.

        Args:
            horizon: Steps to forecast.
        """
        if horizon == self.windows.horizon:
            return self
        return replace(
            self,
            windows=replace(self.windows, horizon=horizon),
            targets=self.targets.for_horizon(horizon),
        )

    def measured_for(self, windows, table, training_stops):
        """The same, with what is said of targets measured for other windows.

        Args:
            windows: The shape of a window.
            table: The Table measured.
            training_stops: As in `fit`.
        """
        targets = fit_targets(
            table, training_stops, self.representation, windows
        )
        return replace(self, windows=windows, targets=targets)

    def apply(self, table):
        """The scaled series of a table.

        A series that was not there when the scales were measured gets scales
        of its own as soon as it is known at which cutoffs: see
        `Series.measured_at`.
        """
        targets, own = self.targets_of(table)
        static = self.static.transform(table.static)
        check_scaled(
            table.static,
            static,
            table.columns.static,
            lambda number: table.place(table.bounds[number]),
        )
        series = Series.of(
            table,
            covariates=self.scaled_covariates(table),
            static=static.astype(np.float32),
            windows=self.windows,
            representation=targets,
            own=own,
        )
        check_targets(series, table.place)
        return series

    def scaled_covariates(self, table):
        """The covariates in standard units, float32, column by column."""
        found = np.empty(table.covariates.shape, np.float32)
        scaler = self.covariates
        names = table.columns.past + table.columns.future
        for column, values in enumerate(table.covariates.T):
            scaled = (values - scaler.mean[column]) / scaler.scale[column]
            check_scaled(
                values[:, np.newaxis],
                scaled[:, np.newaxis],
                names[column : column + 1],
                table.place_ahead,
            )
            found[:, column] = scaled
        return found

    def targets_of(self, table):
        """The fitted representation with one entry per series of a table.

        Returns:
            That, and OwnScales of the series that were not fitted; None if all
            were. Their entries in the former mean nothing.
        """
        if not self.targets.per_series or table.names is self.names:
            return self.targets, None
        number = self.names.get_indexer(table.names)
        targets, unknown = self.targets.of(number), number < 0
        if not unknown.any():
            return targets, None
        nowhere = np.empty(0, np.int64)
        return targets, OwnScales(
            self.representation, self.windows, unknown, nowhere
        )


def fit_targets(table, training_stops, representation, windows):
    """The representation, fitted to the training rows.

    A series with fewer training rows than a lookback, but with later windows,
    is measured by its first lookback: no cutoff lies before its end.
    """
    if table.names is None:
        return representation.fit(table.levels[: training_stops[0]], windows)
    starts, ends = table.bounds[:-1], table.bounds[1:]
    stops = training_stops
    if representation.per_series:
        stops = np.maximum(stops, np.minimum(starts + windows.lookback, ends))
    rows = rows_up_to(stops, table.bounds)
    lengths = stops - starts
    bounds = np.concatenate([[0], np.cumsum(lengths[lengths > 0])])
    levels = table.levels[rows]
    if representation.per_series:
        check_measurable(levels, bounds, table)
    return representation.fit(levels, windows, bounds)


def check_measurable(levels, bounds, table):
    """Raises a ValueError for a series without a known level."""
    known = np.logical_or.reduceat(~np.isnan(levels), bounds[:-1])
    series, targets = np.nonzero(~known)
    if len(series):
        raise ValueError(
            f"The series {table.names[series[0]]!r} has no known "
            f"{table.columns.target[targets[0]]!r} in the rows that would "
            "scale it, those of training. Leave it out, or choose "
            "`per_series=False`."
        )


def after_known(filled, lengths):
    """Rows on a line to one after the last of their series.

    Args:
        filled: Which values were filled, bool, shape (rows, columns).
        lengths: Number of rows of each series.

    Returns:
        bool, the same shape.
    """
    lengths = lengths[lengths > 0]
    rows = np.arange(len(filled))[:, np.newaxis]
    last = np.maximum.reduceat(
        np.where(filled, -1, rows), np.cumsum(lengths) - lengths
    )
    return rows > np.repeat(last, lengths, axis=0)


def rows_up_to(stops, bounds):
    """The rows of each series before its stop, one series after the other."""
    starts = bounds[:-1]
    lengths = stops - starts
    offsets = starts - (np.cumsum(lengths) - lengths)
    return np.repeat(offsets, lengths) + np.arange(lengths.sum())
