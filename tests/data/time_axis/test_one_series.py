# SPDX-License-Identifier: Apache-2.0
import re

import pandas as pd
import pytest

from keras_rnn.data.time_axis.one_series import extend, regular_step
from keras_rnn.data.time_axis.remedies import Remedies

FREQUENCIES = ["ME", "MS", "B", "W-SAT", "W-SUN", "D", "h", "15min", "QE"]
FREQUENCIES += ["YE", "YS", "2D"]


def without_frequency(index):
    """The same timestamps as read from a file."""
    return pd.DatetimeIndex(list(index))


@pytest.mark.parametrize("timezone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_an_index_is_continued_in_its_own_frequency(frequency, timezone):
    # From October on, so that the clocks change in Berlin.
    whole = pd.date_range("2024-10-01", periods=60, freq=frequency, tz=timezone)
    index = without_frequency(whole[:50])
    longer = extend(index, regular_step(index), 10)
    assert longer.equals(whole)
    assert longer.dtype == whole.dtype


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_resolution_of_timestamps_is_kept(unit):
    index = pd.date_range("2024-01-01", periods=5, freq="D").as_unit(unit)
    assert extend(index, regular_step(index), 2).dtype == index.dtype


def test_a_frequency_that_the_index_carries_is_taken():
    index = pd.date_range("2024-01-01", periods=2, freq="SME")
    assert regular_step(index) == index.freq


@pytest.mark.parametrize(
    ("index", "step", "longer"),
    [
        (pd.RangeIndex(3), 1, [0, 1, 2, 3, 4]),
        (pd.Index([10, 20, 30], dtype="uint8"), 10, [10, 20, 30, 40, 50]),
        (pd.Index([7]), 1, [7, 8, 9]),
    ],
)
def test_integers_are_continued_by_their_step(index, step, longer):
    assert regular_step(index) == step
    assert extend(index, step, 2).tolist() == longer


def test_a_gap_in_the_index_names_the_last_timestamp_before_it():
    index = pd.date_range("1998-01-03", periods=30, freq="W-SAT")
    message = (
        "The index has a gap: 2 rows missing after 1998-03-07. Reindex with "
        "`frame.asfreq('W-SAT')` and fill the gaps, e.g. `.interpolate()`."
    )
    # 1998-03-07 is row 9.
    with pytest.raises(ValueError, match=re.escape(message)):
        regular_step(index.delete([10, 11]))


@pytest.mark.parametrize("row", [1, 2, 3, 20, 37, 38])
@pytest.mark.parametrize("frequency", [*FREQUENCIES, "WOM-3FRI"])
def test_a_gap_is_found_wherever_it_lies(frequency, row):
    index = pd.date_range("2021-01-05", periods=40, freq=frequency)
    before = str(index[row - 1]).removesuffix(" 00:00:00")
    with pytest.raises(ValueError, match=f"gap: 1 row missing after {before}"):
        regular_step(without_frequency(index.delete(row)))


def test_of_two_gaps_the_first_is_named():
    index = pd.date_range("2024-01-01", periods=40, freq="D")
    with pytest.raises(ValueError, match="1 row missing after 2024-01-02"):
        regular_step(index.delete([2, 30]))


def test_a_timestamp_off_the_grid_is_named():
    days = list(pd.date_range("2024-01-01", periods=20, freq="D"))
    days[7] += pd.Timedelta("5h")
    message = "2024-01-08 05:00:00 follows 2024-01-07, .* frequency is 'D'"
    with pytest.raises(ValueError, match=message):
        regular_step(pd.DatetimeIndex(days))


def test_timestamps_without_any_frequency_are_refused():
    index = pd.to_datetime(["2001-01-15", "2001-02-16", "2001-03-15"])
    with pytest.raises(ValueError, match="no frequency: it begins 2001-01-15"):
        regular_step(index)


def test_two_timestamps_show_no_frequency():
    index = pd.to_datetime(["2001-01-15", "2001-02-15"])
    with pytest.raises(ValueError, match="2 rows; a frequency shows in 3"):
        regular_step(index)


def test_a_timestamp_that_stands_there_twice_is_named():
    index = pd.to_datetime(["2001-01-01", "2001-01-02", "2001-01-02"])
    with pytest.raises(ValueError, match="has 2001-01-02 more than once"):
        regular_step(index)


def test_a_timestamp_out_of_order_is_named():
    index = pd.to_datetime(["2001-01-01", "2001-01-03", "2001-01-02"])
    message = "not increasing: 2001-01-02 follows 2001-01-03"
    with pytest.raises(ValueError, match=message):
        regular_step(index)


def test_a_falling_range_is_out_of_order():
    with pytest.raises(ValueError, match="not increasing: 1 follows 2"):
        regular_step(pd.RangeIndex(2, -1, -1))


def test_a_missing_timestamp_is_named_by_its_row():
    index = pd.to_datetime(["2001-01-01", None, "2001-01-03"])
    with pytest.raises(ValueError, match="no value in row 1"):
        regular_step(index)


def test_a_gap_in_integers_is_named():
    message = (
        "The index has a gap: 2 rows missing after 3. "
        "Reindex with `frame.reindex(range(1, 8, 1))`"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        regular_step(pd.Index([1, 2, 3, 6, 7]))


def test_irregular_integers_are_named():
    with pytest.raises(ValueError, match="irregular: 5 follows 2"):
        regular_step(pd.Index([0, 2, 5, 7]))


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(["a", "b"]),
        pd.Index([0.0, 1.0]),
        pd.Index([True, False]),
        pd.period_range("2001-01", periods=3, freq="M"),
        pd.timedelta_range("0h", periods=3, freq="h"),
        pd.MultiIndex.from_product([[0], [1, 2]]),
    ],
    ids=lambda index: type(index).__name__,
)
def test_other_kinds_of_index_are_refused(index):
    with pytest.raises(TypeError, match="must be a DatetimeIndex or integers"):
        regular_step(index)


