# SPDX-License-Identifier: Apache-2.0
"""Rows in another time zone: the same instants, in the zone of the first."""

from typing import TypeVar

import pandas as pd

Frame = TypeVar("Frame")


def in_zone(index: pd.Index, frame: Frame, name: str) -> Frame:
    """A frame whose timestamps are in the zone of an index.

    Args:
        index: The index of the rows prepared.
        frame: DataFrame, or None. None, and a frame of numbered rows, are
            returned as they are.
        name: The name of the frame in an error.

    Returns:
        The frame itself, or one with the same data.

    Raises:
        ValueError: If only one of the two has a zone, or only one has
            timestamps.

    Example:
        >>> days = pd.date_range("2024-01-01", periods=2, tz="Asia/Kolkata")
        >>> frame = pd.DataFrame({"y": [1, 2]}, days.tz_convert("UTC"))
        >>> in_zone(days, frame, "frame").index.equals(days)
        True
    """
    if not isinstance(frame, pd.DataFrame):
        return frame
    received = frame.index
    if not isinstance(index, pd.DatetimeIndex) or not isinstance(
        received, pd.DatetimeIndex
    ):
        dates = [isinstance(x, pd.DatetimeIndex) for x in (index, received)]
        if any(dates):
            kinds = ["timestamps" if date else "numbers" for date in dates]
            raise ValueError(
                f"The index of `{name}` must hold {kinds[0]}, as the one "
                f"prepared. Received: {kinds[1]}. Index it alike, e.g. with "
                "`frame.set_index(...)`."
            )
        return frame
    zone = index.tz
    if received.tz is None and zone is not None:
        raise ValueError(
            f"`{name}` must have timestamps of a time zone: those prepared "
            f"are in {zone}. Received: timestamps without one. Say which they "
            f"are in, e.g. `{name}.tz_localize('{zone}')`."
        )
    if received.tz is not None and zone is None:
        raise ValueError(
            f"`{name}` must have timestamps without a time zone, as those "
            f"prepared. Received: the zone {received.tz}. Leave it out, "
            f"`{name}.tz_localize(None)`, in the zone of those prepared."
        )
    if zone is None or received.tz == zone:
        return frame
    return frame.set_axis(received.tz_convert(zone))
