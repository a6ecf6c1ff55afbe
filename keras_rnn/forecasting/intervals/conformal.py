# SPDX-License-Identifier: Apache-2.0
"""Intervals around forecasts, calibrated on errors made before.

Split-conformal intervals promise their coverage for any model and any
distribution, if the errors of calibration and those to come are exchangeable,
which means that their order does not matter. The errors of a time series are
not. They depend on their neighbours, windows overlap, and after a change of the
world the old errors say little. So take the promise as a good approximation
while the series behaves as it did in the calibration part, check it with
`keras_rnn.metrics.coverage` on the test part, and let `adaptive` correct the
level where the series drifts.

Calibrate on the validation part, never on rows that trained the model: errors
there are too small, and so would the intervals be.

Reference:
    H. Papadopoulos, K. Proedrou, V. Vovk and A. Gammerman (2002), "Inductive
    confidence machines for regression", ECML; J. Lei, M. G'Sell, A. Rinaldo,
    R. J. Tibshirani and L. Wasserman (2018), "Distribution-free predictive
    inference for regression", Journal of the American Statistical Association
    113(523), 1094-1111.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from keras_rnn._types import ArrayLike, Floats
from keras_rnn.forecasting.intervals.bounds import nested, uncrossed
from keras_rnn.forecasting.intervals.calibration_scores import (
    Calibrated,
    calibrated,
)

#: How far a miss moves the level, unless the user chooses.
RATE = 0.05


@dataclass(frozen=True, eq=False)
class ConformalIntervals(Calibrated):
    """Intervals around point forecasts, which `fit` calibrates.

        score = |actual − forecast|                     of each window
        width = the k-th smallest score, k = ⌈(n + 1) level⌉
        lower, upper = forecast − width, forecast + width

    In asymmetric intervals each bound has scores of its own, forecast − actual
    and actual − forecast, and k = ⌈(n + 1) (1 + level) / 2⌉. They are for
    errors that lean to one side, and somewhat wider.

    Example:
        >>> import numpy as np
        >>> actual = np.arange(1.0, 10.0)[:, None]  # 9 windows, 1 step
        >>> fitted = ConformalIntervals.fit(actual, np.zeros((9, 1)), (0.8,))
        >>> lower, upper = fitted.intervals([[100.0]])
        >>> lower.tolist(), upper.tolist()  # the 8th of 9 scores
        ([[[92.0]]], [[[108.0]]])
    """

    @classmethod
    def fit(
        cls,
        actual: ArrayLike,
        forecast: ArrayLike,
        levels: Sequence[float] = (0.9,),
        *,
        pool: Literal["none", "steps", "targets", "all"] = "none",
        asymmetric: bool = False,
    ) -> Self:
        """Calibrates on forecasts of a part that did not train the model.

        Args:
            actual: What happened, shape (windows, horizon, targets), or
                (windows, horizon), such as `data.validation.actual`.
            forecast: What was forecast, the same shape and units.
            levels: Nominal coverages, increasing numbers between 0 and 1.
            pool: What shares its scores. `"none"`: each step of each target
                has scores of its own. `"steps"`: all steps of a target share
                them. `"targets"`: all targets share those of a step. `"all"`:
                all steps of all targets share them. More scores make the
                coverage more exact. Where errors differ from step to step or
                from target to target, sharing makes the width less exact.
            asymmetric: Whether each bound has scores of its own.

        Returns:
            The calibrated intervals.

        Raises:
            ValueError: If the shapes do not fit, a value is not finite, or
                there are too few windows for the largest level.
        """
        return calibrated(
            cls, actual, (forecast, forecast), levels, pool, asymmetric
        )

    def intervals(self, forecast: ArrayLike) -> tuple[Floats, Floats]:
        """The intervals of forecasts.

        Args:
            forecast: Shape (windows, horizon, targets) or (windows, horizon),
                as in `fit`.

        Returns:
            Lower and upper bounds, float64: the shape of `forecast` and a
            last axis of levels.

        Raises:
            ValueError: If there are other steps or targets than in `fit`.
        """
        return nested(*uncrossed(*self._around(forecast, forecast)))

    def adaptive(
        self,
        forecast: ArrayLike,
        actual: ArrayLike,
        cutoffs: ArrayLike,
        *,
        gap: int = 0,
        rate: float = RATE,
    ) -> tuple[Floats, Floats]:
        """Intervals whose level follows their misses, origin by origin.

        An origin is the last known row of a window. At each origin, for each
        step and target:

            α ← α + rate (1 − level − missed)   once an outcome is known

        where missed is 0 or 1. The interval is the one of level 1 − α, from
        the scores of `fit` and those known since. A miss widens the intervals
        that follow, so that in the long run the coverage tends to the level,
        whatever the series does. Where α falls to 0 the width is the largest
        score seen so far, where it rises to 1 the smallest. So bounds are
        finite. Where they are widest each further miss is a larger error than
        any before: only a series whose errors never stop growing goes on
        missing too often.

        An outcome is known from the cutoff in its own row on, so the forecast
        of step h is judged by origins at least gap + h rows later.

        Args:
            forecast: Point forecasts, as in `intervals`, in order of time.
            actual: What happened, the same shape; NaN where not known yet.
            cutoffs: Row position of the last known row of each window,
                increasing, such as `data.test.cutoffs`.
            gap: Number of rows between a cutoff and its first forecast.
            rate: The γ of the paper. A larger one follows sooner and varies
                more. The paper takes 0.005, for thousands of origins. 0.05 is
                for tens to hundreds: at a level of 0.9 about two misses lead
                to the widest interval there is.

        Returns:
            Lower and upper bounds, as from `intervals`.

        Raises:
            ValueError: If shapes do not fit or a number is out of range.

        Reference:
            I. Gibbs and E. Candès (2021), "Adaptive conformal inference under
            distribution shift", NeurIPS. In the paper each outcome is known at
            the next step, and the bounds are infinite where α falls below 0.
            Here an outcome counts when it is known, and bounds are finite.
            Asymmetric intervals adapt each bound by itself, with half of
            1 − level.
        """
        bounds = self._following(
            forecast, forecast, actual, cutoffs=cutoffs, gap=gap, rate=rate
        )
        return nested(*uncrossed(*bounds))


@dataclass(frozen=True, eq=False)
class ConformalQuantiles(Calibrated):
    """Corrected intervals of quantile forecasts, which `fit` calibrates.

        score = max(lower − actual, actual − upper)     of each window
        width = the k-th smallest score, k = ⌈(n + 1) level⌉
        lower, upper = lower − width, upper + width

    The forecasts make the interval wide in some places and narrow in others,
    the calibration makes it hold as many outcomes as it should. Scores are
    negative where the forecasts cover too much. If the bounds cross then, they
    meet in the middle.

    Example:
        >>> import numpy as np
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
        actual: ArrayLike,
        lower: ArrayLike,
        upper: ArrayLike,
        level: float = 0.9,
        *,
        pool: Literal["none", "steps", "targets", "all"] = "none",
        asymmetric: bool = False,
    ) -> Self:
        """Calibrates two quantiles, such as 0.05 and 0.95 for 90 %.

        Args:
            actual: What happened, shape (windows, horizon, targets), or
                (windows, horizon).
            lower: The lower quantile, the same shape.
            upper: The upper quantile, the same shape.
            level: The nominal coverage, which need not be that of the
                quantiles.
            pool: What shares its scores, as in `ConformalIntervals.fit`.
            asymmetric: Whether each bound has scores of its own.

        Returns:
            The calibrated intervals.

        Raises:
            ValueError: As `ConformalIntervals.fit`.
        """
        return calibrated(
            cls, actual, (lower, upper), (level,), pool, asymmetric
        )

    def intervals(
        self, lower: ArrayLike, upper: ArrayLike
    ) -> tuple[Floats, Floats]:
        """The corrected intervals of forecasts.

        Args:
            lower: The lower quantile, shape (windows, horizon, targets) or
                (windows, horizon), as in `fit`.
            upper: The upper quantile, the same shape.

        Returns:
            Lower and upper bounds, float64, the same shape.

        Raises:
            ValueError: If there are other steps or targets than in `fit`.
        """
        low, high = self._around(lower, upper)
        return uncrossed(low[..., 0], high[..., 0])

    def adaptive(
        self,
        lower: ArrayLike,
        upper: ArrayLike,
        actual: ArrayLike,
        cutoffs: ArrayLike,
        *,
        gap: int = 0,
        rate: float = RATE,
    ) -> tuple[Floats, Floats]:
        """Intervals whose level follows their misses, origin by origin.

        `ConformalIntervals.adaptive` defines how.

        Args:
            lower: The lower quantile, as in `intervals`, in order of time.
            upper: The upper quantile, the same shape.
            actual: What happened, the same shape; NaN where not known yet.
            cutoffs: Row position of the last known row of each window,
                increasing.
            gap: Number of rows between a cutoff and its first forecast.
            rate: As in `ConformalIntervals.adaptive`.

        Returns:
            Lower and upper bounds, as from `intervals`.

        Raises:
            ValueError: If shapes do not fit or a number is out of range.
        """
        low, high = self._following(
            lower, upper, actual, cutoffs=cutoffs, gap=gap, rate=rate
        )
        return uncrossed(low[..., 0], high[..., 0])
