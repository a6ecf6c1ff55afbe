# SPDX-License-Identifier: Apache-2.0
"""Days go on where the clocks are changed, as pandas would shift them."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare
from keras_rnn.data.time_axis.clock import of_zone, wall
from keras_rnn.data.time_axis.one_series import extend, regular_step

#: Zone and day on which there is no 00:00.
NO_MIDNIGHT = {
    "America/Sao_Paulo": "2018-11-04",
    "America/Santiago": "2023-09-03",
    "America/Asuncion": "2023-10-01",
    "America/Havana": "2024-03-10",
    "Asia/Beirut": "2024-03-31",
    "Africa/Cairo": "2024-04-26",
}
STEPS = ["D", "2D", "W-SUN", "B", pd.DateOffset(days=1)]


def days(zone, day, step="D", before=40, after=10, time="00:00"):
    """Days around one, stamped as pandas would shift them."""
    first = pd.date_range(end=f"{day} {time}", periods=before, freq=step)
    rest = pd.date_range(first[-1], periods=after + 1, freq=step)[1:]
    return first.append(rest).tz_localize(
        zone,
        nonexistent="shift_forward",
        ambiguous=np.ones(before + after, dtype=bool),
    )


@pytest.mark.parametrize("cut", [39, 40, 41, 45])
@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("zone", NO_MIDNIGHT)
def test_days_without_a_midnight_go_on(zone, step, cut):
    # The 40th row is the day itself, if the step meets it.
    index = days(zone, NO_MIDNIGHT[zone], step)
    found = regular_step(index[:cut])
    assert extend(index[:cut], found, 50 - cut).equals(index)
    assert of_zone(wall(index), zone).equals(index)


def test_a_day_that_a_zone_left_out_has_no_timestamp():
    # Samoa went to bed on Thursday, 29 December, and woke up on Saturday.
    index = pd.date_range("2011-10-28", "2011-12-29", tz="Pacific/Apia")
    found = extend(index, regular_step(index), 3)[-3:]
    assert found.strftime("%Y-%m-%d").tolist() == [
        "2011-12-31",
        "2012-01-01",
        "2012-01-02",
    ]


@pytest.mark.parametrize("cut", [38, 39, 40, 41])
@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [
        ("Europe/Berlin", "2024-03-31", "02:30"),  # there is none
        ("Europe/Berlin", "2024-10-27", "02:30"),  # there are two
        ("America/Havana", "2024-11-03", "00:00"),  # there are two
    ],
)
def test_times_that_the_clock_skips_or_repeats_go_on(zone, day, time, cut):
    index = days(zone, day, time=time)
    step = regular_step(index[:cut])
    assert step == pd.offsets.Day()
    assert extend(index[:cut], step, 50 - cut).equals(index)


def test_hours_are_hours_whatever_the_clock_shows():
    hours = pd.date_range("2018-11-03", periods=50, freq="h", tz="UTC")
    index = hours.tz_convert("America/Sao_Paulo")
    assert extend(index[:20], regular_step(index[:20]), 30).equals(index)


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask"])
@pytest.mark.parametrize("many", [False, True])
def test_frames_over_such_a_day_are_read_and_continued(many, gaps):
    index = days("America/Sao_Paulo", "2018-11-04")
    whole = pd.DataFrame({"y": np.arange(50.0)}, index)
    if many:
        whole = pd.concat([whole.assign(s=name) for name in "ab"])
    columns = Columns("y", series="s" if many else None)
    frame = whole[whole.index < index[45]]
    if gaps != "refuse":
        frame = frame[frame.index != index[20]]
    data = prepare(frame, columns, Windows(lookback=4, horizon=5), gaps=gaps)
    size = 1 + many
    part = data.latest
    table = part.forecasts(np.zeros((size, 5, 1)))
    assert list(table["timestamp"]) == [*index[45:]] * size
    early = frame[frame.index < index[38]]
    table = data.for_frame(early).forecasts(np.zeros((size, 5, 1)))
    assert list(table["timestamp"]) == [*index[38:43]] * size
    late = frame[frame.index >= index[39]]
    table = data.for_frame(late).forecasts(np.zeros((size, 5, 1)))
    assert list(table["timestamp"]) == [*index[45:]] * size
