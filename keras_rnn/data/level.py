# SPDX-License-Identifier: Apache-2.0
"""Targets as standardised levels."""

from dataclasses import dataclass

from keras_rnn.data.representation import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.scaling import StandardScaler


@dataclass(frozen=True)
class Level(Representation):
    """Targets enter and leave as standardised levels, one channel each.

    For series that stay in the range that training has seen. A trend leaves
    that range: use `Change` for it.

        z[t] = (y[t] − mean) / standard deviation of the training rows

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[1.0], [3.0]])
        >>> fitted = Level().fit(levels, Windows(lookback=1, horizon=1))
        >>> fitted.represent(np.array([[[4.0]]]), last=None).tolist()
        [[[2.0]]]
    """

    def fit(self, levels, windows):
        """Measures mean and standard deviation of the training rows."""
        return FittedLevel(StandardScaler.fit(levels))


@dataclass(frozen=True, eq=False)
class FittedLevel(FittedRepresentation):
    """Standardised levels.

    Args:
        scaler: Mean and standard deviation of each target.
    """

    scaler: StandardScaler

    def channel_names(self, targets):
        """The names of the targets themselves."""
        return tuple(targets)

    def channels(self, levels):
        """The standardised levels of the lookback."""
        return (self.scaler.transform(levels[:, 1:]),)

    def represent(self, levels, last):
        """Standardised levels; the last level plays no part."""
        return self.scaler.transform(levels)

    def invert(self, values, last):
        """Levels in the data's units; the last level plays no part."""
        return self.scaler.inverse(values)
