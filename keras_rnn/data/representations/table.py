# SPDX-License-Identifier: Apache-2.0
"""REPRESENTATIONS, the one table of how a network may see its targets.

`Forecaster`, the tuner, error messages and tests read it. `keras_rnn.data`
exports the classes in `__all__`, and by name those of other subpackages.
"""

from keras_rnn import _validation as validate
from keras_rnn.data.representations.base import Representation
from keras_rnn.data.representations.change import Change
from keras_rnn.data.representations.counts import Counts
from keras_rnn.data.representations.level import Level
from keras_rnn.data.representations.log_and_root import Log, SquareRoot
from keras_rnn.data.representations.seasonal_change import SeasonalChange
from keras_rnn.data.representations.window_level import WindowLevel

__all__ = [
    "Change",
    "Level",
    "Log",
    "SeasonalChange",
    "SquareRoot",
    "WindowLevel",
]

#: Key -> class.
REPRESENTATIONS: dict[str, type[Representation]] = {
    "level": Level,
    "change": Change,
    "seasonal_change": SeasonalChange,
    "window_level": WindowLevel,
    "log": Log,
    "square_root": SquareRoot,
    "counts": Counts,
}


def representation_of(key: str, season: int | None = None) -> Representation:
    """The representation of a key, with its defaults.

    Args:
        key: A key of `REPRESENTATIONS`.
        season: Number of rows of a season, for representations that need it.

    Returns:
        A `Representation`.

    Raises:
        ValueError: If the key is unknown, or a season is needed.

    Example:
        >>> representation_of("seasonal_change", season=7)
        SeasonalChange(season=7, per_series=True)
    """
    key = validate.one_of("representation", key, tuple(REPRESENTATIONS))
    return REPRESENTATIONS[key].for_season(season)
