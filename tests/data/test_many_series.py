# SPDX-License-Identifier: Apache-2.0
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Change,
    Columns,
    Split,
    Windows,
    prepare,
)
from tests.data.representations.rows import (
    each_per_series,
    each_representation,
    shared,
)
from tests.data.windows import arrays_of

SHOPS = Columns("y", past="p", static="size", series="shop")
WINDOWS = Windows(lookback=4, horizon=2, gap=1)
SPLIT = Split(validation=4, test=5)


def one(rows, seed, start="2024-01-01"):
    """One series of positive levels that wander."""
    rng = np.random.default_rng(seed)
    wander = 0.1 * rng.normal(size=rows).cumsum()
    index = pd.date_range(start, periods=rows, freq="D")
    return pd.DataFrame(
        {
            "y": np.rint(1000 * (seed + np.exp(wander))),
            "p": rng.normal(size=rows),
            "size": float(seed),
        },
        index=index,
    )


def shops(**rows):
    """Series of these lengths in long form; each begins a day later."""
    return pd.concat(
        one(length, seed, f"2024-01-{seed:02d}").assign(shop=name)
        for seed, (name, length) in enumerate(rows.items(), start=1)
    )


def prepared(frame, representation=None, columns=SHOPS, split=SPLIT):
    return prepare(
        frame, columns, WINDOWS, split=split, representation=representation
    )


def collect(part):
    """Past inputs and targets of a part."""
    found = arrays_of(part)
    return found["past"], found["targets"]


@each_per_series
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_each_series_has_the_windows_that_it_has_alone(part, representation):
    frame = shops(a=40, b=25, c=31)
    past, targets = collect(prepared(frame, representation).parts[part])
    alone = [
        collect(
            prepared(
                rows,
                representation,
                Columns("y", past="p", static="size"),
            ).parts[part]
        )
        for _, rows in frame.groupby("shop")
    ]
    # The scale of the covariate is that of all series, the rest is the same.
    channels = past.shape[-1] - 1
    np.testing.assert_allclose(
        past[..., :channels],
        np.concatenate([inputs for inputs, _ in alone])[..., :channels],
        rtol=1e-4,
        atol=1e-5,
    )
    np.testing.assert_allclose(
        targets,
        np.concatenate([ahead for _, ahead in alone]),
        rtol=1e-4,
        atol=1e-5,
    )


@each_representation
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_the_truth_is_inverted_in_every_series(part, representation):
    part = prepared(shops(a=40, b=25), representation).parts[part]
    _, targets = collect(part)
    np.testing.assert_allclose(part.invert(targets), part.actual, rtol=1e-5)


@each_representation
def test_without_scales_per_series_the_scales_are_shared(representation):
    data = prepared(shops(a=40, b=25), shared(representation))
    assert not data.series.representation.per_series
    _, targets = collect(data.test)
    np.testing.assert_allclose(
        data.test.invert(targets), data.test.actual, rtol=1e-4
    )


def test_shared_changes_do_not_reach_from_series_to_series():
    frame = pd.DataFrame(
        {"y": [0.0, 1, 2, 3, 4, 5, 1000, 1001, 1002, 1003, 1004, 1005]},
        index=[*range(6), *range(6)],
    ).assign(shop=["a"] * 6 + ["b"] * 6)
    data = prepare(
        frame,
        Columns("y", series="shop"),
        Windows(lookback=1, horizon=1),
        split=Split(validation=0, test=1),
        representation=Change(per_series=False),
    )
    assert data.series.representation.change_scale.tolist() == [1.0]


def test_rows_may_come_in_any_order_of_series():
    frame = shops(a=40, b=25)
    by_date = frame.sort_index(kind="stable")
    grouped, mixed = prepared(frame), prepared(by_date)
    for one_of_two, other in zip(
        collect(grouped.train), collect(mixed.train), strict=True
    ):
        np.testing.assert_array_equal(one_of_two, other)


def test_forecasts_name_the_series_and_its_own_dates():
    part = prepared(shops(a=40, b=25), Change()).latest
    table = part.forecasts(np.zeros((2, 2, 1)))
    frame = shops(a=40, b=25)
    assert list(table)[:3] == ["series", "cutoff", "timestamp"]
    assert table["series"].tolist() == ["a", "a", "b", "b"]
    ends = pd.to_datetime(["2024-02-09", "2024-01-26"])  # 40, 25 days
    assert table["cutoff"].tolist() == [*ends[[0, 0]], *ends[[1, 1]]]
    days = (table["timestamp"] - table["cutoff"]).dt.days
    assert days.tolist() == [2, 3, 2, 3]
    last = frame.groupby("shop")["y"].last()
    assert table["forecast"].tolist() == pytest.approx(
        [last["a"], last["a"], last["b"], last["b"]]
    )
    assert table["actual"].isna().all()


