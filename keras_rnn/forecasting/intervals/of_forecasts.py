# SPDX-License-Identifier: Apache-2.0
"""Intervals of forecasts: from quantiles, from past errors, or from both."""

from dataclasses import dataclass, replace

import numpy as np

from keras_rnn.forecasting.intervals.conformal import ConformalQuantiles


@dataclass(frozen=True, eq=False)
class Intervals:
    """How wide the intervals of each level are.

    All values are in the network's units, in which series are alike, and have
    shape (windows, horizon, targets, levels): quantiles as an outcome names
    them, with the point forecast in the middle, or that alone.

    Args:
        levels: Nominal coverages, increasing.
        minimum: Nothing below it can happen.
        calibrated: `ConformalQuantiles` of each level, or () for intervals
            that are the quantiles as they are.
    """

    levels: tuple
    minimum: float
    calibrated: tuple = ()

    @classmethod
    def fit(cls, actual, values, levels, minimum):
        """Calibrates on a part that trained nothing.

        Args:
            actual: What happened, shape (windows, horizon, targets).
            values: What was forecast, with an axis of quantiles more.
            levels: Nominal coverages, increasing.
            minimum: Nothing below it can happen.
        """
        calibrated = tuple(
            ConformalQuantiles.fit(actual, *ends(values, k), level)
            for k, level in enumerate(levels)
        )
        return cls(levels, minimum, calibrated)

    def bounds(self, values, since=None):
        """The intervals: a list of level, lower and upper bound.

        A correction that narrows an interval stops at the point forecast, and
        at the interval of the level below: a wider one holds it.

        Args:
            values: What was forecast.
            since: `Since`, whose misses move the calibration on; None takes
                it as it is.
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

    def first_steps(self, horizon):
        """The intervals of the first steps alone."""
        shorter = tuple(fit.first_steps(horizon) for fit in self.calibrated)
        return replace(self, calibrated=shorter)


def point(values):
    """The point forecast, shape (windows, horizon, targets)."""
    return values[..., values.shape[-1] // 2]


def ends(values, number):
    """Both ends of the interval of that number, the narrowest first.

    Without quantiles they are the point forecast, twice.
    """
    middle = values.shape[-1] // 2
    away = number + 1 if middle else 0
    return values[..., middle - away], values[..., middle + away]
