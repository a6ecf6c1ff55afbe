# SPDX-License-Identifier: Apache-2.0
"""From a batch of cutoffs to a batch of windows, in one vectorised step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data.frames.missing_rows import MASK_VALUE
from keras_rnn.data.representations.arithmetic import (
    as_float32,
    maximum,
    rank,
    side_by_side,
    take,
    where,
    zero_for_nan,
)
from keras_rnn.data.representations.base import FittedRepresentation
from keras_rnn.data.windows import Windows

if TYPE_CHECKING:
    from keras_rnn.data.series import Series


@dataclass(frozen=True, eq=False)
class WindowCutter:
    """Cuts windows out of a series: arrays out of arrays, or tensors.

    It holds the rows of the series, and no window: a window exists only while
    its batch does.

    Args:
        windows: The shape of a window.
        representation: The fitted representation.
        num_past: Number of past covariates.
        ahead: Number of steps by which each series is continued.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        levels: The levels that inputs read, float64, shape (rows, targets).
        outcomes: The levels to forecast, the same shape.
        covariates: Past, then future covariates, float32, as long as the index
            of the series.
        static: Static covariates, float32, shape (series, static).
        skipped: Rows that are skipped as inputs, or None.
        observations: What inputs tell of missing values, or None.
        known: Rows with all targets, None if all rows have them.
        own: Cutoffs with scales of their own, or None.
        unknown: Which series have such cutoffs, or None.

    Example:
        >>> import pandas as pd
        >>> from keras_rnn.data import Columns, Windows, prepare
        >>> data = prepare(
        ...     pd.DataFrame({"y": range(20)}),
        ...     Columns("y"),
        ...     Windows(lookback=4, horizon=2),
        ... )
        >>> cutter = WindowCutter.of(data.series)
        >>> inputs, targets = cutter.window(np.array([7, 9]))
        >>> inputs.shape, targets.shape
        ((2, 4, 1), (2, 2, 1))
    """

    windows: Windows
    representation: FittedRepresentation
    num_past: int
    ahead: int
    bounds: Tensor
    levels: Tensor
    outcomes: Tensor
    covariates: Tensor
    static: Tensor
    skipped: Tensor | None
    observations: Tensor | None
    known: Tensor | None
    own: Tensor | None
    unknown: Tensor | None

    @classmethod
    def of(cls, series: "Series") -> "WindowCutter":
        """The cutter of windows of a series."""
        levels, known = series.references, None
        outcomes = levels
        if series.incomplete is not None:
            known = ~np.any(np.isnan(series.levels), axis=1)
            if not known.all():
                outcomes = series.levels
        own = series.own
        return cls(
            windows=series.windows,
            representation=series.representation,
            num_past=len(series.columns.past),
            ahead=series.ahead,
            bounds=series.bounds,
            levels=levels,
            outcomes=outcomes,
            covariates=series.covariates,
            static=series.static,
            skipped=series.skipped,
            observations=series.observations,
            known=known,
            own=None if own is None else own.cutoffs,
            unknown=None if own is None else own.unknown,
        )

    @property
    def input_steps(self) -> Array:
        """The input rows, counted from the cutoff."""
        return np.array(self.windows.input_rows(0))

    @property
    def target_steps(self) -> Array:
        """The target rows, counted from the cutoff."""
        return np.array(self.windows.target_rows(0))

    def window(self, cutoffs: Tensor) -> tuple[Any, ...]:
        """The inputs and the targets of a batch of windows.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            The pair (inputs(cutoffs), targets(cutoffs)); where targets may be
            missing, (inputs(cutoffs), targets(cutoffs), weights(cutoffs)).
        """
        window = self.inputs(cutoffs), self.targets(cutoffs)
        if self.known is None:
            return window
        return *window, self.weights(cutoffs)

    def inputs(self, cutoffs: Tensor) -> Tensor | dict[str, Tensor]:
        """The inputs of a batch of windows, as a model sees them.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            The past, float32, shape (batch, lookback, features). With future
            or static covariates a dict of "past", "future", shape (batch,
            horizon, future), and "static", shape (batch, static).
        """
        series = self.series(cutoffs)
        inputs = {"past": self.past(cutoffs, series)}
        if self.covariates.shape[1] > self.num_past:
            rows = self.positions(cutoffs, series, self.target_steps)
            future = take(self.covariates, rows)
            inputs["future"] = future[..., self.num_past :]
        if self.static.shape[1]:
            inputs["static"] = take(self.static, series)
        return inputs if len(inputs) > 1 else inputs["past"]

    def series(self, cutoffs: Tensor) -> Tensor:
        """The number of the series of each window, shape (batch,)."""
        return rank(self.bounds, cutoffs, "right") - 1

    def positions(
        self, cutoffs: Tensor, series: Tensor, steps: Array
    ) -> Tensor:
        """Where rows around each cutoff stand among the covariates.

        Args:
            cutoffs: Row positions, int64, shape (batch,).
            series: The number of the series of each window, shape (batch,).
            steps: Rows, counted from the cutoff, shape (steps,).

        Returns:
            int64, shape (batch, steps).
        """
        return (cutoffs + series * self.ahead)[:, np.newaxis] + steps

    def fitted(self, cutoffs: Tensor, series: Tensor) -> FittedRepresentation:
        """The representation with the scales of each window.

        Args:
            cutoffs: Row positions, int64, shape (batch,).
            series: The number of the series of each window, shape (batch,).
        """
        entries = series
        if self.own is not None and self.unknown is not None:
            rows = rank(self.own, cutoffs, "left") + self.unknown.shape[0]
            entries = where(take(self.unknown, series), rows, series)
        return self.representation.of(entries)

    def past(self, cutoffs: Tensor, series: Tensor) -> Tensor:
        """The past input: channels of targets, past, future covariates.

        Args:
            cutoffs: Row positions, int64, shape (batch,).
            series: The number of the series of each window, shape (batch,).

        Returns:
            float32, shape (batch, lookback, features).
        """
        steps = self.input_steps
        # Some rows more than the lookback: a change needs a predecessor.
        reach = self.representation.reach
        rows = cutoffs[:, np.newaxis] + np.arange(steps[0] - reach, 1)
        # The first row of a series has no predecessor: the row before it is
        # the last one of another series.
        first = take(self.bounds, series)[:, np.newaxis]
        levels = where(
            (rows >= first)[..., np.newaxis],
            take(self.levels, maximum(rows, first)),
            np.nan,
        )
        channels = self.fitted(cutoffs, series).channels(levels)
        rows = self.positions(cutoffs, series, steps)
        past = side_by_side([*channels, take(self.covariates, rows)])
        if self.observations is not None:
            around = cutoffs[:, np.newaxis] + steps
            observed = take(self.observations, around)
            return side_by_side([zero_for_nan(past), observed])
        if self.skipped is None:
            return past
        skipped = take(self.skipped, cutoffs[:, np.newaxis] + steps)
        return where(skipped[..., np.newaxis], np.float32(MASK_VALUE), past)

    def targets(self, cutoffs: Tensor) -> Tensor:
        """The targets in the network's units.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            float32, shape (batch, horizon, targets). Where one is missing it
            is 0, and so is its weight.
        """
        fitted = self.fitted(cutoffs, self.series(cutoffs))
        steps = self.representation.basis_steps(self.windows)
        steps = np.array(steps, dtype=np.int64)
        cutoffs = cutoffs[:, np.newaxis]
        levels = take(self.outcomes, cutoffs + self.target_steps)
        basis = take(self.levels, cutoffs + steps)
        targets = as_float32(fitted.represent(levels, basis))
        return targets if self.known is None else zero_for_nan(targets)

    def weights(self, cutoffs: Tensor) -> Tensor:
        """The weights that mark the known steps of the horizon.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            float32, shape (batch, horizon, 1): 1, or 0 where a target is
            missing.
        """
        rows = cutoffs[:, np.newaxis] + self.target_steps
        return as_float32(take(self.known, rows))[..., np.newaxis]
