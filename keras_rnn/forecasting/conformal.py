# SPDX-License-Identifier: Apache-2.0
"""Intervals around forecasts, calibrated on errors made before.

Split-conformal intervals promise their coverage for any model and any
distribution, if the errors of calibration and those to come are exchangeable:
no matter in which order they came. Those of a time series are not. They
depend on their neighbours, windows overlap, and after a change of the world
the old errors say little. So take the promise as a good approximation while
the series behaves as it did in the calibration part, check it with
`keras_rnn.metrics.coverage` on the test part, and let `adaptive` correct the
level where the series drifts.

Calibrate on the validation part, never on rows that trained the model: errors
there are too small, and so would be the intervals.

Reference:
    H. Papadopoulos, K. Proedrou, V. Vovk and A. Gammerman (2002), "Inductive
    confidence machines for regression", ECML; J. Lei, M. G'Sell, A. Rinaldo,
    R. J. Tibshirani and L. Wasserman (2018), "Distribution-free predictive
    inference for regression", Journal of the American Statistical Association
    113(523), 1094-1111.
"""

import math
from dataclasses import dataclass

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.forecasting.adaptation import adapted
from keras_rnn.metrics.forecast import errors, finite
from keras_rnn.metrics.quantiles import as_levels

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
        lower = self._checked("forecast", finite("forecast", lower))
        upper = self._checked("forecast", finite("forecast", upper))
        low, high = self.widths
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

    def _checked(self, name, values):
        """The values, whose steps and targets must be those of `fit`."""
        expected = self.below.shape[1:]
        fits = values.ndim == len(expected) + 1 and all(
            a in (1, b) for a, b in zip(expected, values.shape[1:], strict=True)
        )
        if not fits:
            raise ValueError(
                f"`{name}` must have the axes of calibration, (windows, "
                f"{', '.join(map(str, expected))}), where 1 fits any length. "
                f"Received: {values.shape}."
            )
        return values


@dataclass(frozen=True, eq=False)
class ConformalIntervals(Calibrated):
    """Intervals around point forecasts: `fit` makes them.

        score = |actual − forecast|                     of each window
        width = the k-th smallest score, k = ⌈(n + 1) level⌉
        lower, upper = forecast − width, forecast + width

    Asymmetric, each bound has scores of its own, forecast − actual and
    actual − forecast, and k = ⌈(n + 1) (1 + level) / 2⌉: for errors that lean
    to one side, at the price of somewhat wider intervals.

    Example:
        >>> actual = np.arange(1.0, 10.0)[:, None]  # 9 windows, 1 step
        >>> fitted = ConformalIntervals.fit(actual, np.zeros((9, 1)), (0.8,))
        >>> lower, upper = fitted.intervals([[100.0]])
        >>> lower.tolist(), upper.tolist()  # the 8th of 9 scores
        ([[[92.0]]], [[[108.0]]])
    """

    @classmethod
    def fit(
        cls, actual, forecast, levels=(0.9,), *, pool="none", asymmetric=False
    ):
        """Calibrates on forecasts of a part that did not train the model.

        Args:
            actual: What happened, shape (windows, horizon, targets), or
                (windows, horizon), such as `data.validation.actual`.
            forecast: What was forecast, the same shape and units.
            levels: Coverages, increasing numbers between 0 and 1.
            pool: What shares its scores: `"none"`, each step of each target
                has its own; `"steps"`, each target; `"targets"`, each step;
                `"all"`, nothing but one set. More scores make the level more
                exact, and the width less so where errors differ.
            asymmetric: Whether both bounds have scores of their own.

        Returns:
            ConformalIntervals.

        Raises:
            ValueError: If the shapes do not fit, a value is not finite, or
                there are too few windows for the largest level.
        """
        return _fit(cls, actual, (forecast, forecast), levels, pool, asymmetric)

    def intervals(self, forecast):
        """The intervals of forecasts.

        Args:
            forecast: Shape (windows, horizon, targets) or (windows, horizon),
                as in `fit`.

        Returns:
            Lower and upper bounds, float64: the shape of `forecast` and a
            last axis of levels.

        Raises:
            ValueError: If horizon or targets are others than in `fit`.
        """
        return self._around(forecast, forecast)

    def adaptive(self, forecast, actual, cutoffs, *, gap=0, rate=0.01):
        """Intervals whose level follows their misses, origin by origin.

        At each origin, for each step and target:

            α ← α + rate (1 − level − missed)   once an outcome is known

        where missed is 0 or 1, and the interval is the one of level 1 − α,
        from the scores of `fit` and those known since. A miss widens what
        follows, so the coverage in the long run is the level, whatever the
        series does. Where α falls to 0 the bounds are infinite: no score ever
        seen was large enough. At an α of 1 or more the interval is that of
        the smallest score.

        An outcome is known from the cutoff of its own row on: the forecast of
        step h is judged by origins at least gap + h rows later.

        Args:
            forecast: Point forecasts, as in `intervals`, in order of time.
            actual: What happened, the same shape; NaN where not known yet.
            cutoffs: Row position of the last known row of each window,
                increasing, such as `data.test.cutoffs`.
            gap: Number of rows between a cutoff and its first forecast.
            rate: The γ of the paper, 0.005 there: larger follows sooner, varies
                more, and has infinite bounds more often.

        Returns:
            Lower and upper bounds, as `intervals`.

        Raises:
            ValueError: If shapes do not fit or a number is out of range.

        Reference:
            I. Gibbs and E. Candès (2021), "Adaptive conformal inference under
            distribution shift", NeurIPS. There each outcome is known at the
            next step; here it counts when it is known. Asymmetric intervals
            adapt each bound by itself, with half of 1 − level.
        """
        forecast = self._checked("forecast", finite("forecast", forecast))
        actual = np.asarray(actual, dtype=np.float64)
        if actual.shape != forecast.shape:
            raise ValueError(
                "`actual` and `forecast` must have the same shape. Received: "
                f"{actual.shape} and {forecast.shape}."
            )
        timing = {"cutoffs": cutoffs, "gap": gap, "rate": rate}
        new = forecast - actual
        if not self.asymmetric:
            width = adapted(self.above, np.abs(new), self.levels, 1.0, **timing)
            return forecast[..., None] - width, forecast[..., None] + width
        below = adapted(self.below, new, self.levels, 0.5, **timing)
        above = adapted(self.above, -new, self.levels, 0.5, **timing)
        return uncrossed(
            forecast[..., None] - below, forecast[..., None] + above
        )


