# SPDX-License-Identifier: Apache-2.0
"""Days by the clock on the wall, also where the clocks are changed.

In some zones the clocks go forward at midnight: the day then begins at 01:00,
as pandas's `nonexistent="shift_forward"` stamps it. Where they go back, the
first of the two equal times counts. A day that a zone left out, as Samoa did
when it changed the side of the date line, has no timestamp.
"""

from datetime import tzinfo
from typing import TypeAlias

import numpy as np
import pandas as pd

#: From one row to the next: an offset of timestamps, or an int of integers.
Step: TypeAlias = pd.offsets.BaseOffset | int

INSTANT: pd.Timedelta = pd.Timedelta("1us")


def by_the_wall(index: pd.DatetimeIndex, step: Step | pd.Timedelta) -> bool:
    """Whether a step goes by the clock on the wall of the index's zone."""
    if index.tz is None:
        return False
    ticks = isinstance(step, pd.offsets.Tick)
    return not ticks or isinstance(step, pd.offsets.Day)


def wall(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The times that the clocks show, without a zone.

    A time right after the clocks were put forward is shown as the usual time
    of day, if they jumped over it.

    Args:
        index: DatetimeIndex of a zone.

    Example:
        >>> days = pd.to_datetime(["2018-11-03", "2018-11-04"]).tz_localize(
        ...     "America/Sao_Paulo", nonexistent="shift_forward"
        ... )
        >>> days[1].hour, wall(days)[1].hour
        (1, 0)
    """
    shown = index.tz_localize(None)
    before = (index - INSTANT).tz_localize(None)
    put_forward = shown - before > INSTANT
    if not put_forward.any():
        return shown
    dates = shown.normalize()
    usual = dates + (shown - dates).min()
    jumped = put_forward & (before < usual) & (usual < shown)
    return shown.where(~jumped, usual)


def of_zone(shown: pd.DatetimeIndex, zone: str | tzinfo) -> pd.DatetimeIndex:
    """The timestamps at which the clocks of a zone show some times.

    Args:
        shown: DatetimeIndex without a zone: what the clocks show.
        zone: The zone, or its name.

    Returns:
        DatetimeIndex of the zone, without the days that it left out.

    Example:
        >>> days = pd.date_range("2011-12-29", periods=3, freq="D")
        >>> of_zone(days, "Pacific/Apia").day.tolist()
        [29, 31]
    """
    found = shown.tz_localize(
        zone,
        nonexistent="shift_forward",
        ambiguous=np.ones(len(shown), dtype=bool),
    )
    dates = found.tz_localize(None).normalize()
    return found[dates == shown.normalize()]


def steps_between(
    index: pd.DatetimeIndex, step: pd.offsets.BaseOffset | pd.Timedelta
) -> pd.DatetimeIndex:
    """The timestamps from the first of an index to its last, step by step.

    Args:
        index: DatetimeIndex.
        step: A pandas offset.
    """
    if index.tz is not None and by_the_wall(index, step):
        return of_zone(steps_between(wall(index), step), index.tz)
    grid = pd.date_range(index[0], index[-1], freq=step)
    # pandas 2 makes nanoseconds whatever the unit of the index.
    return grid.as_unit(index.unit)


def steps_after(
    index: pd.DatetimeIndex, step: pd.offsets.BaseOffset, rows: int
) -> pd.DatetimeIndex:
    """The timestamps that follow an index.

    Args:
        index: DatetimeIndex.
        step: A pandas offset.
        rows: Number of timestamps.
    """
    if index.tz is not None and by_the_wall(index, step):
        shown = steps_after(wall(index), step, rows + 1)  # one may not exist
        return of_zone(shown, index.tz)[:rows]
    ahead = pd.date_range(index[-1], periods=rows + 1, freq=step)[1:]
    return ahead.as_unit(index.unit)


def takes(index: pd.DatetimeIndex, step: pd.offsets.BaseOffset) -> bool:
    """Whether an index takes one step after the other.

    pandas infers "the third Friday of a month" even where a month is missing,
    and "month ends" whatever the time of day.
    """
    if by_the_wall(index, step):
        return takes(wall(index), step)
    return pd.date_range(index[0], index[-1], freq=step).equals(index)
