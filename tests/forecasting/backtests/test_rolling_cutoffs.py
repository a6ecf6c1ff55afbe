# SPDX-License-Identifier: Apache-2.0
"""Where a backtest begins, and which rows its stride meets."""

import datetime

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Level, Windows, prepare
from keras_rnn.forecasting.backtests.rolling_cutoffs import rolling_part

GAP = 1
WINDOWS = Windows(lookback=7, horizon=2, gap=GAP)


def frame_of(rows=120, freq="D", start="2024-01-01", **options):
    index = pd.date_range(start, periods=rows, freq=freq, **options)
    return pd.DataFrame({"y": np.arange(1.0, rows + 1)}, index)


def rolled(frame, start, stride=1, gaps="refuse", series=None):
    """The timestamps of the first targets, and the Part."""
    columns = Columns("y", series=series)
    data = prepare(frame, columns, WINDOWS, representation=Level(), gaps=gaps)
    part = rolling_part(data.reader, frame, start, stride)
    places = part.series.positions(part.cutoffs) + 1 + GAP
    return part.series.index[places], part


@pytest.mark.parametrize("gaps", ["mask", "interpolate", "elapsed"])
@pytest.mark.parametrize("how", ["rows", "values"])
@pytest.mark.parametrize("hole", [[60], [61, 62, 63], [90, 91]])
def test_a_stride_of_a_week_keeps_its_weekday_across_holes(hole, how, gaps):
    frame = frame_of()
    holes = frame.index[hole]
    frame = frame.drop(holes) if how == "rows" else frame.copy()
    if how == "values":
        frame.loc[holes] = np.nan
    found, part = rolled(frame, "2024-02-05", stride=7, gaps=gaps)
    assert set(found.day_name()) == {"Monday"}
    cutoffs = found - pd.Timedelta(days=1 + GAP)
    if gaps == "interpolate":
        assert not cutoffs.isin(holes).any()
    assert len(part) > 7


def test_all_series_have_the_same_cutoffs():
    frames = [frame_of(), frame_of(60, start="2024-02-13"), frame_of(70)]
    frames[0].iloc[75] = np.nan
    frame = pd.concat(
        rows.assign(shop=name) for name, rows in zip("abc", frames, strict=True)
    )
    found, part = rolled(frame, "2024-02-06", 7, "mask", series="shop")
    numbers = part.series.numbers(part.cutoffs)
    assert set(numbers) == {0, 1, 2}
    assert set(found.day_name()) == {"Tuesday"}
    # That of February is too early for b: its first is the next one that fits.
    assert found[numbers == 1].min() == pd.Timestamp("2024-02-27")


def test_a_series_off_the_common_grid_is_counted_by_its_own_rows():
    weekly = frame_of(30, freq="W-SUN").assign(shop="w")
    frame = pd.concat([frame_of(200).assign(shop="d"), weekly])
    found, part = rolled(frame, "2024-04-02", stride=2, series="shop")
    weeks = found[part.series.numbers(part.cutoffs) == 1]
    assert weeks[0] == pd.Timestamp("2024-04-07")
    assert set(np.diff(weeks)) == {pd.Timedelta(weeks=2)}


@pytest.mark.parametrize(
    ("start", "freq", "first"),
    [
        ("2024-03", "D", "2024-03-01"),
        ("2024-03-10", "D", "2024-03-10"),
        ("2024-03", "W-SAT", "2024-03-02"),
        ("2024Q2", "W-SAT", "2024-04-06"),
        ("2025", "ME", "2025-01-31"),
        ("2024-12", "ME", "2024-12-31"),
        (pd.Period("2025"), "MS", "2025-01-01"),
        (datetime.date(2024, 3, 9), "D", "2024-03-09"),
        (datetime.datetime(2024, 3, 9), "D", "2024-03-09"),
        (np.datetime64("2024-03-09"), "D", "2024-03-09"),
        (pd.Timestamp("2024-03-09"), "D", "2024-03-09"),
        ("2024-01-03", "h", "2024-01-03"),
        ("2024-01-03 05:00", "h", "2024-01-03 05:00"),
    ],
)
def test_a_start_is_a_row_or_the_first_one_of_a_period(start, freq, first):
    found, _ = rolled(frame_of(freq=freq), start)
    assert found[0] == pd.Timestamp(first)


