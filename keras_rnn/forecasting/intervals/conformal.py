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

from dataclasses import dataclass

import numpy as np

from keras_rnn.forecasting.intervals.calibration_scores import (
    Calibrated,
    calibrated,
)

#: How far a miss moves the level, unless the user says.
RATE = 0.05


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
        return calibrated(
            cls, actual, (forecast, forecast), levels, pool, asymmetric
        )

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
        return nested(*uncrossed(*self._around(forecast, forecast)))

    def adaptive(self, forecast, actual, cutoffs, *, gap=0, rate=RATE):
        """Intervals whose level follows their misses, origin by origin.

        At each origin, for each step and target:

            α ← α + rate (1 − level − missed)   once an outcome is known

        where missed is 0 or 1, and the interval is the one of level 1 − α,
        from the scores of `fit` and those known since. A miss widens what
        follows, so the coverage in the long run tends to the level, whatever
        the series does. Where α falls to 0 the interval is that of the
        largest score seen so far, where it rises to 1 of the smallest. So
        bounds are finite, and where they are widest each further miss is a
        larger error than any before: only a series whose errors never stop
        growing goes on missing too often.

        An outcome is known from the cutoff of its own row on: the forecast of
        step h is judged by origins at least gap + h rows later.

        Args:
            forecast: Point forecasts, as in `intervals`, in order of time.
            actual: What happened, the same shape; NaN where not known yet.
            cutoffs: Row position of the last known row of each window,
                increasing, such as `data.test.cutoffs`.
            gap: Number of rows between a cutoff and its first forecast.
            rate: The γ of the paper, 0.005 there, for thousands of origins:
                larger follows sooner and varies more. At 0.05, for tens to
                hundreds, about two misses at a level of 0.9 lead to the
                widest interval there is.

        Returns:
            Lower and upper bounds, as `intervals`.

        Raises:
            ValueError: If shapes do not fit or a number is out of range.

        Reference:
            I. Gibbs and E. Candès (2021), "Adaptive conformal inference under
            distribution shift", NeurIPS. There each outcome is known at the
            next step, and where α falls below 0 the bounds are infinite;
            here it counts when it is known, and they are finite. Asymmetric
            intervals adapt each bound by itself, with half of 1 − level.
        """
        bounds = self._following(
            forecast, forecast, actual, cutoffs=cutoffs, gap=gap, rate=rate
        )
        return nested(*uncrossed(*bounds))


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
        return calibrated(
            cls, actual, (lower, upper), (level,), pool, asymmetric
        )

    def intervals(self, lower, upper):
        """The corrected bounds, each the shape of its quantile, float64."""
        low, high = self._around(lower, upper)
        return uncrossed(low[..., 0], high[..., 0])

    def adaptive(self, lower, upper, actual, cutoffs, *, gap=0, rate=RATE):
        """Bounds whose level follows their misses, origin by origin.

        Args:
            lower: The lower quantile, as in `intervals`, in order of time.
            upper: The upper quantile.
            actual: As in `ConformalIntervals.adaptive`, which says how.
            cutoffs: As there.
            gap: As there.
            rate: As there.

        Returns:
            The bounds, as `intervals`.

        Raises:
            ValueError: If shapes do not fit or a number is out of range.
        """
        low, high = self._following(
            lower, upper, actual, cutoffs=cutoffs, gap=gap, rate=rate
        )
        return uncrossed(low[..., 0], high[..., 0])


def uncrossed(lower, upper):
    """The bounds; where they have crossed they meet in the middle."""
    crossed = lower > upper
    middle = (lower + upper) / 2
    return np.where(crossed, middle, lower), np.where(crossed, middle, upper)


def nested(lower, upper):
    """The bounds, each level at least as wide as those before it.

    The last axis is of increasing levels. Where each level has scores, or
    misses, of its own, a wider interval may come out inside a narrower one.
    """
    return (
        np.minimum.accumulate(lower, axis=-1),
        np.maximum.accumulate(upper, axis=-1),
    )
