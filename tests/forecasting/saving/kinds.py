# SPDX-License-Identifier: Apache-2.0
"""Kinds of time axes and of ids that a forecaster may be fitted on."""

import datetime
import decimal
import uuid
import zoneinfo

import dateutil.tz
import numpy as np
import pandas as pd
from pandas import offsets

ROWS = 30
FRIDAY_AND_SATURDAY = "Sun Mon Tue Wed Thu"
#: Of 2024, in the rows fitted on and in those forecast.
HOLIDAYS = ["2024-01-01", "2024-01-17", "2024-02-14", "2024-02-15"]

STEPS = {
    "days": "D",
    "three days": "3D",
    "15 minutes": "15min",
    "month ends": "ME",
    "fiscal quarters": "QE-FEB",
    "wednesdays": offsets.Week(weekday=2),
    "weeks of any day": offsets.Week(2),
    "last fridays": offsets.LastWeekOfMonth(weekday=4),
    "third thursdays": offsets.WeekOfMonth(week=2, weekday=3),
    "half months": offsets.SemiMonthEnd(day_of_month=10),
    "the same day of months": offsets.DateOffset(months=1),
    "each 15th": offsets.DateOffset(months=1, day=15),
    "days and hours": offsets.DateOffset(2, days=1, hours=3),
    "business days": "B",
    "another weekend": offsets.CustomBusinessDay(weekmask=FRIDAY_AND_SATURDAY),
    "holidays": offsets.CustomBusinessDay(holidays=HOLIDAYS),
    "a calendar": offsets.CustomBusinessDay(
        calendar=np.busdaycalendar("1111000", HOLIDAYS)
    ),
    "months of business": offsets.CustomBusinessMonthEnd(holidays=HOLIDAYS),
    "business hours": offsets.BusinessHour(
        start=["09:00", "14:00"], end=["12:00", "18:30"]
    ),
    "business hours with holidays": offsets.CustomBusinessHour(
        start="10:00", holidays=HOLIDAYS
    ),
    "easter": offsets.Easter(),
    "52 or 53 weeks": offsets.FY5253(
        startingMonth=12, weekday=3, variation="last"
    ),
    "quarters of 13 weeks": offsets.FY5253Quarter(
        startingMonth=12, weekday=3, variation="last", qtr_with_extra_week=2
    ),
}
ZONES = {
    "zoneinfo": zoneinfo.ZoneInfo("Europe/Berlin"),
    "dateutil": dateutil.tz.gettz("Europe/Berlin"),
    "UTC": datetime.UTC,
    "dateutil's UTC": dateutil.tz.tzutc(),
    "a distance": datetime.timezone(datetime.timedelta(hours=5, minutes=45)),
    "a named one": datetime.timezone(datetime.timedelta(hours=-3), "X"),
}
AXES = {
    **{
        name: pd.date_range("2024-01-05 10:00", periods=ROWS, freq=step)
        for name, step in STEPS.items()
    },
    **{
        f"zone of {name}": pd.date_range(
            "2024-01-01", periods=ROWS, freq="h", tz=zone
        )
        for name, zone in ZONES.items()
    },
    "nanoseconds": pd.date_range(
        "2024-01-01", periods=ROWS, freq="7ns", unit="ns"
    ),
    "integers": pd.RangeIndex(5, 5 + 3 * ROWS, 3),
    "small integers": pd.Index(np.arange(ROWS, dtype="int8")),
    "nullable integers": pd.Index(range(ROWS), dtype="Int64"),
}
IDS = {
    "text": ["a", "b"],
    "old text": pd.array(["a", "b"], dtype="string[python]"),
    "flags": [True, False],
    "nullable flags": pd.array([True, False], dtype="boolean"),
    "integers": [3, 1],
    "bytes of numbers": np.array([3, 1], dtype="int8"),
    "beyond floats": [2**60, 2**60 + 1],
    "beyond int64": [2**64 - 1, 2**64 - 2],
    "beyond all": pd.Series([2**70, 2**70 + 1], dtype=object),
    "nullable integers": pd.array([2**60, 2**60 + 1], dtype="Int64"),
    "arrow integers": pd.array([2**60, 2**60 + 1], dtype="int64[pyarrow]"),
    "floats": [0.1, 1e300],
    "categories": pd.Categorical([7, 3]),
    "timestamps": pd.to_datetime(["2020-01-01 00:00", "2021-01-01 12:30"]),
    "timestamps of a zone": pd.to_datetime(
        ["2020-01-01", "2021-01-01"]
    ).tz_localize("Asia/Kolkata"),
    "spans": pd.to_timedelta([1, 2], unit="s"),
    "periods": pd.PeriodIndex(["2020-01", "2020-02"], freq="M"),
    "ranges": pd.interval_range(0, 2),
    "dates": [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)],
    "tuples": [("a", 1), ("b", (True, None, datetime.date(2020, 1, 1)))],
    "numbers and text": [1, "1"],
    "uuids": [uuid.UUID(int=1), uuid.UUID(int=2)],
    "decimals": [decimal.Decimal("1.10"), decimal.Decimal("2")],
    "bytes": [b"a", b"\xff"],
}


def one(axis):
    """A frame of one series; integers as numbers of a column."""
    return pd.DataFrame({"y": np.arange(ROWS) ** 1.5}, index=axis)


def two(ids):
    """A frame of two series of those ids, in long form."""
    ids = pd.Series(ids).repeat(ROWS)
    axis = pd.date_range("2024-01-01", periods=ROWS, freq="D")
    frame = pd.DataFrame({"y": np.arange(2 * ROWS) ** 1.5})
    frame["s"] = ids.array
    return frame.set_index(axis.append(axis))
