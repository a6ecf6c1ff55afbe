# SPDX-License-Identifier: Apache-2.0
"""Outcome: what a network forecasts of each step, as quantiles."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data import PreparedData
from keras_rnn.models import DISTRIBUTIONS, ForecastHead, Regression


class Outcome:
    """The head of all networks of a forecaster, and the quantiles taken of it.

    Args:
        distribution: A key of `DISTRIBUTIONS`, or None for a number.
        intervals: Nominal coverages of the intervals wanted, increasing.

    Attributes:
        kind: The class of the head.
        levels: The levels of the quantiles that `quantiles` returns; the
            middle one is 0.5.
        settings: The arguments of the head, but for those that data give.
        reader: A head of one step, which reads what all heads of its kind
            return.
    """

    kind: type[ForecastHead]
    levels: tuple[float, ...]
    settings: dict[str, Any]
    reader: ForecastHead

    def __init__(
        self, distribution: str | None, intervals: Sequence[float]
    ) -> None:
        self.kind, self.levels = Regression, (0.5,)
        if distribution is not None:
            self.kind = DISTRIBUTIONS[distribution]
            self.levels = ends_and_median(intervals)
        self.settings = {"levels": self.levels} if self.kind.has_levels else {}
        self.reader = self.kind(**self.settings)

    def head(self, data: PreparedData) -> ForecastHead:
        """The head of a network for prepared data."""
        return self.kind.of(data, **self.settings)

    def quantiles(self, output: Tensor) -> Array:
        """The quantiles that a network forecasts.

        Args:
            output: What it returned, shape (..., targets[, numbers]).

        Returns:
            float64, shape (..., targets, levels).
        """
        return self.reader.quantiles(output, self.levels)

    def sample(
        self,
        output: Tensor,
        num_samples: int,
        seed: int | np.random.Generator | None,
    ) -> Array:
        """Draws from what a network forecasts, each step by itself.

        Args:
            output: As in `quantiles`.
            num_samples: How many draws.
            seed: As in `numpy.random.default_rng`.

        Returns:
            In the network's units, shape (num_samples, ..., targets).
        """
        return self.reader.sample(output, num_samples, seed)


def ends_and_median(intervals: Sequence[float]) -> tuple[float, ...]:
    """The levels of the ends of intervals, and 0.5 between them."""
    below = [round((1 - level) / 2, 12) for level in reversed(intervals)]
    above = [round(1 - level, 12) for level in reversed(below)]
    return (*below, 0.5, *above)


def keys_of(is_wanted: Callable[[type[ForecastHead]], bool]) -> str:
    """The keys of some distributions, as an error lists them.

    Args:
        is_wanted: Says of the class of a head whether its key is listed.
    """
    return " or ".join(
        repr(k) for k, head in DISTRIBUTIONS.items() if is_wanted(head)
    )
