# SPDX-License-Identifier: Apache-2.0
"""Intervals of forecasts: from quantiles, from past errors, or from both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from keras_rnn._types import Array
from keras_rnn.forecasting.intervals.conformal import ConformalQuantiles
from keras_rnn.forecasting.intervals.origins_since_fit import Since


@dataclass(frozen=True, eq=False)
class Intervals:
    """How wide the intervals of each level are.

    All forecasts are in the network's units, in which series are alike, and
    have shape (windows, horizon, targets, quantiles). Their quantiles are
    those of an `Outcome`: the point forecast is the middle one, or the only
    one.

    Args:
        levels: Nominal coverages, increasing.
        minimum: The smallest value that can happen.
        calibrated: The calibration of each level, or () for intervals whose
            ends are the quantiles as they are.
    """

    levels: tuple[float, ...]
    minimum: float
    calibrated: tuple[ConformalQuantiles, ...] = ()

    @classmethod
    def fit(
        cls,
        actual: Array,
        values: Array,
        levels: Sequence[float],
        minimum: float,
    ) -> Self:
        """Calibrates on a part that trained nothing.

        Args:
            actual: What happened, shape (windows, horizon, targets).
            values: What was forecast, shape (windows, horizon, targets,
                quantiles).
            levels: Nominal coverages, increasing.
            minimum: The smallest value that can happen.
        """
        calibrated = tuple(
            ConformalQuantiles.fit(actual, *ends(values, k), level)
            for k, level in enumerate(levels)
        )
        return cls(tuple(levels), minimum, calibrated)

    def bounds(
        self, values: Array, since: Since | None = None
    ) -> list[tuple[float, Array, Array]]:
        """The intervals of forecasts.

        Each interval holds the point forecast, and the interval of the level
        below, also where a correction would make it narrower.

        Args:
            values: What was forecast, shape (windows, horizon, targets,
                quantiles).
            since: What happened since the fit, which moves the calibration
                on; None takes the calibration as it is.

        Returns:
            Level, lower and upper bound of each interval, the bounds of shape
            (windows, horizon, targets).
        """
        found = []
        low = high = point(values)
        for k, level in enumerate(self.levels):
            lower, upper = ends(values, k)
            if since is not None:
                lower, upper = since.bounds(self.calibrated[k], lower, upper)
            elif self.calibrated:
                lower, upper = self.calibrated[k].intervals(lower, upper)
            low = np.minimum(np.maximum(lower, self.minimum), low)
            high = np.maximum(upper, high)
            found.append((level, low, high))
        return found

    def first_steps(self, horizon: int) -> Self:
        """The intervals of the first steps alone."""
        shorter = tuple(fit.first_steps(horizon) for fit in self.calibrated)
        return replace(self, calibrated=shorter)


def point(values: Array) -> Array:
    """The point forecast, shape (windows, horizon, targets)."""
    return values[..., values.shape[-1] // 2]


def ends(values: Array, number: int) -> tuple[Array, Array]:
    """The lower and the upper end of an interval, before any correction.

    Without quantiles both are the point forecast.

    Args:
        values: What was forecast, shape (windows, horizon, targets,
            quantiles).
        number: Which interval, counted from 0, the narrowest.
    """
    middle = values.shape[-1] // 2
    away = number + 1 if middle else 0
    return values[..., middle - away], values[..., middle + away]
