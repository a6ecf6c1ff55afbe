# SPDX-License-Identifier: Apache-2.0
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare

DAYS = pd.date_range("2024-01-01", periods=40)
WINDOWS = Windows(lookback=3, horizon=1)


def long(names, lengths=(40, 40), **others):
    """Two series of days, one below the other."""
    return pd.concat(
        [
            pd.DataFrame({"shop": name, "y": np.arange(float(rows))}, days)
            for name, rows in zip(names, lengths, strict=True)
            for days in [DAYS[:rows]]
        ]
    ).assign(**others)


@pytest.mark.parametrize("kind", ["str", "category", "object", "int"])
@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask", "elapsed"])
def test_many_series_taken_for_one_are_told_to_name_their_column(kind, gaps):
    frame = long([1, 2], weekday=0, price=1.5)
    frame["weekday"] = frame.index.day_of_week
    frame["shop"] = frame["shop"].astype(kind)
    message = re.escape("Name it, `Columns(..., series='shop')`")
    with pytest.raises(ValueError, match=message):
        prepare(frame, Columns("y"), WINDOWS, gaps=gaps)
    assert prepare(frame, Columns("y", series="shop"), WINDOWS).train


def test_a_series_of_few_rows_beside_a_long_one_is_seen_by_its_name():
    with pytest.raises(ValueError, match="series='shop'"):
        prepare(long("ab", (40, 3)), Columns("y"), WINDOWS)


def test_a_copy_of_a_row_is_no_second_series():
    frame = pd.DataFrame({"y": 1.0, "promo": 0}, DAYS[[*range(40), 7]])
    frame = frame.sort_index()
    frame.iloc[8, 1] = 1  # the copy differs in a number
    with pytest.raises(ValueError, match="Keep one row each"):
        prepare(frame, Columns("y"), WINDOWS)


DATED = {
    "timestamps": DAYS,
    "zone": DAYS.tz_localize("Asia/Kolkata"),
    "periods": DAYS.to_period("D"),
    "texts": DAYS.strftime("%Y-%m-%d"),
    "moments": DAYS.strftime("%Y-%m-%dT%H:%M:%S+05:30"),
    "days first": DAYS.strftime("%d/%m/%Y"),
    "dates": DAYS.date,
}


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize("counter", ["range", "integers"])
def test_dates_beside_the_index_are_pointed_out(kind, counter):
    index = pd.RangeIndex(40) if counter == "range" else pd.Index([*range(40)])
    frame = pd.DataFrame({"day": DATED[kind], "y": np.arange(40.0)}, index)
    with pytest.warns(UserWarning, match=r"Use `frame.set_index\('day'\)`"):
        prepare(frame, Columns("y"), WINDOWS)


def test_words_beside_the_index_are_no_dates():
    frame = pd.DataFrame({"y": np.arange(40.0), "note": "12 rows"})
    frame["code"] = ["2024-99"] * 40
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prepare(frame, Columns("y"), WINDOWS)
        prepare(frame.set_index(DAYS), Columns("y"), WINDOWS)