@dataclass(frozen=True, eq=False)
class ConformalQuantiles(Calibrated):
    """Intervals of quantile forecasts, corrected: `fit` makes them.

        score = max(lower − actual, actual − upper)     of each window
        width = the k-th smallest score, k = ⌈(n + 1) level⌉
        lower, upper = lower − width, upper + width

    The forecasts say where the interval is wide and where narrow, the
    calibration that it covers. Scores are negative where the forecasts cover
    too much; bounds that cross then meet in the middle.

    Example:
        >>> actual = np.arange(1.0, 10.0)[:, None]
        >>> fitted = ConformalQuantiles.fit(
        ...     actual, np.zeros((9, 1)), np.full((9, 1), 5.0), level=0.8
        ... )
        >>> lower, upper = fitted.intervals([[0.0]], [[5.0]])
        >>> lower.tolist(), upper.tolist()
        ([[-3.0]], [[8.0]])

    Reference:
        Y. Romano, E. Patterson and E. Candès (2019), "Conformalized quantile
        regression", NeurIPS; asymmetric as in its theorem 2.
    """

    @classmethod
    def fit(
        cls,
        actual,
        lower,
        upper,
        level=0.9,
        *,
        pool="none",
        asymmetric=False,
    ):
        """Calibrates two quantiles, such as 0.05 and 0.95 for 90 %.

        Args:
            actual: What happened, shape (windows, horizon, targets), or
                (windows, horizon).
            lower: The lower quantile, the same shape.
            upper: The upper quantile, the same shape.
            level: The coverage wanted; need not be that of the quantiles.
            pool: What shares its scores, as in `ConformalIntervals.fit`.
            asymmetric: Whether both bounds have scores of their own.

        Returns:
            ConformalQuantiles.

        Raises:
            ValueError: As `ConformalIntervals.fit`.
        """
        return _fit(cls, actual, (lower, upper), (level,), pool, asymmetric)

    def intervals(self, lower, upper):
        """The corrected bounds, each the shape of its quantile, float64."""
        low, high = self._around(lower, upper)
        return uncrossed(low[..., 0], high[..., 0])


def uncrossed(lower, upper):
    """The bounds; where they have crossed they meet in the middle."""
    crossed = lower > upper
    middle = np.zeros_like(lower)
    np.add(lower, upper, out=middle, where=crossed)  # ∞ − ∞ elsewhere
    return (
        np.where(crossed, middle / 2, lower),
        np.where(crossed, middle / 2, upper),
    )


def rank(number, level, asymmetric):
    """Which of so many scores is the width; more than there are if none."""
    share = (1 + level) / 2 if asymmetric else level
    # 10 · 0.9 is 9, also where floats make it a little more.
    return math.ceil((number + 1) * share - 1e-9)


def _fit(cls, actual, bounds, levels, pool, asymmetric):
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
