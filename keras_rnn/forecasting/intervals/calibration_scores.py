# SPDX-License-Identifier: Apache-2.0
"""Scores of calibration: what is pooled, and which score is the width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike
from keras_rnn.forecasting.intervals.adaptive_widths import adapted
from keras_rnn.metrics import as_levels, errors, finite

#: What is pooled -> the axes of (windows, horizon, targets) that become one.
POOLS: dict[str, tuple[int, ...]] = {
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
        above: Scores of the upper bound, the same shape.
        levels: Nominal coverages.
        asymmetric: Whether each bound has scores of its own.
    """

    below: Array
    above: Array
    levels: tuple[float, ...]
    asymmetric: bool = False

    def _around(
        self, lower: ArrayLike, upper: ArrayLike
    ) -> tuple[Array, Array]:
        """Bounds moved outwards, or inwards by negative scores."""
        lower, upper = self._finite(lower), self._finite(upper)
        low, high = self.widths
        return lower[..., None] - low, upper[..., None] + high

    def _following(
        self,
        lower: ArrayLike,
        upper: ArrayLike,
        actual: ArrayLike,
        **timing: Any,
    ) -> tuple[Array, Array]:
        """Bounds that move after their misses, origin by origin.

        Args:
            lower: The lower bound of each origin, in order of time.
            upper: The upper bound.
            actual: What happened; NaN where it does not count.
            **timing: The arguments `cutoffs`, `gap` and `rate` of `adapted`.
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
    def widths(self) -> tuple[Array, Array]:
        """How far the lower and the upper bound lie from the forecast.

        Two arrays of shape (horizon or 1, targets or 1, levels).
        """
        return self._widths(self.below), self._widths(self.above)

    def _widths(self, scores: Array) -> Array:
        """The scores that are the widths of one bound, level by level."""
        return np.stack(
            [
                scores[rank(len(scores), level, self.asymmetric) - 1]
                for level in self.levels
            ],
            axis=-1,
        )

    def first_steps(self, horizon: int) -> Self:
        """The calibration of the first steps alone."""
        return replace(
            self, below=self.below[:, :horizon], above=self.above[:, :horizon]
        )

    def _finite(self, forecast: ArrayLike) -> Array:
        """A forecast in float64, with the steps and targets of `fit`."""
        values = finite("forecast", forecast)
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


#: The class of what is calibrated.
Kind = TypeVar("Kind", bound=Calibrated)


def rank(num_scores: int, level: float, asymmetric: bool) -> int:
    """The place of the score that is the width, counted from 1.

    Args:
        num_scores: How many scores there are. If they are too few for the
            level, the place is a larger number.
        level: The nominal coverage.
        asymmetric: Whether each bound has scores of its own.
    """
    share = (1 + level) / 2 if asymmetric else level
    # 10 · 0.9 is 9, also where floats make it a little more.
    return math.ceil((num_scores + 1) * share - 1e-9)


def calibrated(
    cls: type[Kind],
    actual: ArrayLike,
    bounds: tuple[ArrayLike, ArrayLike],
    levels: Sequence[float],
    pool: str,
    asymmetric: bool,
) -> Kind:
    """Calibrates intervals of a class.

    Args:
        cls: The class.
        actual: What happened.
        bounds: The lower and the upper bound that were forecast.
        levels: Nominal coverages.
        pool: A key of `POOLS`.
        asymmetric: Whether each bound has scores of its own.
    """
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


def _pooled(scores: Array, pool: str) -> Array:
    """Sorted scores: pooled axes become part of the first, and of length 1."""
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
