# SPDX-License-Identifier: Apache-2.0
"""Targets in units of the window that they follow."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from keras_rnn._types import Array, Tensor
from keras_rnn._validation import boolean, positive_number
from keras_rnn.data.representations.arithmetic import (
    maximum,
    mean_of_rows,
    square_root,
)
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class WindowLevel(Representation):
    """Targets enter and leave standardised by each window's own lookback.

    For series whose level and spread both drift, and for many series of
    different sizes: all windows look alike. A forecast of 0 means "the mean
    of the lookback".

        z[t] = (y[t] − mean of the lookback) / scale
        scale = max(standard deviation of the lookback,
                    smallest × standard deviation of the training rows)

    Missing rows count neither in the mean nor in a standard deviation.

    Args:
        smallest: The smallest scale, relative to the training rows. It keeps
            targets after a lookback with little change from being huge.
        per_series: Whether `smallest` is relative to the training rows of
            each of many series (True), or of all together (False).

    Raises:
        ValueError: If `smallest` is not a finite number above 0.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[1.0], [3.0]])
        >>> fitted = WindowLevel().fit(levels, Windows(lookback=2, horizon=1))
        >>> lookback = np.array([[[100.0], [104.0]]])
        >>> fitted.invert(np.array([[[1.0]]]), lookback).tolist()
        [[[104.0]]]

    Reference:
        Kim et al. (2022), Reversible instance normalization, without its
        trained scale and shift.
    """

    _: KW_ONLY
    smallest: float = 0.01
    per_series: bool = True
    steady = 0  # every row moves with the mean of its window

    def __post_init__(self) -> None:
        positive_number("smallest", self.smallest)
        boolean("per_series", self.per_series)

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedWindowLevel":
        """Measures the spread of the training rows, for the smallest scale."""
        if bounds is None or not self.per_series:
            scale = StandardScaler.fit(levels).scale
            return FittedWindowLevel(self.smallest * scale)
        scale = StandardScaler.fit_each(levels, bounds).scale
        return FittedWindowLevel(self.smallest * scale, True)


@dataclass(frozen=True, eq=False)
class FittedWindowLevel(FittedRepresentation):
    """Levels standardised by their window.

    Args:
        smallest: The smallest scale of each target, shape (targets,).
        per_series: Whether `smallest` is that of many series, of shape
            (series, 1, targets).
    """

    smallest: Array
    per_series: bool = False
    stand_in: ClassVar[None] = None

    def basis_steps(self, windows: Windows) -> range:
        """The whole lookback."""
        return range(1 - windows.lookback, 1)

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The names of the targets themselves."""
        return tuple(targets)

    def moments(self, lookback: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the scale of each window.

        Args:
            lookback: Levels, shape (batch, lookback, targets).

        Returns:
            Two arrays of shape (batch, 1, targets).
        """
        mean = mean_of_rows(lookback)
        rest = lookback - mean  # NaN where missing
        deviation = square_root(mean_of_rows(rest * rest))
        return mean, maximum(deviation, self.smallest)

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The standardised levels of the lookback."""
        lookback = levels[:, 1:]
        mean, scale = self.moments(lookback)
        return ((lookback - mean) / scale,)

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """Levels in units of the lookback."""
        mean, scale = self.moments(basis)
        return (levels - mean) / scale

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """Levels in the data's units."""
        mean, scale = self.moments(basis)
        return values * scale + mean
