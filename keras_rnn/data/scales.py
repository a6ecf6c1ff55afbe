# SPDX-License-Identifier: Apache-2.0
"""Everything that is measured on rows, and how it scales rows."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.frames.last_known import bridged
from keras_rnn.data.frames.magnitude import check_scaled, check_targets
from keras_rnn.data.frames.source import Source
from keras_rnn.data.frames.table import Table
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
    """Everything that was measured on the training rows.

    Args:
        windows: The shape of a window.
        representation: The representation before it was fitted.
        targets: The fitted representation of the series in `names`.
        covariates: Scaler of past and future covariates, of all series.
        static: Scaler of static covariates. Those of a single series stay as
            they are, because there is no other to compare them with.
        names: The name of each series, None if there is only one.
        calendar: The calendar features among the future covariates.
        gaps: How missing rows and values are treated, as in `prepare`.
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
    def fit(
        cls,
        table: Table,
        training_stops: Array,
        representation: Representation,
        windows: Windows,
        source: Source,
    ) -> "Scales":
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

    def at_horizon(self, horizon: int) -> "Scales":
        """The scales for windows of another horizon, as if measured for it.

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

    def measured_for(
        self, windows: Windows, table: Table, training_stops: Array
    ) -> "Scales":
        """The scales with targets measured anew, for other windows.

        Args:
            windows: The shape of a window.
            table: The Table that was measured.
            training_stops: As in `fit`.
        """
        targets = fit_targets(
            table, training_stops, self.representation, windows
        )
        return replace(self, windows=windows, targets=targets)

    def apply(self, table: Table) -> Series:
        """The scaled series of a table.

        A series that was not there when the scales were measured gets scales
        of its own later, when its cutoffs are known: see
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

    def scaled_covariates(self, table: Table) -> Array:
        """The covariates in standard units, float32.

        With gaps="elapsed" the last known value of a past covariate stands in
        for a missing one.
        """
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
        if table.gaps == "elapsed":
            here = table.positions(np.arange(len(table.levels)))
            past = slice(len(table.columns.past))
            found[here, past] = bridged(found[here, past], table.bounds)
        return found

    def targets_of(
        self, table: Table
    ) -> tuple[FittedRepresentation, OwnScales | None]:
        """The fitted representation with one entry per series of a table.

        Returns:
            The fitted representation, in which entries of series that were
            not fitted have no meaning; and OwnScales of these series, None if
            there are none.
        """
        names, known = table.names, self.names
        if not self.targets.per_series or names is None or known is None:
            return self.targets, None
        if names is known:
            return self.targets, None
        number = known.get_indexer(names)
        targets, unknown = self.targets.of(number), number < 0
        if not unknown.any():
            return targets, None
        nowhere = np.empty(0, np.int64)
        return targets, OwnScales(
            self.representation, self.windows, unknown, nowhere
        )


def fit_targets(
    table: Table,
    training_stops: Array,
    representation: Representation,
    windows: Windows,
) -> FittedRepresentation:
    """Fits a representation to the training rows.

    A series with fewer training rows than a lookback, but with later windows,
    is measured by its first lookback: no cutoff lies before its end.

    Args:
        table: The Table.
        training_stops: As in `Scales.fit`.
        representation: The Representation.
        windows: The shape of a window.
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


def check_measurable(levels: Array, bounds: Array, table: Table) -> None:
    """Raises a ValueError for a series without a known level.

    Args:
        levels: The targets of the rows to measure, shape (rows, targets).
        bounds: Where each series begins in them, and the number of rows.
        table: The Table of all rows, which names series and targets.
    """
    known = np.logical_or.reduceat(~np.isnan(levels), bounds[:-1])
    series, targets = np.nonzero(~known)
    if table.names is not None and len(series):
        raise ValueError(
            f"The series {table.names[series[0]]!r} has no known "
            f"{table.columns.target[targets[0]]!r} in the rows that would "
            "scale it, those of training. Leave it out, or choose "
            "`per_series=False`."
        )


def after_known(filled: Array, lengths: Array) -> Array:
    """Marks the filled values after the last known one of their series.

    Such a value lies on a line to a known value beyond these rows.

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


def rows_up_to(stops: Array, bounds: Array) -> Array:
    """The rows of each series before its stop, one series after the other.

    Args:
        stops: The end of the rows of each series, int64, shape (series,).
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).

    Returns:
        Row positions, int64.
    """
    starts = bounds[:-1]
    lengths = stops - starts
    offsets = starts - (np.cumsum(lengths) - lengths)
    return np.repeat(offsets, lengths) + np.arange(lengths.sum())
