# SPDX-License-Identifier: Apache-2.0
"""Targets in units of the window that they follow."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

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


@dataclass(frozen=True)
class WindowLevel(Representation):
    """Targets enter and leave standardised by each window's own lookback.

    For series whose level and spread both wander, and for many series of
    different sizes: every window looks alike. A forecast of 0 means "the mean
    of the lookback".

        z[t] = (y[t] − mean of the lookback) / scale
        scale = max(standard deviation of the lookback,
                    smallest × standard deviation of the training rows)

    Missing rows count in neither.

    Args:
        smallest: Keeps the targets after a quiet lookback from being huge.
        per_series: Of many series: whether `smallest` is relative to the
            training rows of each or of all.

    Raises:
        ValueError: If `smallest` is not a finite number above 0.

    Example:
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

    def __post_init__(self):
        positive_number("smallest", self.smallest)
        boolean("per_series", self.per_series)

    def fit(self, levels, windows, bounds=None):
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
        per_series: Whether it is that of many series, (series, 1, targets).
    """

    smallest: np.ndarray
    per_series: bool = False
    stand_in = None

    def basis_steps(self, windows):
        """The whole lookback."""
        return range(1 - windows.lookback, 1)

    def channel_names(self, targets):
        """The names of the targets themselves."""
        return tuple(targets)

    def moments(self, lookback):
        """Mean and scale of each window, shape (batch, 1, targets)."""
        mean = mean_of_rows(lookback)
        rest = lookback - mean  # NaN where missing
        deviation = square_root(mean_of_rows(rest * rest))
        return mean, maximum(deviation, self.smallest)

    def channels(self, levels):
        """The standardised levels of the lookback."""
        lookback = levels[:, 1:]
        mean, scale = self.moments(lookback)
        return ((lookback - mean) / scale,)

    def represent(self, levels, basis):
        """Levels in units of the lookback."""
        mean, scale = self.moments(basis)
        return (levels - mean) / scale

    def invert(self, values, basis):
        """Levels in the data's units."""
        mean, scale = self.moments(basis)
        return values * scale + mean
