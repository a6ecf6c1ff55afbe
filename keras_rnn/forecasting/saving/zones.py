# SPDX-License-Identifier: Apache-2.0
"""Time zones as JSON, and back."""

import datetime
import zoneinfo

import dateutil.tz


def encode_zone(zone):
    """A time zone by its name or its distance from UTC, and who made it.

    Raises:
        TypeError: If it has neither.
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
    if isinstance(zone, dateutil.tz.tzfile) and zone._filename:
        name = str(zone._filename).rpartition("zoneinfo/")[2]
        return {"zone": "dateutil", "name": name}
    if module == "pytz" and zone.zone is not None:
        return {"zone": "pytz", "name": zone.zone}
    raise TypeError(f"the zone {zone!r} has no name that can be saved")


def decode_zone(value):
    """Undoes `encode_zone`; version 0.1 wrote the name alone."""
    if value is None or isinstance(value, str):
        return value  # pandas knows it
    name = value["name"]
    return {
        "zoneinfo": lambda: zoneinfo.ZoneInfo(name),
        "fixed": lambda: datetime.timezone(
            datetime.timedelta(seconds=value["seconds"]), name
        ),
        "dateutil": lambda: dateutil.tz.gettz(name),
        "pytz": lambda: _pytz().timezone(name),
    }[value["zone"]]()


def _pytz():
    import pytz

    return pytz
