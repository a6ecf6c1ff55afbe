# SPDX-License-Identifier: Apache-2.0
"""Targets as changes since the last known level."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace

from keras_rnn._types import Array, Tensor
from keras_rnn._validation import boolean
from keras_rnn.data.representations.arithmetic import zero_for_nan
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.change_size import change_size, change_sizes
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class Change(Representation):
    """Targets enter and leave as changes, two channels each.

    For levels that drift out of the range of the training rows: a forecast of
    0 means "no change", at any level. With the cutoff in row t:

        change[i]       = (y[i] − y[i−1]) / s_change    i in the lookback
        from_cutoff[i]  = (y[i] − y[t])   / s_lookback  i in the lookback
        target[h]       = (y[t+gap+h] − y[t]) / s_h     h = 1 … horizon

    Every scale is the root mean square of the changes that it divides, over
    all pairs of training rows that far apart (s_lookback: over all distances
    in the lookback). It is not their standard deviation, because no mean is
    subtracted: a series that always climbs by 5 has changes of 1. The scale of
    changes that are all 0 is 1. The first row of a series has no predecessor;
    its change is 0. A missing level is replaced by the last known one before
    it; scales count pairs of known rows only.

    Args:
        per_series: If True, each of many series has its own scales: large and
            small series then look alike. A series with too few training rows
            for some h takes the scale of the longest change that it has. If
            False, all share the scales of all training rows.

    Example:
        >>> import numpy as np
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

    def __post_init__(self) -> None:
        boolean("per_series", self.per_series)

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedChange":
        """Measures the size of changes in the training rows."""
        per_series = self.per_series and bounds is not None
        past = range(windows.lookback)
        ahead = range(windows.gap + 1, windows.gap + windows.horizon + 1)
        return FittedChange(
            change_scale=change_size(
                levels, [1], bounds, per_series=per_series
            ),
            lookback_scale=change_size(
                levels, past, bounds, per_series=per_series
            ),
            horizon_scale=change_sizes(
                levels, ahead, bounds, per_series=per_series
            ),
            per_series=per_series,
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

    change_scale: Array
    lookback_scale: Array
    horizon_scale: Array
    per_series: bool = False

    def for_horizon(self, horizon: int) -> "FittedChange":
        """The scales of the first steps."""
        return replace(self, horizon_scale=self.horizon_scale[..., :horizon, :])

    def basis_steps(self, windows: Windows) -> tuple[int, ...]:
        """The cutoff: changes are counted from its level."""
        return (0,)

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The changes of all targets, then their distances."""
        return tuple(
            f"{target}_{channel}"
            for channel in ("change", "from_cutoff")
            for target in targets
        )

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """Changes from row to row, and from the cutoff to each row."""
        changes = zero_for_nan(levels[:, 1:] - levels[:, :-1])
        from_cutoff = levels[:, 1:] - levels[:, -1:]
        return changes / self.change_scale, from_cutoff / self.lookback_scale

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """The change since the last level, in units of its usual size."""
        return (levels - basis) / self.horizon_scale

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """The last level plus the change."""
        return values * self.horizon_scale + basis
