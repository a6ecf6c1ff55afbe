# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare, read_parquet
from keras_rnn.data.frames.parquet import reading as parquet

SHOPS = Columns("y", past="p", static="size", series="shop")


def shops(names=("Rome", "Aosta", "Bari"), rows=50):
    """Many series in long form, with a column that nobody needs."""
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    values = np.random.default_rng(0).normal(size=(len(names), rows, 2))
    return pd.concat(
        pd.DataFrame(values[k], index=days, columns=["y", "p"]).assign(
            shop=name, size=k, note="not to be read"
        )
        for k, name in enumerate(names)
    )


def assert_same_data(one, other):
    assert one.series.index.equals(other.series.index)
    assert one.series.names.equals(other.series.names)
    assert one.step == other.step
    for name in ("levels", "covariates", "static", "bounds"):
        np.testing.assert_array_equal(
            getattr(one.series, name), getattr(other.series, name)
        )


@pytest.mark.parametrize("row_group_size", [7, 50, 1000])
def test_a_file_gives_the_data_of_its_frame(
    tmp_path, row_group_size, monkeypatch
):
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 16)
    path = tmp_path / "shops.parquet"
    shops().to_parquet(path, row_group_size=row_group_size)
    windows = Windows(lookback=5, horizon=2)
    assert_same_data(
        prepare(path, SHOPS, windows), prepare(shops(), SHOPS, windows)
    )


@pytest.mark.parametrize(
    "names",
    [["A/osta è", "Bari", "Rome"], ["007", "12", "7"], [7, 12]],
    ids=["texts", "texts of digits", "numbers"],
)
def test_a_folder_may_be_partitioned_by_series(tmp_path, names):
    frame = shops(names)
    frame.to_parquet(tmp_path / "shops", partition_cols=["shop"])
    (tmp_path / "shops" / "_backup").mkdir()
    (tmp_path / "shops" / "_backup" / "no.parquet").touch()
    found = read_parquet(tmp_path / "shops", SHOPS)
    # Folders come in the order of their names.
    ordered = sorted(names, key=str)
    assert found["shop"].unique().tolist() == ordered
    for name in names:
        rows, expected = found[found["shop"] == name], shops(names)
        expected = expected[expected["shop"] == name]
        pd.testing.assert_frame_equal(
            rows[["y", "p"]], expected[["y", "p"]], check_freq=False
        )


def test_rows_in_the_folder_of_no_series_are_refused(tmp_path):
    frame = shops(["Rome", None])
    frame.to_parquet(tmp_path, partition_cols=["shop"])
    with pytest.raises(ValueError, match="Column 'shop' has no value in"):
        read_parquet(tmp_path, SHOPS)


def test_a_folder_is_read_as_one_file(tmp_path):
    frame = shops()
    # The second series begins in the first file and goes on in the second.
    for number, rows in enumerate((slice(0, 70), slice(70, 150))):
        frame.iloc[rows].to_parquet(tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").touch()
    windows = Windows(lookback=5, horizon=2)
    assert_same_data(
        prepare(str(tmp_path), SHOPS, windows),
        prepare(frame, SHOPS, windows),
    )


def test_a_frame_is_compact(tmp_path):
    path = tmp_path / "shops.parquet"
    small = shops().astype({"p": "float32"})
    small.to_parquet(path)
    frame = read_parquet(path, SHOPS)
    assert list(frame) == ["shop", "y", "p", "size"]
    assert [str(dtype) for dtype in frame.dtypes] == [
        "category",
        "float64",
        "float32",
        "float64",
    ]
    assert frame["shop"].cat.categories.tolist() == ["Rome", "Aosta", "Bari"]
    assert frame["shop"].tolist() == small["shop"].tolist()
    assert frame.index.name is None


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2024-03-30", periods=50, freq="h", tz="Europe/Berlin"),
        pd.date_range("2000-01-31", periods=50, freq="ME").as_unit("ms"),
        pd.date_range("2000-01-31", periods=50, freq="W-SUN").as_unit("ns"),
        pd.Index(np.arange(10, 110, 2)),
    ],
    ids=["time zone", "month ends", "weeks", "integers"],
)
def test_times_are_those_written(tmp_path, index):
    frame = pd.DataFrame({"y": range(50)}, index=index.rename("when"))
    frame.to_parquet(tmp_path / "y.parquet")
    read = read_parquet(tmp_path, Columns("y"))
    assert read.index.equals(index)
    assert (read.index.dtype, read.index.name) == (index.dtype, "when")
    assert read["y"].tolist() == list(range(50))


