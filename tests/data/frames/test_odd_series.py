# SPDX-License-Identifier: Apache-2.0
"""One odd series is named and left out; the others go on as without it."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare

DAYS = pd.date_range("2024-01-01", periods=40, freq="D")
COLUMNS = Columns("y", future="p", series="s")
WINDOWS = Windows(lookback=4, horizon=2)
SPLIT = Split(validation=0, test=5)


def rows(name, index):
    numbers = np.arange(len(index)) + float(ord(name))
    return pd.DataFrame({"y": numbers, "p": numbers % 3, "s": name}, index)


GOOD = pd.concat([rows("a", DAYS), rows("b", DAYS[10:])])
#: Time axes that show no frequency -> why they are left out.
IRREGULAR = {
    "one stamp off": (
        DAYS.where(DAYS[20] != DAYS, DAYS[20] + pd.Timedelta("7min")),
        "The index is irregular: 2024-01-21 00:07:00 follows 2024-01-20",
    ),
    "no frequency": (
        DAYS[0] + pd.to_timedelta(np.arange(20) ** 1.5, unit="D"),
        "The index has no frequency",
    ),
    "two rows": (
        DAYS[[1, 30]] + pd.Timedelta("1h"),
        "The index has 2 rows; a frequency shows in 3",
    ),
}


def made(frame, gaps="refuse"):
    return prepare(frame, COLUMNS, WINDOWS, split=SPLIT, gaps=gaps)


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask", "elapsed"])
@pytest.mark.parametrize("kind", IRREGULAR)
@pytest.mark.parametrize("first", [True, False])
def test_a_series_without_a_frequency_is_left_out(kind, gaps, first):
    axis, why = IRREGULAR[kind]
    odd = rows("x", axis)
    frame = pd.concat([odd, GOOD] if first else [GOOD, odd])
    with pytest.warns(UserWarning, match=f"Series 'x' is left out: {why}"):
        data = made(frame, gaps)
    without = made(GOOD, gaps)
    assert list(data.series.names) == ["a", "b"]
    np.testing.assert_array_equal(data.train.cutoffs, without.train.cutoffs)
    future = pd.concat([rows(k, DAYS[-2:] + pd.Timedelta("2D")) for k in "abx"])
    with pytest.warns(UserWarning, match="Series 'x' is left out"):
        part = data.for_frame(frame, future=future)
    assert list(part.series.names[part.series.numbers(part.cutoffs)]) == [
        "a",
        "b",
    ]
    with pytest.warns(UserWarning, match="Series 'x' is left out"):
        assert len(data.windows_of(frame)) == len(without.windows_of(GOOD))


def test_a_series_without_a_lookback_is_left_out_of_forecasts():
    data = made(GOOD)
    future = pd.concat([rows(k, DAYS[-2:] + pd.Timedelta("2D")) for k in "ab"])
    frame = pd.concat([GOOD, rows("x", DAYS[-3:])])
    message = "Series 'x' is left out: It has 3 rows; lookback=4 needs 4"
    with pytest.warns(UserWarning, match=message):
        assert len(data.for_frame(frame, future=future)) == 2
    with pytest.warns(UserWarning, match=message):
        data.windows_of(frame)
    many = pd.concat([frame, rows("z", DAYS[-2:])])
    with pytest.warns(UserWarning, match="2 series are left out, such as 'x'"):
        data.windows_of(many)


def test_if_all_are_odd_the_first_is_refused():
    axis, why = IRREGULAR["one stamp off"]
    with pytest.raises(ValueError, match=f"Series 'x': {why}"):
        made(pd.concat([rows("x", axis), rows("z", axis)]))


def test_a_gap_is_still_refused_beside_an_odd_series():
    axis, _ = IRREGULAR["one stamp off"]
    frame = pd.concat([rows("x", axis), GOOD.drop(DAYS[15])])
    with pytest.raises(ValueError, match=r"Series '.': The index has a gap"):
        made(frame)
