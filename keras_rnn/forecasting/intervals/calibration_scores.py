# SPDX-License-Identifier: Apache-2.0
"""Scores of calibration: which share them, and which of them is the width."""

import math
from dataclasses import dataclass, replace

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.forecasting.intervals.adaptive_widths import adapted
from keras_rnn.metrics import as_levels, errors, finite

#: What is pooled -> the axes of (windows, horizon, targets) that it unites.
POOLS = {
    "none": (0,),
    "steps": (0, 1),
    "targets": (0, 2),
    "all": (0, 1, 2),
}


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Scores of calibration, and how far they move both bounds.

    Args:
        below: Scores of the lower bound, increasing along the first axis,
            shape (scores, horizon or 1, targets or 1), or without targets.
        above: Those of the upper bound.
        levels: Coverages.
        asymmetric: Whether both bounds have scores of their own.
    """

    below: np.ndarray
    above: np.ndarray
    levels: tuple
    asymmetric: bool = False

    def _around(self, lower, upper):
        """Bounds moved outwards, or inwards by negative scores."""
        lower, upper = self._finite(lower), self._finite(upper)
        low, high = self.widths
        return lower[..., None] - low, upper[..., None] + high

    def _following(self, lower, upper, actual, **timing):
        """Bounds moved as far as their misses say, origin by origin.

        Args:
            lower: The lower bound of each origin, in order of time.
            upper: The upper bound.
            actual: What happened; NaN where it does not count.
            **timing: `cutoffs`, `gap` and `rate`, as `adapted` wants them.
        """
        lower, upper = self._finite(lower), self._finite(upper)
        actual = np.asarray(actual, dtype=np.float64)
        if actual.shape != lower.shape:
            raise ValueError(
                "`actual` and `forecast` must have the same shape. Received: "
                f"{actual.shape} and {lower.shape}."
            )
        below, above = lower - actual, actual - upper
        if self.asymmetric:
            low = adapted(self.below, below, self.levels, 0.5, **timing)
            high = adapted(self.above, above, self.levels, 0.5, **timing)
        else:
            scores = np.maximum(below, above)
            low = high = adapted(self.above, scores, self.levels, 1.0, **timing)
        return lower[..., None] - low, upper[..., None] + high

    @property
    def widths(self):
        """Distances to both bounds, (horizon or 1, targets or 1, levels)."""
        return tuple(
            np.stack(
                [
                    scores[rank(len(scores), level, self.asymmetric) - 1]
                    for level in self.levels
                ],
                axis=-1,
            )
            for scores in (self.below, self.above)
        )

    def first_steps(self, horizon):
        """The calibration of the first steps alone."""
        return replace(
            self, below=self.below[:, :horizon], above=self.above[:, :horizon]
        )

    def _finite(self, values):
        """Forecasts, whose steps and targets must be those of `fit`."""
        values = finite("forecast", values)
        expected = self.below.shape[1:]
        fits = values.ndim == len(expected) + 1 and all(
            a in (1, b) for a, b in zip(expected, values.shape[1:], strict=True)
        )
        if not fits:
            raise ValueError(
                "`forecast` must have the axes of calibration, (windows, "
                f"{', '.join(map(str, expected))}), where 1 fits any length. "
                f"Received: {values.shape}."
            )
        return values


def rank(number, level, asymmetric):
    """Which of so many scores is the width; more than there are if none."""
    share = (1 + level) / 2 if asymmetric else level
    # 10 · 0.9 is 9, also where floats make it a little more.
    return math.ceil((number + 1) * share - 1e-9)


def calibrated(cls, actual, bounds, levels, pool, asymmetric):
    """A `Calibrated` of that class, from what happened and both bounds."""
    levels = as_levels("levels", levels)
    validate.one_of("pool", pool, tuple(POOLS))
    validate.boolean("asymmetric", asymmetric)
    below, above = -errors(actual, bounds[0]), errors(actual, bounds[1])
    if not asymmetric:
        below = above = np.maximum(below, above)
    below, above = _pooled(below, pool), _pooled(above, pool)
    needed = rank(len(below), levels[-1], asymmetric)
    if needed > len(below):
        raise ValueError(
            f"{len(below)} scores are too few for a coverage of {levels[-1]}, "
            f"which takes the {needed}th. Calibrate on more windows, lower "
            "the level, or share scores with `pool`."
        )
    return cls(below, above, levels, asymmetric)


def _pooled(scores, pool):
    """Sorted scores: the pooled axes go into the first, and stay as 1."""
    if scores.ndim not in (2, 3):
        raise ValueError(
            "`actual` must have shape (windows, horizon) or (windows, "
            f"horizon, targets). Received: {scores.shape}."
        )
    axes = [axis for axis in POOLS[pool] if axis < scores.ndim]
    if pool == "targets" and scores.ndim == 2:
        raise ValueError(
            "`pool='targets'` needs an axis of targets. Received: shape "
            f"{scores.shape}. Use pool='none'."
        )
    kept = [n for axis, n in enumerate(scores.shape) if axis not in axes]
    shape = [1 if axis in axes else n for axis, n in enumerate(scores.shape)]
    first = np.moveaxis(scores, axes, range(len(axes))).reshape(-1, *kept)
    return np.sort(first.reshape(-1, *shape[1:]), axis=0)