def test_a_column_may_be_the_time(tmp_path):
    frame = shops().reset_index(names="day")
    frame["day"] = frame["day"].dt.date  # dates without a time of day
    frame.to_parquet(tmp_path / "shops.parquet")
    with pytest.raises(ValueError, match="does not say which column is the"):
        read_parquet(tmp_path, SHOPS)
    read = read_parquet(tmp_path, SHOPS, time="day")
    assert read.index.equals(shops().index.as_unit("s"))
    assert read.index.name == "day"


def test_whole_numbers_flags_and_missing_values_become_floats(tmp_path):
    frame = pd.DataFrame(
        {
            "y": pd.array([1, None, 3], "Int64"),
            "p": pd.array([True, False, None], "boolean"),
        },
        index=pd.date_range("2024-01-01", periods=3),
    )
    frame.to_parquet(tmp_path / "y.parquet")
    read = read_parquet(tmp_path, Columns("y", past="p"))
    np.testing.assert_array_equal(read["y"], [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(read["p"], [1.0, 0.0, np.nan])


@pytest.mark.parametrize("names", [[3, 1, 2], ["c", "a", "b"]])
@pytest.mark.parametrize("dtype", [None, "category"])
def test_names_may_be_strings_integers_or_categories(tmp_path, names, dtype):
    frame = shops(names)
    frame["shop"] = frame["shop"].astype(dtype or frame["shop"].dtype)
    frame.to_parquet(tmp_path / "shops.parquet")
    data = prepare(tmp_path, SHOPS, Windows(lookback=5, horizon=2))
    assert data.series.names.tolist() == names


@pytest.mark.parametrize("rows_at_once", [10, 1000])
def test_series_whose_rows_do_not_stand_together_are_refused(
    tmp_path, rows_at_once, monkeypatch
):
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", rows_at_once)
    frame = shops(["a", "b"])
    mixed = pd.concat([frame.iloc[:20], frame.iloc[50:], frame.iloc[20:50]])
    mixed.to_parquet(tmp_path / "shops.parquet", row_group_size=10)
    with pytest.raises(
        ValueError, match="series 'a' do not stand together: row 70 follows"
    ):
        read_parquet(tmp_path, SHOPS)


def test_rows_out_of_order_are_named_by_prepare(tmp_path):
    frame = shops(["a", "b"])
    order = [*range(60), 61, 60, *range(62, 100)]
    frame.iloc[order].to_parquet(tmp_path / "shops.parquet")
    with pytest.raises(ValueError, match="Series 'b': The index is not incr"):
        prepare(tmp_path, SHOPS, Windows(lookback=5, horizon=2))


def test_a_missing_column_is_named_with_its_file(tmp_path):
    shops().to_parquet(tmp_path / "a.parquet")
    shops().drop(columns="p").to_parquet(tmp_path / "b.parquet")
    with pytest.raises(ValueError, match=r"b\.parquet'.* has no column 'p'"):
        read_parquet(tmp_path, SHOPS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": "no number"}, "Column 'y' of .* must be numeric. .*string"),
        ({"when": "today"}, "must hold timestamps, dates or integers"),
    ],
)
def test_columns_of_another_type_are_refused(tmp_path, change, message):
    frame = shops().rename_axis("when").reset_index().assign(**change)
    frame.to_parquet(tmp_path / "shops.parquet")
    with pytest.raises(ValueError, match=message):
        read_parquet(tmp_path, SHOPS, time="when")


def test_files_of_different_times_are_refused(tmp_path):
    frame = shops()
    frame.iloc[:50].to_parquet(tmp_path / "a.parquet")
    frame.iloc[50:].tz_localize("UTC").to_parquet(tmp_path / "b.parquet")
    with pytest.raises(ValueError, match=r"b\.parquet' is of type .*UTC"):
        read_parquet(tmp_path, SHOPS)


@pytest.mark.parametrize("column", ["shop", "when"])
def test_a_row_without_series_or_time_is_refused(tmp_path, column):
    frame = shops().rename_axis("when").reset_index()
    frame.loc[60, column] = None
    frame.to_parquet(tmp_path / "shops.parquet")
    with pytest.raises(ValueError, match=f"'{column}' has no value in row 60"):
        read_parquet(tmp_path, SHOPS, time="when")


def test_a_path_without_parquet_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no file `\*\.parquet`"):
        read_parquet(tmp_path, SHOPS)
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        read_parquet(tmp_path / "nothing", SHOPS)
    text = tmp_path / "y.csv"
    text.write_text("y\n1\n2\n3\n")
    with pytest.raises(ValueError, match=r"y\.csv' is no Parquet file"):
        read_parquet(text, SHOPS)


def test_without_pyarrow_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r'pip install "keras_rnn\[parquet\]'):
        read_parquet(tmp_path, SHOPS)


def test_a_path_needs_columns(tmp_path):
    with pytest.raises(TypeError, match="`columns` must be of type Columns"):
        read_parquet(tmp_path, None)
