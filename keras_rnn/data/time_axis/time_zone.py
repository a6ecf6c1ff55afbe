# SPDX-License-Identifier: Apache-2.0
"""Rows in another time zone: the same instants, in the zone of the first."""

import pandas as pd


def in_zone(index, frame, name):
    """A frame whose timestamps are in the zone of an index.

    Args:
        index: The index of the rows prepared.
        frame: DataFrame, or None; what has no timestamps stays as it is.
        name: What the frame is called in an error.

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
    dates = [isinstance(x, pd.DatetimeIndex) for x in (index, frame.index)]
    if not all(dates):
        if any(dates):
            kinds = ["timestamps" if date else "numbers" for date in dates]
            raise ValueError(
                f"The index of `{name}` must hold {kinds[0]}, as the one "
                f"prepared. Received: {kinds[1]}. Index it alike, e.g. with "
                "`frame.set_index(...)`."
            )
        return frame
    zone = index.tz
    if frame.index.tz is None and zone is not None:
        raise ValueError(
            f"`{name}` must have timestamps of a time zone: those prepared "
            f"are in {zone}. Received: timestamps without one. Say which they "
            f"are in, e.g. `{name}.tz_localize('{zone}')`."
        )
    if frame.index.tz is not None and zone is None:
        raise ValueError(
            f"`{name}` must have timestamps without a time zone, as those "
            f"prepared. Received: the zone {frame.index.tz}. Leave it out, "
            f"`{name}.tz_localize(None)`, in the zone of those prepared."
        )
    if zone is None or frame.index.tz == zone:
        return frame
    return frame.set_axis(frame.index.tz_convert(zone))