def test_only_a_stamp_off_the_grid_is_a_fault_where_gaps_are_filled():
    days = pd.date_range("2024-01-01", periods=20, freq="D").delete(3)
    days = days.insert(10, days[9] + pd.Timedelta("5h"))
    with pytest.raises(ValueError, match="05:00:00 follows 2024-01-11, where"):
        regular_step(days, Remedies("interpolate"))
    with pytest.raises(ValueError, match="irregular: 10 follows 7"):
        regular_step(pd.Index([1, 3, 7, 10]), Remedies("mask"))


def frame_of(index):
    """Two series of the same moments, in a long frame."""
    return pd.concat([pd.DataFrame({"shop": s, "y": 1.0}, index) for s in "ab"])


@pytest.mark.parametrize(
    ("index", "fault"),
    [
        (
            pd.date_range("2024-01-01", periods=4)[[0, 0, 1, 2, 3]],
            "more than once",
        ),
        (
            pd.DatetimeIndex(
                [*pd.date_range("2024-01-01", periods=9), "2024-01-09 05:00"]
            ),
            "irregular",
        ),
    ],
)
def test_a_remedy_for_many_series_keeps_all_of_them(index, fault):
    with pytest.raises(ValueError, match=fault) as error:
        regular_step(index, Remedies(series="shop"))
    remedy = re.findall("`(.*?)`", str(error.value))[-1]
    frame = eval(remedy, {"frame": frame_of(index)})
    for name in "ab":
        regular_step(frame.index[frame["shop"] == name])


@pytest.mark.parametrize("freq", ["B", "C"])
def test_holidays_are_no_rows_to_fill(freq):
    days = pd.date_range("2024-01-01", periods=20, freq=freq).delete(7)
    for remedies in (Remedies(), Remedies(series="stock")):
        with pytest.raises(ValueError, match=r"CustomBusinessDay\(") as error:
            regular_step(without_frequency(days), remedies)
        assert "interpolate" not in str(error.value)


@pytest.mark.parametrize("gaps", ["interpolate", "mask"])
def test_what_is_set_is_not_advised(gaps):
    with pytest.raises(ValueError, match="has a gap") as error:
        regular_step(pd.Index([1, 2, 4, 5]), Remedies(gaps))
    assert "gaps=" not in str(error.value)
