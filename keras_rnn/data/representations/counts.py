# SPDX-License-Identifier: Apache-2.0
"""Targets that leave as counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from keras_rnn._types import Array, Tensor
from keras_rnn.data.representations.arithmetic import log
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
    refuse,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class Counts(Representation):
    """Targets enter as logarithms and leave as they are: sales, visits.

    For heads with a likelihood of counts, such as `NegativeBinomial`, which
    holds for unchanged counts only. The inputs are standardised, one channel
    per target:

        z[t] = (log(1 + y[t]) − mean) / standard deviation of the training rows

    Many series share mean and standard deviation: a forecast has the size of
    its series, so the network must see that size.

    Raises:
        ValueError: On `prepare`, if a target is not a count: negative, or with
            a fraction.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[0.0], [3.0]])
        >>> fitted = Counts().fit(levels, Windows(lookback=2, horizon=1))
        >>> fitted.represent(np.array([[[7.0]]]), basis=None).tolist()
        [[[7.0]]]
    """

    per_series: ClassVar[bool] = False

    def check(
        self,
        levels: Array,
        targets: Sequence[str],
        place: Callable[[int], str],
    ) -> None:
        """Raises a ValueError that names the first row without a count."""
        # Both comparisons are False for NaN: a missing count is not wrong.
        refuse(
            (levels < 0) | (levels % 1 > 0),
            levels,
            targets,
            place,
            "Counts needs whole numbers of at least 0. Take another "
            "representation, and no distribution of counts.",
        )

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedCounts":
        """Measures the logarithms of the training rows."""
        return FittedCounts(StandardScaler.fit(log(levels + 1)))


@dataclass(frozen=True, eq=False)
class FittedCounts(FittedRepresentation):
    """Counts that a network sees as logarithms.

    Args:
        scaler: Mean and standard deviation of the logarithms.
    """

    scaler: StandardScaler
    per_series: ClassVar[bool] = False
    stand_in: ClassVar[None] = None

    def basis_steps(self, windows: Windows) -> tuple[int, ...]:
        """No rows: counts are relative to nothing."""
        return ()

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The logarithms of all targets."""
        return tuple(f"log_{target}" for target in targets)

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The standardised logarithms of the lookback."""
        return (self.scaler.transform(log(levels[:, 1:] + 1)),)

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """The counts themselves."""
        return levels

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """The values themselves."""
        return values
