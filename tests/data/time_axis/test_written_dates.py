# SPDX-License-Identifier: Apache-2.0
import re

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare, regular_step
from keras_rnn.data.time_axis.written_dates import refuse_dates_as_numbers

STARTS = pd.date_range("2022-11-01", periods=30, freq="MS")
#: How dates are written -> those written so.
WRITTEN = {
    "months": (STARTS, "%Y%m"),
    "days": (pd.date_range("2023-12-20", periods=30), "%Y%m%d"),
    "days of the year": (pd.date_range("2023-12-20", periods=30), "%Y%j"),
    "weeks": (pd.date_range("2023-10-02", periods=30, freq="7D"), "%G%V"),
    "hours": (pd.date_range("2024-01-01", periods=30, freq="h"), "%Y%m%d%H"),
    "minutes": (
        pd.date_range("2024-01-01", periods=30, freq="15min"),
        "%Y%m%d%H%M",
    ),
}
QUARTERS = pd.date_range("2015-01-01", periods=30, freq="QS")


def written(how):
    """Dates, and the same as integers."""
    if how == "quarters":
        return QUARTERS, pd.Index(10 * QUARTERS.year + QUARTERS.quarter)
    dates, form = WRITTEN[how]
    return dates, dates.strftime(form).astype(np.int64)


def followed(error, frame):
    """The index that the first remedy of an error makes."""
    code = re.search("`frame.index = (.*?)`", str(error)).group(1)
    return eval(code, {"pd": pd, "frame": frame})


@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask"])
@pytest.mark.parametrize("how", [*WRITTEN, "quarters"])
def test_dates_as_numbers_are_told_how_to_become_dates(how, gaps):
    dates, numbers = written(how)
    frame = pd.DataFrame({"y": np.arange(30.0)}, numbers)
    with pytest.raises(ValueError, match="dates written as numbers") as error:
        prepare(frame, Columns("y"), Windows(lookback=3, horizon=1), gaps=gaps)
    assert (followed(error.value, frame) == dates).all()


def test_the_months_of_one_year_have_no_gap_and_are_dates_too():
    with pytest.raises(ValueError, match="dates written as numbers"):
        regular_step(pd.Index(range(202401, 202413)))


@pytest.mark.parametrize("kind", [str, float])
@pytest.mark.parametrize("how", ["months", "days"])
def test_dates_as_texts_or_floats_are_told_the_same(how, kind):
    dates, numbers = written(how)
    index = pd.Index([kind(number) for number in numbers])
    with pytest.raises(TypeError, match="must be a DatetimeIndex") as error:
        regular_step(index)
    frame = pd.DataFrame(index=index)
    assert (followed(error.value, frame) == dates).all()


@pytest.mark.parametrize(
    ("form", "dates"),
    [
        ("%GW%V", pd.date_range("2023-10-02", periods=30, freq="7D")),
        ("%G-W%V", pd.date_range("2023-10-02", periods=30, freq="7D")),
        ("%YM%m", STARTS),
    ],
)
def test_weeks_and_months_as_texts_are_told_how_to_become_dates(form, dates):
    index = dates.strftime(form)
    with pytest.raises(TypeError, match="must be a DatetimeIndex") as error:
        regular_step(index)
    frame = pd.DataFrame(index=index)
    assert (followed(error.value, frame) == dates).all()


@pytest.mark.parametrize(
    "numbers",
    [
        range(30),
        range(200000, 200030),  # from month 0 on
        range(2016, 2024),  # years
        range(0, 3000, 100),
        range(1704067200, 1704153600, 3600),  # seconds since 1970
        range(100000, 100030),
    ],
)
def test_numbers_of_rows_are_taken(numbers):
    refuse_dates_as_numbers(pd.Index(numbers))
    assert regular_step(pd.Index(numbers)) == numbers.step


def test_rows_after_those_of_a_counter_are_numbers():
    frame = pd.DataFrame({"y": np.arange(900.0)}, range(201600, 202500))
    data = prepare(frame, Columns("y"), Windows(lookback=3, horizon=1))
    assert len(data.for_frame(frame.loc[202401:202410])) == 1
