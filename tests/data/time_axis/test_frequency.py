# SPDX-License-Identifier: Apache-2.0
import pandas as pd
import pytest

from keras_rnn.data.time_axis.frequency import frequency, spelled
from keras_rnn.data.time_axis.one_series import extend, regular_step


def months_on(*days, every=1, rows=30):
    """Stamps on some days of every so manyth month."""
    found = [
        pd.Timestamp(2016 + month // 12, month % 12 + 1, day)
        for month in range(0, every * rows, every)
        for day in days
    ]
    return pd.DatetimeIndex(found)


@pytest.mark.parametrize("timezone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("every", [1, 2, 3, 12])
@pytest.mark.parametrize("day", [2, 15, 28])
def test_the_same_day_of_months_is_a_frequency(day, every, timezone):
    whole = months_on(day, every=every).tz_localize(timezone)
    index = whole[:20]
    assert frequency(index) is not None
    assert extend(index, regular_step(index), 10).equals(whole)


@pytest.mark.parametrize("offset", ["SMS", "SME", "SMS-10", "SME-20"])
def test_twice_a_month_is_a_frequency(offset):
    whole = pd.date_range("2023-01-01", periods=40, freq=offset)
    index = pd.DatetimeIndex(list(whole[:30]))
    assert extend(index, regular_step(index), 10).equals(whole)


@pytest.mark.parametrize("day", [29, 30])
def test_a_day_that_february_lacks_is_no_frequency(day):
    # 30 January, 28 February: after it nothing tells 30 March from 28 March.
    assert (
        frequency(
            months_on(day, every=12)[:0].union(
                pd.to_datetime([f"2024-{m:02}-{day}" for m in (3, 4, 5)])
            )
        )
        is None
    )


def test_a_gap_between_days_of_months_is_named_with_a_remedy_that_runs():
    index = months_on(15).delete(12)
    with pytest.raises(ValueError, match="1 row missing after 2016-12-15") as e:
        regular_step(index)
    assert "frame.asfreq(pd.DateOffset(months=1))" in str(e.value)
    frame = pd.DataFrame({"y": 1.0}, index)
    assert len(frame.asfreq(pd.DateOffset(months=1))) == 30


@pytest.mark.parametrize(
    "step",
    [
        pd.offsets.Day(2),
        pd.offsets.Week(weekday=5),
        pd.offsets.SemiMonthEnd(day_of_month=20),
        pd.DateOffset(months=3),
        pd.DateOffset(2, weeks=1, days=1),
    ],
)
def test_a_step_is_spelled_as_code_that_makes_it(step):
    made = eval(spelled(step))
    if isinstance(made, str):
        made = pd.tseries.frequencies.to_offset(made)
    assert made == step
