# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare

HOLIDAYS = ["2024-01-15", "2024-02-19", "2024-02-20"]
TRADING = pd.offsets.CustomBusinessDay(holidays=HOLIDAYS)
DAYS = pd.DatetimeIndex(
    list(pd.date_range("2024-01-02", periods=50, freq=TRADING))
)
WINDOWS = Windows(lookback=3, horizon=2)


def stock(days, name=None, start=0.0):
    frame = pd.DataFrame({"y": start + np.arange(len(days))}, days)
    return frame if name is None else frame.assign(stock=name)


def stocks(*all_days):
    return pd.concat(
        [stock(days, name) for days, name in zip(all_days, "abc", strict=False)]
    )


def prepared(frame, freq=TRADING, gaps="refuse", series="stock"):
    columns = Columns("y", series=series, freq=freq)
    return prepare(frame, columns, WINDOWS, gaps=gaps)


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask"])
@pytest.mark.parametrize("series", [None, "stock"])
def test_the_calendar_of_trading_days_is_followed_and_continued(series, gaps):
    frame = stock(DAYS) if series is None else stocks(DAYS, DAYS[20:])
    data = prepared(frame, gaps=gaps, series=series)
    table = data.latest.forecasts([[[0.0], [0.0]]] * len(data.latest))
    ahead = pd.date_range(DAYS[-1], periods=3, freq=TRADING)[1:]
    assert table["timestamp"].tolist() == [*ahead] * len(data.latest)
    # No row was made up on a holiday.
    assert len(data.series.levels) == len(frame)


@pytest.mark.parametrize("freq", ["D", "B", "W-SAT", "15min", "SME", "2D"])
def test_an_alias_is_as_good_as_its_offset(freq):
    offset = pd.tseries.frequencies.to_offset(freq)
    assert Columns("y", freq=freq) == Columns("y", freq=offset)
    days = pd.date_range("2024-01-31", periods=60, freq=freq)
    # The series begin one row apart, on another of every second day.
    data = prepared(stocks(days[:40], days[1:30]), freq)
    assert data.step == offset
    assert not data.own_steps


def test_missing_trading_days_are_gaps_of_the_calendar():
    frame = stocks(DAYS, DAYS.delete([7, 8]))
    message = r"Series 'b': The index lacks 2024-01-11, a row .*2 such rows"
    with pytest.raises(ValueError, match=message):
        prepared(frame)
    data = prepared(frame, gaps="interpolate")
    days_of_b = data.series.index[len(DAYS) + 2 :][: len(DAYS)]
    assert (days_of_b == DAYS).all()
    # b counts 0 … 6, _, _, 7 …: lines between 6 and 7.
    filled = data.series.lines[len(DAYS) :][7:9, 0]
    np.testing.assert_allclose(filled, [6 + 1 / 3, 6 + 2 / 3])


def test_a_series_of_one_or_two_rows_of_many_needs_no_frequency_of_its_own():
    frame = stocks(DAYS, DAYS[-2:], DAYS[-7:-6])
    assert prepared(frame).series.index[-1] > DAYS[-7]


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask"])
def test_a_row_on_a_holiday_contradicts_the_calendar(gaps):
    odd = pd.DatetimeIndex([*DAYS, pd.Timestamp("2024-02-19")]).sort_values()
    message = r"contradicts .*2024-02-19 \(Monday"
    with pytest.warns(UserWarning, match=f"'b' is left out: .*{message}"):
        data = prepared(stocks(DAYS, odd), gaps=gaps)
    assert list(data.series.names) == ["a"]
    with pytest.raises(ValueError, match=message):
        prepared(stocks(odd, odd), gaps=gaps)


def test_the_longest_series_may_be_the_odd_one():
    weeks = pd.date_range("2024-01-06", periods=60, freq="W-SAT")
    with pytest.warns(UserWarning, match="'a' is left out"):
        data = prepared(stocks(weeks, DAYS))
    assert list(data.series.names) == ["b"]


@pytest.mark.parametrize("first", ["2024-01-06", "2024-01-15"])
def test_a_first_row_off_the_calendar_is_seen(first):
    days = pd.DatetimeIndex([pd.Timestamp(first), *DAYS[DAYS > "2024-01-16"]])
    with pytest.raises(ValueError, match=f"it has {first}"):
        prepared(stock(days), series=None)


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask"])
@pytest.mark.parametrize(("rows", "freq"), [("MS", "D"), ("D", "MS")])
def test_another_frequency_than_that_of_the_rows_is_refused(rows, freq, gaps):
    index = pd.date_range("2024-01-01", periods=60, freq=rows)
    with pytest.raises(ValueError, match="The index contradicts"):
        prepared(stocks(index, index[5:]), freq, gaps)


def test_numbers_have_no_frequency_to_state():
    with pytest.raises(ValueError, match="needs timestamps"):
        prepared(stock(pd.RangeIndex(30)), "D", series=None)


def test_faults_of_an_axis_are_named_as_ever():
    with pytest.raises(ValueError, match=r"Series 'b': .* more than once"):
        prepared(stocks(DAYS, DAYS[[0, 1, 1, 2]]))
    with pytest.raises(ValueError, match="no rows"):
        prepared(stock(DAYS[:0]), series=None)


@pytest.mark.parametrize("freq", ["X", "", "-1D", "0D", pd.offsets.Day(-1)])
def test_an_unknown_frequency_is_refused(freq):
    with pytest.raises(ValueError, match="`freq` must be a frequency"):
        Columns("y", freq=freq)


@pytest.mark.parametrize("freq", [3, 1.5, ["D"], True])
def test_a_frequency_is_text_or_an_offset(freq):
    with pytest.raises(TypeError, match="`freq` must be a frequency"):
        Columns("y", freq=freq)