def test_a_period_is_one_of_the_clocks_of_the_frame():
    frame = frame_of(freq="h", tz="Asia/Kolkata")
    found, _ = rolled(frame, "2024-01-03")
    assert found[0] == pd.Timestamp("2024-01-03", tz="Asia/Kolkata")
    found, _ = rolled(frame, "2024-01-03 00:30+00:00")
    assert found[0] == pd.Timestamp("2024-01-03 06:00", tz="Asia/Kolkata")


# The first window has its cutoff in row 6, the last its horizon in the last
# two of 120 rows: 2024-01-09 and 2024-04-28 are forecast first.
@pytest.mark.parametrize(
    ("start", "nearest"),
    [
        ("2024-01-08", "2024-01-09"),
        ("2023", "2024-01-09"),
        ("2024", "2024-01-09"),
        ("2024-01", "2024-01-09"),
        (pd.Timestamp("2020-01-01"), "2024-01-09"),
        ("2024-04-29", "2024-04-28"),
        ("2030", "2024-04-28"),
        ("2024-03-09 07:00", "2024-03-09"),
        (pd.Timestamp("2024-03-09 20:00"), "2024-03-10"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_the_nearest(start, nearest):
    with pytest.raises(ValueError, match=f"The nearest one is {nearest}"):
        rolled(frame_of(), start)


def test_a_day_between_weeks_is_refused():
    with pytest.raises(ValueError, match="The nearest one is 2024-04-06"):
        rolled(frame_of(freq="W-SAT"), "2024-04-08")


@pytest.mark.parametrize("start", [7, 119, -1])
def test_rows_that_are_counted_have_a_first_and_a_last_start(start):
    frame = frame_of().reset_index(drop=True)
    nearest = 8 if start < 8 else 118
    with pytest.raises(ValueError, match=f"The nearest one is {nearest}"):
        rolled(frame, start)
    assert rolled(frame, nearest)[0][0] == nearest


@pytest.mark.parametrize(
    "start", [None, pd.NaT, 5, 2.5, True, ["2024-03-01"], pd.Timedelta(1)]
)
def test_what_is_no_time_is_no_start(start):
    with pytest.raises(TypeError, match="`start` must be a value of"):
        rolled(frame_of(), start)


@pytest.mark.parametrize("start", ["today?", "", "NaT"])
def test_words_without_a_time_are_no_start(start):
    with pytest.raises(ValueError, match="`start` must be a value of"):
        rolled(frame_of(), start)


@pytest.mark.parametrize("start", ["3", 3.0, True, None, pd.Timestamp(0)])
def test_rows_that_are_counted_need_a_number(start):
    with pytest.raises(TypeError, match="`start` must be a value of"):
        rolled(frame_of().reset_index(drop=True), start)


@pytest.mark.parametrize("zone", [None, "Europe/Rome"])
def test_a_moment_needs_a_zone_where_the_frame_has_one(zone):
    other = None if zone else "Europe/Rome"
    expected = f"the time zone {zone}" if zone else "no time zone"
    with pytest.raises(TypeError, match=f"`start` must have {expected}"):
        rolled(frame_of(tz=zone), pd.Timestamp("2024-03-09", tz=other))


def test_a_stride_that_meets_nothing_is_named():
    frame = frame_of()
    frame.iloc[100:103] = np.nan
    # The only cutoff, row 101 of a horizon from row 103, lies in the hole.
    with pytest.raises(ValueError, match="every 50 rows later"):
        rolled(frame, frame.index[103], stride=50, gaps="interpolate")
