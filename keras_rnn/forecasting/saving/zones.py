# SPDX-License-Identifier: Apache-2.0
"""Time zones as JSON, and back."""

import datetime
import zoneinfo
from typing import Any

import dateutil.tz


def encode_zone(zone: Any) -> str | dict[str, Any] | None:
    """A time zone as JSON: its library, and its name or distance from UTC.

    Raises:
        TypeError: If it has neither a name nor a fixed distance.
    """
    if zone is None:
        return None
    if zone is datetime.UTC:
        return "UTC"
    module = type(zone).__module__.partition(".")[0]
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key is not None:
        return {"zone": "zoneinfo", "name": zone.key}
    if isinstance(zone, datetime.timezone):
        seconds = zone.utcoffset(None).total_seconds()
        return {"zone": "fixed", "name": zone.tzname(None), "seconds": seconds}
    if isinstance(zone, dateutil.tz.tzutc):
        return {"zone": "dateutil", "name": "UTC"}
    file = getattr(zone, "_filename", None)
    if isinstance(zone, dateutil.tz.tzfile) and file:
        name = str(file).rpartition("zoneinfo/")[2]
        return {"zone": "dateutil", "name": name}
    name = getattr(zone, "zone", None)
    if module == "pytz" and name is not None:
        return {"zone": "pytz", "name": name}
    raise TypeError(f"the zone {zone!r} has no name that can be saved")


def decode_zone(
    value: str | dict[str, Any] | None,
) -> str | datetime.tzinfo | None:
    """Undoes `encode_zone`; version 0.1 wrote the name alone."""
    if value is None or isinstance(value, str):
        return value  # pandas finds the zone by this name
    name = value["name"]
    return {
        "zoneinfo": lambda: zoneinfo.ZoneInfo(name),
        "fixed": lambda: datetime.timezone(
            datetime.timedelta(seconds=value["seconds"]), name
        ),
        "dateutil": lambda: dateutil.tz.gettz(name),
        "pytz": lambda: _pytz().timezone(name),
    }[value["zone"]]()


def _pytz() -> Any:
    import pytz

    return pytz
