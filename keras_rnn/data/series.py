# SPDX-License-Identifier: Apache-2.0
"""The scaled series that all windows are cut from."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from keras_rnn._types import Array
from keras_rnn.data.cutting.window_cutter import WindowCutter
from keras_rnn.data.frames.elapsed import elapsed
from keras_rnn.data.frames.last_known import bridged
from keras_rnn.data.frames.table import Table
from keras_rnn.data.own_scales import OwnScales, joined
from keras_rnn.data.representations.base import FittedRepresentation, mapped
from keras_rnn.data.windows import Windows, any_of

WINDOWS_AT_ONCE = 2**16


@dataclass(frozen=True, eq=False, kw_only=True)
class Series(Table):
    """A Table with scales: networks see windows of it.

    Its covariates, past, future and static, are in standard units, float32.
    Targets stay in the data's units, because changes are formed per window.

    Args:
        windows: The shape of a window; it reaches no further ahead than the
            rows are continued.
        representation: Translates between the data's units and the network's,
            with the scales of each of `entries`.
        own: The scales of series that were not fitted; None if all were.
    """

    windows: Windows
    representation: FittedRepresentation
    own: OwnScales | None = None

    @classmethod
    def of(cls, table: Table, **scaled: Any) -> "Series":
        """The series of a table.

        Args:
            table: The Table.
            **scaled: The fields that replace those of the table, in standard
                units, and the fields that it lacks.
        """
        rows = {
            field.name: getattr(table, field.name) for field in fields(Table)
        }
        return cls(**rows | scaled)

    def at_horizon(self, horizon: int) -> "Series":
        """The same rows, for windows of another horizon."""
        return replace(
            self,
            windows=replace(self.windows, horizon=horizon),
            representation=self.representation.for_horizon(horizon),
        )

    @property
    def skipped(self) -> Array | None:
        """Rows that are skipped as inputs; None if none can be."""
        return self.incomplete if self.gaps == "mask" else None

    @cached_property
    def observations(self) -> Array | None:
        """What networks see of gaps with `gaps="elapsed"`, otherwise None.

        float32, shape (rows, 2k) for k channels of targets and past
        covariates: whether each was known (1 or 0), then how many rows ago it
        was known before.
        """
        if self.gaps != "elapsed":
            return None
        channels = len(self.target_channels) // self.levels.shape[1]
        known = np.tile(~np.isnan(self.levels), channels)
        num_past = len(self.columns.past)
        of_past = np.ones((len(known), num_past), bool)
        if self.filled is not None:
            of_past = ~self.filled[:, :num_past]
        known = np.concatenate([known, of_past], axis=1)
        ago = elapsed(known, self.bounds)
        return np.concatenate([known, ago], axis=1, dtype=np.float32)

    @cached_property
    def references(self) -> Array:
        """The levels as inputs read them, float64, shape (rows, targets).

        A missing level is replaced by a point on a line, or by the level that
        the representation puts there.
        """
        if self.lines is not None:
            return self.lines
        step = self.representation.stand_in
        if step is None and self.gaps == "elapsed":
            step = 1
        if step is None:
            return self.levels
        return bridged(self.levels, self.bounds, step)

    @cached_property
    def cutter(self) -> WindowCutter:
        """The cutter of windows for datasets, which all parts share.

        Its tensors live as long as the series does.
        """
        from keras_rnn.data.cutting import datasets

        return mapped(datasets.constant, WindowCutter.of(self))

    def __getstate__(self) -> dict[str, Any]:
        # A copy, perhaps in a process with other devices, makes its own cutter.
        return {k: v for k, v in vars(self).items() if k != "cutter"}

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Channels of the past input: targets, past, future covariates.

        With `gaps="elapsed"` follow whether targets and past covariates were
        known, and how long ago they were.
        """
        observed = self.target_channels + self.columns.past
        gaps: tuple[str, ...] = ()
        if self.gaps == "elapsed":
            gaps = tuple(
                f"{name} {what}"
                for what in ("known", "elapsed")
                for name in observed
            )
        return observed + self.columns.future + gaps

    @property
    def target_channels(self) -> tuple[str, ...]:
        """Channels of the past input that show the targets."""
        return self.representation.channel_names(self.columns.target)

    @property
    def num_observed(self) -> int:
        """Channels of which inputs tell whether and when they were known."""
        if self.gaps != "elapsed":
            return 0
        return len(self.target_channels) + len(self.columns.past)

    def entries(self, cutoffs: Array) -> Array:
        """The entry of the scales for each window, shape (windows,).

        It is the number of the series of the window. A series that was not
        fitted has an entry for each of its cutoffs: see `measured_at`.

        Args:
            cutoffs: Row positions, int64, shape (windows,).

        Raises:
            LookupError: If scales were not measured at one of the cutoffs.
        """
        numbers = self.numbers(cutoffs)
        if self.own is None:
            return numbers
        unknown = self.own.unknown[numbers]
        if not np.isin(cutoffs[unknown], self.own.cutoffs).all():
            raise LookupError(
                "A series that was not fitted has scales at the cutoffs of its "
                "Part alone. Ask the series of a Part with these cutoffs."
            )
        rows = np.searchsorted(self.own.cutoffs, cutoffs)
        return np.where(unknown, len(self.own.unknown) + rows, numbers)

    def measured_at(self, cutoffs: Array) -> "Series":
        """The series with all scales that windows at these cutoffs need.

        Args:
            cutoffs: Row positions, increasing, int64, shape (windows,).
        """
        if self.own is None:
            return self
        numbers = self.numbers(cutoffs)
        unknown = self.own.unknown[numbers]
        cutoffs, numbers = cutoffs[unknown], numbers[unknown]
        if np.isin(cutoffs, self.own.cutoffs).all():
            return self
        of_series = self.representation.of(np.arange(len(self.own.unknown)))
        measured = self.own.fit(self.levels, self.bounds[numbers], cutoffs)
        return replace(
            self,
            representation=joined(of_series, measured),
            own=replace(self.own, cutoffs=cutoffs),
        )

    def invert(self, values: Array, cutoffs: Array) -> Array:
        """Translates from the network's units to the data's.

        Args:
            values: float64, shape (windows, horizon, targets).
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            float64, the same shape.
        """
        return self._translated("invert", values, cutoffs)

    def represent(self, levels: Array, cutoffs: Array) -> Array:
        """Translates from the data's units to the network's.

        Args:
            levels: float64, shape (windows, horizon, targets).
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            float64, the same shape.
        """
        return self._translated("represent", levels, cutoffs)

    def _translated(
        self, direction: str, values: Array, cutoffs: Array
    ) -> Array:
        """Calls `invert` or `represent` of the representation."""
        fitted = self.representation
        steps = np.array(fitted.basis_steps(self.windows), dtype=np.int64)
        entries = self.entries(cutoffs)
        found = np.empty_like(values)
        # In turns: the lookbacks of all windows would not fit in memory.
        for start in range(0, len(cutoffs), WINDOWS_AT_ONCE):
            some = slice(start, start + WINDOWS_AT_ONCE)
            basis = self.references[cutoffs[some, np.newaxis] + steps]
            translate = getattr(fitted.of(entries[some]), direction)
            found[some] = translate(values[some], basis)
        return found

    def can_forecast(self, cutoffs: Array) -> Array:
        """Whether each window has the known rows that its inputs need.

        An interpolated row lies on a line to a later one: a window that ended
        with it would know the future. A window that ends with a known row
        does not, whatever gaps lie before it.

        Args:
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            bool, shape (windows,).
        """
        if self.incomplete is None:
            return np.ones(len(cutoffs), dtype=bool)
        if self.lines is not None:
            return ~self.incomplete[cutoffs]
        known = any_of(self.seen, self.windows.input_rows(0), cutoffs)
        if self.representation.stand_in is not None:
            missing = np.any(np.isnan(self.references), axis=1)
            for step in self.representation.basis_steps(self.windows):
                known &= ~missing[cutoffs + step]
        return known

    @property
    def seen(self) -> Array:
        """Rows that a network sees something of, bool, shape (rows,)."""
        if self.gaps == "elapsed":
            return np.asarray((~np.isnan(self.levels)).any(axis=1))
        return ~cast("Array", self.incomplete)

    def can_judge(self, cutoffs: Array) -> Array:
        """Whether all targets are known in some step of each horizon.

        Args:
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            bool, shape (windows,).
        """
        if self.incomplete is None:
            return np.ones(len(cutoffs), dtype=bool)
        known = ~np.any(np.isnan(self.levels), axis=1)
        return any_of(known, self.windows.target_rows(0), cutoffs)

    def actual(self, cutoffs: Array) -> Array:
        """The actual targets of some cutoffs in the data's units.

        Args:
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            float64, shape (windows, horizon, targets); NaN where missing, and
            after the last row of a series.
        """
        steps = np.array(self.windows.target_rows(0))
        rows = cutoffs[:, np.newaxis] + steps
        ends = self.bounds[self.numbers(cutoffs) + 1]
        known = rows < ends[:, np.newaxis]
        values = np.full((*rows.shape, self.levels.shape[1]), np.nan)
        values[known] = self.levels[rows[known]]
        return values
