# SPDX-License-Identifier: Apache-2.0
"""Whatever form a frame has, the same rows are read."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare
from keras_rnn.data.frames import as_frame

DAYS = pd.date_range("2024-01-01", periods=30, freq="D", name="day")
WIDE = pd.DataFrame(
    {"Rome": np.arange(30.0), "Taipei": 100 + np.arange(30.0)}, index=DAYS
)
LONG = WIDE.reset_index().melt("day", var_name="shop", value_name="sales")
COLUMNS = Columns("sales", series="shop", time="day")


def test_a_column_of_time_becomes_the_index():
    found = as_frame(LONG, COLUMNS)
    assert found.index.name == "day"
    pd.testing.assert_frame_equal(as_frame(found, COLUMNS), found)


def test_the_column_of_time_is_read_from_a_parquet_file(tmp_path):
    LONG.to_parquet(tmp_path / "sales.parquet")
    found = as_frame(tmp_path / "sales.parquet", COLUMNS)
    expected = as_frame(LONG, COLUMNS)
    assert found.index.equals(expected.index)
    assert found["sales"].tolist() == expected["sales"].tolist()


@pytest.mark.parametrize("time", [None, "day"])
def test_a_wide_frame_is_read_as_its_long_form_is(time):
    wide = WIDE if time is None else WIDE.reset_index()
    windows = Windows(lookback=4, horizon=2)
    of_wide = prepare(wide, Columns.wide(wide, time=time), windows)
    of_long = prepare(LONG, COLUMNS, windows)
    assert of_wide.series.names.tolist() == of_long.series.names.tolist()
    np.testing.assert_array_equal(of_wide.series.levels, of_long.series.levels)
    np.testing.assert_array_equal(of_wide.train.cutoffs, of_long.train.cutoffs)


def test_series_of_a_wide_frame_begin_and_end_when_they_are_known():
    wide = WIDE.copy()
    wide.loc[DAYS[:5], "Taipei"] = np.nan
    wide.loc[DAYS[27:], "Rome"] = np.nan
    found = as_frame(wide, Columns.wide(wide))
    ends = found.groupby("series")["value"].agg(["first", "last", "size"])
    assert ends.loc["Rome"].tolist() == [0, 26, 27]
    assert ends.loc["Taipei"].tolist() == [105, 129, 25]


def test_a_wide_frame_read_in_long_form_stays_as_it_is():
    columns = Columns.wide(WIDE)
    found = as_frame(WIDE, columns)
    assert as_frame(found, columns) is found


ROWS = pd.DataFrame({"id": ["H1", "H2"], "V1": [1.0, 2.0], "V2": [3.0, 4.0]})


@pytest.mark.parametrize(
    ("frame", "remedy"),
    [
        (ROWS, r"frame\.melt\('id'"),
        (ROWS.set_index("id"), r"frame\.reset_index\(\)\.melt\('id'"),
        (ROWS[[]].set_index(DAYS[:2]), "Each column of a wide frame"),
    ],
)
def test_series_in_rows_get_an_error_that_melts_them(frame, remedy):
    with pytest.raises(ValueError, match=remedy):
        Columns.wide(frame)


def test_the_remedy_of_series_in_rows_works():
    melted = ROWS.melt("id", var_name="step")
    melted["step"] = melted["step"].str.removeprefix("V").astype(int)
    columns = Columns("value", series="id", time="step")
    found = as_frame(melted, columns)
    assert found[found["id"] == "H2"]["value"].to_dict() == {1: 2.0, 2: 4.0}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (Columns("sales", series="shop", time="date"), "no column of time"),
        (Columns.wide(WIDE), "no column 'Rome'"),
    ],
)
def test_a_missing_column_is_named(columns, message):
    with pytest.raises(ValueError, match=message):
        as_frame(LONG.rename(columns={"day": "moment"}), columns)


def test_no_frame_at_all_is_a_type_error():
    with pytest.raises(TypeError, match="`frame` must be of type DataFrame"):
        as_frame([1, 2, 3], Columns("y"))
