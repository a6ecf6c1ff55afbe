# SPDX-License-Identifier: Apache-2.0
"""Targets as standardised levels."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from keras_rnn._types import Array, Tensor
from keras_rnn._validation import boolean
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class Level(Representation):
    """Targets enter and leave as standardised levels, one channel each.

    For series that stay in the range of the training rows. A trend leaves
    that range: use `Change` for it.

        z[t] = (y[t] − mean) / standard deviation of the training rows

    Args:
        per_series: If True, each of many series has its own mean and standard
            deviation: large and small series then look alike. If False, all
            share those of all training rows.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[1.0], [3.0]])
        >>> fitted = Level().fit(levels, Windows(lookback=1, horizon=1))
        >>> fitted.represent(np.array([[[4.0]]]), basis=None).tolist()
        [[[2.0]]]
    """

    _: KW_ONLY
    per_series: bool = True

    def __post_init__(self) -> None:
        boolean("per_series", self.per_series)

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedLevel":
        """Measures mean and standard deviation of the training rows."""
        if bounds is None or not self.per_series:
            return FittedLevel(StandardScaler.fit(levels))
        return FittedLevel(StandardScaler.fit_each(levels, bounds), True)


@dataclass(frozen=True, eq=False)
class FittedLevel(FittedRepresentation):
    """Standardised levels.

    Args:
        scaler: Mean and standard deviation of each target.
        per_series: Whether mean and deviation have a leading axis of series.
    """

    scaler: StandardScaler
    per_series: bool = False

    def basis_steps(self, windows: Windows) -> tuple[int, ...]:
        """No rows: standardised levels are relative to nothing."""
        return ()

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The names of the targets themselves."""
        return tuple(targets)

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The standardised levels of the lookback."""
        return (self.scaler.transform(levels[:, 1:]),)

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """Standardised levels."""
        return self.scaler.transform(levels)

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """Levels in the data's units."""
        return self.scaler.inverse(values)
