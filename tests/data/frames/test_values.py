# SPDX-License-Identifier: Apache-2.0
import re

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Split, Windows, prepare
from keras_rnn.data.frames.values import column_values, constant_values

WEEKS = pd.date_range("2024-01-06", periods=4, freq="W-SAT")


def frame_of(values):
    return pd.DataFrame({"a": values}, index=WEEKS[: len(values)])


def test_values_come_in_the_order_of_the_names():
    frame = pd.DataFrame({"a": [1, 2], "b": [3.5, 4.5], "c": [5, 6]})
    values = column_values(frame, ("c", "a"))
    assert values.dtype == np.float64
    assert values.tolist() == [[5.0, 1.0], [6.0, 2.0]]


def test_no_names_give_an_array_without_columns():
    assert column_values(frame_of([1, 2]), ()).shape == (2, 0)


def test_the_values_are_a_copy_that_may_be_written():
    frame = frame_of([1.0, 2.0])
    column_values(frame, ("a",))[0] = 9.0
    assert frame["a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("dtype", ["int8", "float32", "Int64", "Float64"])
def test_every_numeric_dtype_becomes_float64(dtype):
    frame = frame_of([1, 2]).astype(dtype)
    assert column_values(frame, ("a",)).tolist() == [[1.0], [2.0]]


def test_booleans_are_zero_and_one():
    assert column_values(frame_of([True, False]), ("a",)).tolist() == [[1], [0]]


def test_a_missing_column_is_named_with_the_known_ones():
    message = "The frame has no column 'b'. Its columns are 'a'."
    with pytest.raises(ValueError, match=re.escape(message)):
        column_values(frame_of([1, 2]), ("b",))


def test_a_column_that_stands_there_twice_is_refused():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ValueError, match="2 columns 'a'"):
        column_values(frame, ("a",))


@pytest.mark.parametrize(
    "values", [["1", "2"], [1j, 2j], pd.to_datetime(["2024", "2025"])]
)
def test_a_column_must_be_numeric(values):
    with pytest.raises(ValueError, match="Column 'a' must be numeric"):
        column_values(frame_of(values), ("a",))


@pytest.mark.parametrize(
    ("bad", "shown", "remedy"),
    [
        (np.nan, "nan", "Give it a value, or drop such rows at the ends"),
        (np.inf, "inf", "Make it missing, `frame.replace([np.inf, -np.inf]"),
        (-np.inf, "-inf", "Make it missing, `frame.replace([np.inf, -np.inf]"),
    ],
)
def test_the_first_value_that_is_not_finite_is_named(bad, shown, remedy):
    message = (
        f"Column 'a' is {shown} at 2024-01-13 (2 such rows in all). {remedy}"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        column_values(frame_of([1.0, bad, 2.0, bad]), ("a",))


def test_a_missing_value_of_a_nullable_dtype_is_named():
    frame = frame_of(pd.array([1, None], dtype="Int64"))
    with pytest.raises(ValueError, match="Column 'a' is nan at 2024-01-13"):
        column_values(frame, ("a",))


def test_static_columns_have_one_value():
    frame = pd.DataFrame({"a": [7, 7], "b": [1, 2], "c": [8, 8]})
    assert constant_values(frame, ("c", "a"), [0, 2]).tolist() == [[8.0, 7.0]]


def test_a_static_column_that_changes_is_named_with_the_row():
    message = "The static column 'a' changes at 2024-01-20."
    with pytest.raises(ValueError, match=re.escape(message)):
        constant_values(frame_of([7, 7, 8, 8]), ("a",), [0, 4])


def test_columns_and_rows_called_by_tuples_are_told_how_to_be_flat():
    columns = pd.MultiIndex.from_product([["sales"], ["mean", "sum"]])
    frame = pd.DataFrame(np.ones((40, 2)), WEEKS[:1].repeat(40), columns)
    with pytest.raises(ValueError, match=r"join\(map\(str, column\)\) for"):
        prepare(frame, Columns("sales"), Windows(lookback=2, horizon=1))
    rows = pd.MultiIndex.from_product([["a", "b"], WEEKS], names=["shop", None])
    frame = pd.DataFrame({"y": np.ones(8)}, rows)
    with pytest.raises(ValueError, match=r"reset_index\(level='shop'\)"):
        prepare(frame, Columns("y"), Windows(lookback=2, horizon=1))


FLAGS = ["bool", "boolean", "bool[pyarrow]", "object"]


def with_flags(dtype, rows=40):
    index = pd.date_range("2024-01-01", periods=rows, freq="D")
    flags = pd.Series(index.day_of_week == 6, index).astype(dtype)
    return pd.DataFrame({"y": np.arange(rows) ** 0.5, "flag": flags}, index)


@pytest.mark.parametrize("role", ["past", "future", "target"])
@pytest.mark.parametrize("gaps", ["refuse", "interpolate", "mask", "elapsed"])
@pytest.mark.parametrize("dtype", FLAGS)
def test_flags_are_0_and_1_whatever_rows_are_missing(dtype, gaps, role):
    columns = Columns("flag")
    if role != "target":
        columns = Columns("y", **{role: "flag"})
    frame = with_flags(dtype)
    if gaps != "refuse":
        frame = frame.drop(pd.Timestamp("2024-01-20"))
    windows = Windows(lookback=4, horizon=2)
    as_numbers = frame.assign(flag=frame["flag"].astype(float))
    found, expected = (
        prepare(f, columns, windows, gaps=gaps) for f in (frame, as_numbers)
    )
    np.testing.assert_array_equal(
        found.series.covariates, expected.series.covariates
    )
    np.testing.assert_array_equal(found.series.levels, expected.series.levels)


@pytest.mark.parametrize("dtype", FLAGS[1:])
def test_a_missing_flag_is_missing(dtype):
    frame = with_flags(dtype)
    frame.iloc[10, 1] = None
    columns, windows = Columns("y", past="flag"), Windows(lookback=4, horizon=2)
    with pytest.raises(ValueError, match="Column 'flag' is nan at 2024-01-11"):
        prepare(frame, columns, windows)
    data = prepare(frame, columns, windows, gaps="mask")
    assert np.flatnonzero(np.isnan(data.series.covariates[:40, 0])) == [10]


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint64", "UInt64", "uint64[pyarrow]"]
)
@pytest.mark.parametrize("gaps", ["refuse", "mask"])
def test_any_integers_count_on_as_integers(dtype, gaps):
    # 127 is the last int8 and 255 the last uint8: 128 and 256 follow.
    last = 127 if dtype == "int8" else 255
    index = pd.Index(np.arange(last - 39, last + 1)).astype(dtype)
    frame = pd.DataFrame({"y": np.arange(40.0)}, index)
    if gaps == "mask":
        frame = frame.drop(frame.index[20])
    data = prepare(
        frame, Columns("y"), Windows(lookback=4, horizon=2), gaps=gaps
    )
    forecast = data.latest.forecasts(np.zeros((1, 2, 1)))["timestamp"]
    assert forecast.tolist() == [last + 1, last + 2]
    assert forecast.dtype == np.int64


