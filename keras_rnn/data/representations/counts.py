# SPDX-License-Identifier: Apache-2.0
"""Targets that leave as counts."""

from dataclasses import dataclass
from typing import ClassVar

from keras_rnn.data.representations.arithmetic import log
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
    refuse,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler


@dataclass(frozen=True)
class Counts(Representation):
    """Targets enter as logarithms and leave as they are: sales, visits.

    For heads whose likelihood is that of counts, such as `NegativeBinomial`,
    which counts changed in any way have not. The inputs are standardised, one
    channel each:

        z[t] = (log(1 + y[t]) − mean) / standard deviation of the training rows

    All of many series share mean and standard deviation: what leaves has the
    size of its series, so the network must see that size.

    Raises:
        ValueError: On `prepare`, if a target is no count: negative, or with a
            fraction.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[0.0], [3.0]])
        >>> fitted = Counts().fit(levels, Windows(lookback=2, horizon=1))
        >>> fitted.represent(np.array([[[7.0]]]), basis=None).tolist()
        [[[7.0]]]
    """

    per_series: ClassVar[bool] = False

    def check(self, levels, targets, place):
        """Raises a ValueError that names the first row without a count."""
        # What is missing is no wrong count.
        refuse(
            (levels < 0) | (levels % 1 > 0),
            levels,
            targets,
            place,
            "Counts needs whole numbers of at least 0. Take another "
            "representation, and no distribution of counts.",
        )

    def fit(self, levels, windows, bounds=None):
        """Measures the logarithms of the training rows."""
        return FittedCounts(StandardScaler.fit(log(levels + 1)))


@dataclass(frozen=True, eq=False)
class FittedCounts(FittedRepresentation):
    """Counts, seen through their logarithm.

    Args:
        scaler: Mean and standard deviation of the logarithms.
    """

    scaler: StandardScaler
    per_series: ClassVar[bool] = False
    stand_in: ClassVar[None] = None

    def basis_steps(self, windows):
        """Nothing: a count is a count, wherever the cutoff is."""
        return ()

    def channel_names(self, targets):
        """The logarithms of all targets."""
        return tuple(f"log_{target}" for target in targets)

    def channels(self, levels):
        """The standardised logarithms of the lookback."""
        return (self.scaler.transform(log(levels[:, 1:] + 1)),)

    def represent(self, levels, basis):
        """The counts themselves."""
        return levels

    def invert(self, values, basis):
        """The values themselves."""
        return values