def test_the_truth_ends_with_its_own_series():
    data = prepared(shops(a=40, b=25))
    assert np.isnan(data.latest.actual).all()
    assert not np.isnan(data.test.actual).any()
    assert not data.latest.has_targets
    assert data.test.has_targets


def test_static_covariates_are_standardised_over_the_series():
    data = prepared(shops(a=40, b=25))  # sizes 1 and 2
    inputs, _ = next(iter(data.test.dataset(batch_size=100)))
    counts = [4, 4]  # 5 test rows hold 4 windows of 2
    assert inputs["static"].numpy().ravel().tolist() == [
        *[-1.0] * counts[0],
        *[1.0] * counts[1],
    ]


def test_a_fraction_is_one_of_the_rows_of_each_series():
    data = prepare(
        shops(a=40, b=20),
        SHOPS,
        WINDOWS,
        split=Split(validation=0, test=0.25),
    )
    # 10 and 5 test rows hold 9 and 4 windows of 2.
    assert np.bincount(data.series.numbers(data.test.cutoffs)).tolist() == [
        9,
        4,
    ]


def test_a_series_too_short_for_a_part_is_named():
    # c has one training row, then 4 of validation and 5 of test: its only
    # windows are in test. d has no whole lookback.
    data = prepared(shops(a=40, b=25, c=10, d=3))
    table = data.describe()
    assert table["series"].tolist() == [2, 2, 3]
    assert table["left_out"].tolist() == [
        ("c", "d"),
        ("c", "d"),
        ("d",),
    ]
    assert len(data.latest) == 3
    assert np.isfinite(collect(data.test)[0]).all()


def test_a_part_without_any_window_is_refused():
    message = (
        "No series has a window in the train split: the most rows that one "
        "has there are 3. lookback=4, gap=1 and horizon=2 need 7."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        prepared(shops(a=10, b=12))


def test_describe_shows_the_earliest_and_the_latest_window():
    table = prepared(shops(a=20, b=40)).describe()
    first, last = table["first window"], table["last window"]
    assert first.loc["train", "input from"] == pd.Timestamp("2024-01-01")
    assert last.loc["test", "target to"] == pd.Timestamp("2024-02-10")
    # A lookback of 4 and a gap of 1 at the start of both series.
    assert table.loc["train", "unused_target_rows"].item() == 10


def test_a_fault_names_its_series():
    frame = shops(a=30, b=30)
    with pytest.raises(
        ValueError, match="Series 'b': The index has a gap: 1 row missing"
    ):
        prepared(frame.iloc[[*range(40), *range(41, 60)]])
    missing = frame.copy()
    missing.iloc[40, 0] = np.nan
    with pytest.raises(ValueError, match="is nan at 2024-01-12 of series 'b'"):
        prepared(missing)
    frame.iloc[40, 2] = 7.0
    with pytest.raises(
        ValueError, match="'size' changes at 2024-01-12 of series 'b'"
    ):
        prepared(frame)


def test_a_row_without_a_series_is_refused():
    frame = shops(a=30, b=30)
    frame.iloc[3, 3] = None
    with pytest.raises(ValueError, match="'shop' has no value in row 3"):
        prepared(frame)


def test_a_missing_series_column_is_refused():
    with pytest.raises(ValueError, match="has no column 'shop'"):
        prepared(shops(a=30).drop(columns="shop"))


@pytest.mark.parametrize(
    "names", [[1, 2], ["a", "b"], pd.Categorical(["a", "b"])]
)
def test_names_may_be_strings_integers_or_categories(names):
    frame = shops(a=30, b=30)
    frame["shop"] = pd.Series(names).repeat(30).to_numpy()
    table = prepared(frame).latest.forecasts(np.zeros((2, 2, 1)))
    assert table["series"].unique().tolist() == list(names)


def test_one_series_in_long_form_is_a_table_with_its_name():
    data = prepared(shops(a=40))
    alone = prepared(one(40, 1), columns=Columns("y", past="p", static="size"))
    np.testing.assert_allclose(
        collect(data.train)[0], collect(alone.train)[0], rtol=1e-5
    )
    assert "series" in data.test.forecasts(np.zeros((4, 2, 1)))
    assert "series" not in alone.test.forecasts(np.zeros((4, 2, 1)))


def test_memory_grows_with_the_rows_of_all_series():
    rows, number = 200, 100
    frame = pd.DataFrame(
        {
            "y": np.arange(rows * number, dtype=np.float64),
            "shop": np.repeat(np.arange(number), rows),
        },
        index=np.tile(np.arange(rows), number),
    )
    tracemalloc.start()
    data = prepare(
        frame,
        Columns("y", series="shop"),
        Windows(lookback=100, horizon=5),
        representation=Change(),
    )
    next(iter(data.train.dataset(batch_size=1)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The windows of all rows would take lookback times the series.
    assert peak < 60 * frame["y"].nbytes
