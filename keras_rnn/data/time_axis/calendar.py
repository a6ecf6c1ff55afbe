# SPDX-License-Identifier: Apache-2.0
"""The calendar as pairs of sine and cosine."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn._validation import all_different, instance, one_of, strings

#: Name -> pandas attribute, its first value, how many until it begins again.
CYCLES: dict[str, tuple[str, int, float]] = {
    "second": ("second", 0, 60),
    "minute": ("minute", 0, 60),
    "hour": ("hour", 0, 24),
    "dayofweek": ("day_of_week", 0, 7),
    "dayofyear": ("day_of_year", 1, 365.25),
    "month": ("month", 1, 12),
    "quarter": ("quarter", 1, 4),
}

NAMES = "Name them, such as 'month'."


def as_cycles(name: str, features: str | Iterable[str]) -> tuple[str, ...]:
    """The names of calendar features as a tuple.

    Args:
        name: The name of the argument, for errors.
        features: One name or several.

    Raises:
        TypeError: If a name is not a string.
        ValueError: If a name is unknown.
    """
    features = strings(name, features, NAMES)
    for feature in features:
        one_of(name, feature, tuple(CYCLES))
    return features


def calendar_features(
    index: pd.DatetimeIndex, features: str | Iterable[str]
) -> pd.DataFrame:
    """The position of each timestamp in cycles, as points on circles.

    A number such as the month jumps from 12 to 1; a point on a circle does
    not:

        angle    = 2π (value − first value) / period
        features = sin(angle), cos(angle)

    Periods: second 60, minute 60, hour 24, dayofweek 7 (from Monday),
    dayofyear 365.25, month 12, quarter 4. The day of the year counts the time
    of day as a fraction of a day; the others are whole numbers. Times are
    local times of the index's time zone.

    Args:
        index: DatetimeIndex, length n.
        features: One of these names or a sequence of them.

    Returns:
        A DataFrame with the same index and for each name two float64 columns
        in [−1, 1], such as "month_sin" and "month_cos".

    Raises:
        TypeError: If the index is not a DatetimeIndex.
        ValueError: If a name is unknown or stands there twice.

    Example:
        >>> index = pd.to_datetime(["2024-01-01", "2024-04-01"])
        >>> calendar_features(index, "month").round(3)
                    month_sin  month_cos
        2024-01-01        0.0        1.0
        2024-04-01        1.0        0.0
    """
    instance("index", index, pd.DatetimeIndex, "Use `pd.to_datetime`.")
    features = strings("features", features, NAMES)
    all_different("`features`", features)
    columns = {}
    for name in features:
        angle = 2 * np.pi * cycle_position(index, name)
        columns[f"{name}_sin"] = np.sin(angle)
        columns[f"{name}_cos"] = np.cos(angle)
    return pd.DataFrame(columns, index=index)


def cycle_position(index: pd.DatetimeIndex, name: str) -> Array:
    """The fraction of its cycle that each timestamp has passed, shape (n,)."""
    attribute, first, period = CYCLES[one_of("features", name, CYCLES)]
    value = getattr(index, attribute).to_numpy(np.float64) - first
    if name == "dayofyear":
        # Local clock time, not the time since midnight: those differ on the
        # days on which the clocks change.
        seconds = index.hour * 3600 + index.minute * 60 + index.second
        value = value + seconds.to_numpy(np.float64) / 86400
    return value / period
