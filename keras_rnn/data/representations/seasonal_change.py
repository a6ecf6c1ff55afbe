# SPDX-License-Identifier: Apache-2.0
"""Targets as changes since the last known row of the same season."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace

import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn._validation import boolean, positive_int
from keras_rnn.data.representations.arithmetic import zero_for_nan
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.change_size import change_size, change_sizes
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class SeasonalChange(Representation):
    """Targets enter and leave as changes since the same season.

    For series that repeat: a forecast of 0 means "as one season before",
    which is the seasonal naive forecast. Where that row is not yet known, or
    missing, the reference is the last known row of the same season. With the
    cutoff in row t, a = gap + h steps ahead and k = ⌈a / season⌉:

        seasonal_change[i] = (y[i] − y[i−season]) / s_1      i in the lookback
        from_cutoff[i]     = (y[i] − y[t]) / s_lookback      i in the lookback
        target[h]          = (y[t+a] − y[t+a−k·season]) / s_k

    Every scale is the root mean square of the changes that it divides, over
    all pairs of training rows that far apart. In the first season of a series,
    which has no row one season before, the seasonal change is 0.

    Args:
        season: Number of rows in a season, at most the lookback.
        per_series: As in `Change`.

    Raises:
        ValueError: If `season` is not a positive integer; on `prepare`, if the
            lookback is shorter.

    Example:
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[1.0], [5.0], [2.0], [6.0], [3.0], [7.0]])
        >>> fitted = SeasonalChange(2).fit(
        ...     levels, Windows(lookback=2, horizon=2)
        ... )
        >>> fitted.invert(np.zeros((1, 2, 1)), levels[np.newaxis, -2:]).tolist()
        [[[3.0], [7.0]]]
    """

    season: int
    _: KW_ONLY
    per_series: bool = True

    def __post_init__(self) -> None:
        positive_int("season", self.season)
        boolean("per_series", self.per_series)

    @classmethod
    def for_season(cls, season: int | None) -> "SeasonalChange":
        """The representation of this season, which must be known."""
        if season is None:
            raise ValueError(
                "SeasonalChange needs a season. Received: season=None. Name "
                "the number of its rows, or use 'change'."
            )
        return cls(season)

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedSeasonalChange":
        """Measures the size of seasonal changes in the training rows."""
        if windows.lookback < self.season:
            raise ValueError(
                f"season={self.season} needs a lookback of at least "
                f"{self.season} rows. Received: lookback={windows.lookback}. "
                "Enlarge the lookback or use `Change()`."
            )
        per_series = self.per_series and bounds is not None
        past = range(windows.lookback)
        seasons = seasons_back(windows, self.season)
        distances = self.season * np.arange(1, seasons[-1] + 1)
        sizes = change_sizes(levels, distances, bounds, per_series=per_series)
        return FittedSeasonalChange(
            season=self.season,
            seasonal_scale=change_size(
                levels, [self.season], bounds, per_series=per_series
            ),
            lookback_scale=change_size(
                levels, past, bounds, per_series=per_series
            ),
            horizon_scale=sizes[..., seasons - 1, :],
            per_series=per_series,
        )


@dataclass(frozen=True, eq=False)
class FittedSeasonalChange(FittedRepresentation):
    """Scaled seasonal changes.

    Args:
        season: Number of rows in a season.
        seasonal_scale: Size of a change over a season, shape (targets,).
        lookback_scale: Size of a change within a lookback, (targets,).
        horizon_scale: Size of the change since the reference at each step of
            the horizon, shape (horizon, targets).
        per_series: Whether the scales are those of many series: of shape
            (series, 1, targets) and (series, horizon, targets).
    """

    season: int
    seasonal_scale: Array
    lookback_scale: Array
    horizon_scale: Array
    per_series: bool = False

    @property
    def reach(self) -> int:
        """A season before the first input row."""
        return self.season

    @property
    def stand_in(self) -> int:
        """A season: the level one season before replaces a missing one."""
        return self.season

    def for_horizon(self, horizon: int) -> "FittedSeasonalChange":
        """The scales of the first steps."""
        return replace(self, horizon_scale=self.horizon_scale[..., :horizon, :])

    def basis_steps(self, windows: Windows) -> Array:
        """The last known row of the same season as each target."""
        back = self.season * seasons_back(windows, self.season)
        return np.array(windows.target_rows(0)) - back

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The seasonal changes of all targets, then their distances."""
        return tuple(
            f"{target}_{channel}"
            for channel in ("seasonal_change", "from_cutoff")
            for target in targets
        )

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """Changes over a season, and from the cutoff to each row."""
        lookback = levels[:, self.season :]
        changes = zero_for_nan(lookback - levels[:, : -self.season])
        from_cutoff = lookback - levels[:, -1:]
        return changes / self.seasonal_scale, from_cutoff / self.lookback_scale

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """The change since the reference, in units of its usual size."""
        return (levels - basis) / self.horizon_scale

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """The reference plus the change."""
        return values * self.horizon_scale + basis


def seasons_back(windows: Windows, season: int) -> Array:
    """Seasons from each target back to a known row, shape (horizon,)."""
    return -(-np.array(windows.target_rows(0)) // season)