def test_integers_beyond_int64_are_refused():
    index = pd.Index(np.arange(2**63, 2**63 + 40, dtype="uint64"))
    frame = pd.DataFrame({"y": np.arange(40.0)}, index)
    with pytest.raises(ValueError, match="integers that int64 holds"):
        prepare(frame, Columns("y"), Windows(lookback=4, horizon=2))


def followed(error, frame):
    """What the code in the remedy of an error makes."""
    code = re.search("`(pd.*?)`", str(error)).group(1)
    return eval(code, {"pd": pd, "frame": frame})


@pytest.mark.parametrize(
    "dtype", ["str", "object", "category", "string", "string[pyarrow]"]
)
def test_words_are_told_how_to_become_columns_of_numbers(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    colour = pd.Series(["red", "blue", "red", "blue"], dtype=dtype)
    frame = pd.DataFrame({"colour": colour, "y": 1.0})
    with pytest.raises(ValueError, match="'colour_blue', 'colour_red'") as e:
        column_values(frame, ("colour",))
    made = followed(e.value, frame)
    assert column_values(made, ("colour_red",)).ravel().tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("texts", [["1", "2.5", "3"], ["1", "n/a", "3"]])
def test_numbers_as_text_are_told_how_to_become_numbers(texts):
    frame = pd.DataFrame({"a": texts})
    with pytest.raises(ValueError, match="must be numeric") as error:
        column_values(frame, ("a",))
    frame["a"] = followed(error.value, frame)
    column_values(frame, ("a",), missing=True)


def test_the_remedy_for_static_words_works():
    frame = pd.concat(
        pd.DataFrame({"y": np.arange(4.0), "shop": shop, "kind": kind}, WEEKS)
        for shop, kind in (("a", "big"), ("b", "small"), ("c", "big"))
    )
    windows = Windows(lookback=2, horizon=1)
    with pytest.raises(ValueError, match=r"get_dummies.*'kind_big', 'kind_sma"):
        prepare(frame, Columns("y", series="shop", static="kind"), windows)
    made = pd.get_dummies(frame, columns=["kind"], dtype=float)
    columns = Columns("y", series="shop", static=["kind_big", "kind_small"])
    split = Split(validation=1, test=0, purge=False)
    data = prepare(made, columns, windows, split=split)
    assert data.series.static.shape == (3, 2)


def test_an_integer_that_no_float_holds_is_named_and_the_remedy_works():
    days = pd.date_range("2024-01-01", periods=9)
    frame = pd.DataFrame({"y": [10**400, *range(8)]}, days, dtype=object)
    columns, windows = Columns("y"), Windows(lookback=2, horizon=1)
    with pytest.raises(ValueError, match=r"float64 cannot hold.*abs\(\) < 1e"):
        prepare(frame, columns, windows)
    mended = pd.to_numeric(frame["y"].where(frame["y"].abs() < 1e300))
    assert mended.isna().sum() == 1
    prepare(mended.dropna().to_frame(), columns, windows)
