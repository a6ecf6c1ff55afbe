# SPDX-License-Identifier: Apache-2.0
"""Targets as changes since the last known level."""

from dataclasses import KW_ONLY, dataclass, replace

import numpy as np

from keras_rnn._validation import boolean
from keras_rnn.data.representations.arithmetic import zero_for_nan
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.change_size import change_size, change_sizes


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
    scale of something that never changes is 1. The first row of a series has
    no predecessor; its change is 0. For a missing level stands the last known
    one before it; scales count pairs of known rows only.

    Args:
        per_series: If True, each of many series has its own scales: large and
            small series then look alike. A series with too few training rows
            for some h takes the scale of the longest change that it has. If
            False, all share the scales of all training rows.

    Example:
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[0.0], [5.0], [10.0], [15.0]])
        >>> fitted = Change().fit(levels, Windows(lookback=1, horizon=2))
        >>> fitted.horizon_scale.tolist()
        [[5.0], [10.0]]
        >>> fitted.invert(np.array([[[1.0], [1.0]]]), basis=100.0).tolist()
        [[[105.0], [110.0]]]
    """

    _: KW_ONLY
    per_series: bool = True

    def __post_init__(self):
        boolean("per_series", self.per_series)

    def fit(self, levels, windows, bounds=None):
        """Measures the size of changes in the training rows."""
        each = {
            "bounds": bounds,
            "per_series": self.per_series and bounds is not None,
        }
        ahead = range(windows.gap + 1, windows.gap + windows.horizon + 1)
        return FittedChange(
            change_scale=change_size(levels, [1], **each),
            lookback_scale=change_size(levels, range(windows.lookback), **each),
            horizon_scale=change_sizes(levels, ahead, **each),
            per_series=each["per_series"],
        )


@dataclass(frozen=True, eq=False)
class FittedChange(FittedRepresentation):
    """Scaled changes.

    Args:
        change_scale: Size of a change from row to row, shape (targets,).
        lookback_scale: Size of a change within a lookback, (targets,).
        horizon_scale: Size of the change since the cutoff at each step of the
            horizon, shape (horizon, targets).
        per_series: Whether the scales are those of many series: of shape
            (series, 1, targets) and (series, horizon, targets).
    """

    change_scale: np.ndarray
    lookback_scale: np.ndarray
    horizon_scale: np.ndarray
    per_series: bool = False

    def for_horizon(self, horizon):
        """The scales of the first steps."""
        return replace(self, horizon_scale=self.horizon_scale[..., :horizon, :])

    def basis_steps(self, windows):
        """The cutoff: changes are counted from its level."""
        return (0,)

    def channel_names(self, targets):
        """First the changes of all targets, then all distances."""
        return tuple(
            f"{target}_{channel}"
            for channel in ("change", "from_cutoff")
            for target in targets
        )

    def channels(self, levels):
        """Changes from row to row, and from the cutoff to each row."""
        changes = zero_for_nan(levels[:, 1:] - levels[:, :-1])
        from_cutoff = levels[:, 1:] - levels[:, -1:]
        return changes / self.change_scale, from_cutoff / self.lookback_scale

    def represent(self, levels, basis):
        """The change since the last level, in units of its usual size."""
        return (levels - basis) / self.horizon_scale

    def invert(self, values, basis):
        """The last level plus the change."""
        return values * self.horizon_scale + basis
