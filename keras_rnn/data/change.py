# SPDX-License-Identifier: Apache-2.0
"""Targets as changes since the last known level."""

from dataclasses import dataclass

import numpy as np

from keras_rnn.data.representation import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.scaling import one_for_zero


@dataclass(frozen=True)
class Change(Representation):
    """Targets enter and leave as changes, two channels each.

    For levels that drift out of the range that training has seen: a forecast
    of 0 means "no change", at any level. With the cutoff in row t:

        change[i]       = (y[i] − y[i−1]) / s_change    i in the lookback
        from_cutoff[i]  = (y[i] − y[t])   / s_lookback  i in the lookback
        target[h]       = (y[t+gap+h] − y[t]) / s_h     h = 1 … horizon

    Every scale is the root mean square of what it divides, over all pairs of
    training rows that far apart (s_lookback: over all distances in the
    lookback). It is not the standard deviation, because no mean is
    subtracted: a series that only ever climbs by 5 then has changes of 1. The
    scale of something that never changes is 1. The first row of all has no
    predecessor; its change is 0.

    Example:
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[0.0], [5.0], [10.0], [15.0]])
        >>> fitted = Change().fit(levels, Windows(lookback=1, horizon=2))
        >>> fitted.horizon_scale.tolist()
        [[5.0], [10.0]]
        >>> fitted.invert(np.array([[[1.0], [1.0]]]), last=100.0).tolist()
        [[[105.0], [110.0]]]
    """

    def fit(self, levels, windows):
        """Measures the size of changes in the training rows."""
        ahead = range(windows.gap + 1, windows.gap + windows.horizon + 1)
        return FittedChange(
            change_scale=change_size(levels, [1]),
            lookback_scale=change_size(levels, range(windows.lookback)),
            horizon_scale=np.stack([change_size(levels, [h]) for h in ahead]),
        )


@dataclass(frozen=True, eq=False)
class FittedChange(FittedRepresentation):
    """Scaled changes.

    Args:
        change_scale: Size of a change from row to row, shape (targets,).
        lookback_scale: Size of a change within a lookback, (targets,).
        horizon_scale: Size of the change since the cutoff at each step of the
            horizon, shape (horizon, targets).
    """

    change_scale: np.ndarray
    lookback_scale: np.ndarray
    horizon_scale: np.ndarray

    def channel_names(self, targets):
        """First the changes of all targets, then all distances."""
        return tuple(
            f"{target}_{channel}"
            for channel in ("change", "from_cutoff")
            for target in targets
        )

    def channels(self, levels):
        """Changes from row to row, and from the cutoff to each row."""
        changes = levels[:, 1:] - levels[:, :-1]
        from_cutoff = levels[:, 1:] - levels[:, -1:]
        return changes / self.change_scale, from_cutoff / self.lookback_scale

    def represent(self, levels, last):
        """The change since the last level, in units of its usual size."""
        return (levels - last) / self.horizon_scale

    def invert(self, values, last):
        """The last level plus the change."""
        return values * self.horizon_scale + last


def change_size(levels, distances):
    """Root mean square change between rows so many rows apart.

    Args:
        levels: float64, shape (rows, targets).
        distances: Numbers of rows, all counting alike.

    Returns:
        Shape (targets,); 1 where nothing changes.
    """
    squares = [
        np.square(levels[distance:] - levels[: len(levels) - distance]).mean(0)
        for distance in distances
    ]
    return one_for_zero(np.sqrt(np.mean(squares, axis=0)))
