# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, Split, Windows, prepare

SPLIT = Split(validation=10, test=12)  # train 0-37, validation 38-47
PARTS = ["train", "validation", "test"]


def monthly(split, representation=None):
    """Two targets and one covariate of each kind, at month ends."""
    index = pd.date_range("2000-01-31", periods=60, freq="ME")
    rows = np.arange(60.0)
    frame = pd.DataFrame(
        {"a": rows, "b": -rows, "past": 2 * rows, "future": 3 * rows},
        index=index,
    ).assign(static=7.0)
    return prepare(
        frame,
        Columns(("a", "b"), past="past", future="future", static="static"),
        Windows(lookback=5, horizon=3, gap=1),
        split=split,
        representation=representation,
    )


def test_every_part_and_size_is_within_reach():
    data = monthly(SPLIT, Change())
    assert list(data.parts) == PARTS
    assert (data.lookback, data.horizon) == (5, 3)
    assert (data.num_targets, data.num_future, data.num_static) == (2, 1, 1)
    assert data.num_features == 6
    assert data.feature_names == (
        "a_change",
        "b_change",
        "a_from_cutoff",
        "b_from_cutoff",
        "past",
        "future",
    )


def test_without_a_test_part_asking_for_it_says_how_to_get_one():
    data = monthly(Split(test=0))
    with pytest.raises(ValueError, match=r"Give it a size, .* `Split\(test="):
        _ = data.test


def test_the_latest_window_ends_with_the_frame_and_has_no_targets():
    frame = pd.DataFrame(
        {"y": range(20)}, index=pd.date_range("2024-01-01", periods=20)
    )
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=3, horizon=2, gap=1),
        split=Split(validation=0, test=4),
        representation=Change(),
    )
    (inputs,) = data.latest.dataset(batch_size=1)
    # Every change is 1, and rows 17, 18, 19 lie 2, 1 and 0 before the cutoff:
    # root mean square of 0, 1 and 2 is √(5/3).
    np.testing.assert_allclose(inputs[0, :, 0], [1, 1, 1])
    np.testing.assert_allclose(
        inputs[0, :, 1], np.array([-2, -1, 0]) / (5 / 3) ** 0.5, rtol=1e-6
    )
    assert len(data.latest) == 1
    assert np.isnan(data.latest.actual).all()
    # One usual change further on: rows 21 and 22 of a series of row numbers.
    table = data.latest.forecasts(np.ones((1, 2, 1)))
    assert table["cutoff"].dt.day.tolist() == [20, 20]
    assert table["timestamp"].dt.day.tolist() == [22, 23]
    assert table["forecast"].tolist() == [21.0, 22.0]
    assert table["actual"].isna().all()


def test_the_latest_window_needs_no_unknown_future():
    data = monthly(SPLIT)
    message = "'future' are not known after 2004-12-31"
    with pytest.raises(ValueError, match=message):
        _ = data.latest


def test_describe_shows_the_corners_of_the_first_and_last_window():
    frame = pd.DataFrame({"y": range(100, 120)}, index=range(100, 120))
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=3, horizon=2, gap=1, stride=2),
        split=Split(validation=4, test=5),  # train 100-110, then 111 and 115
    )
    table = data.describe()
    assert list(table.index) == PARTS
    # Train: last target 110, so cutoffs 107, 105, 103; rows 100 to 104 are
    # the lookback, the gap, and one row that the stride jumps over.
    assert table.loc["train"].tolist() == [
        3,
        *[101, 103, 105, 106],
        *[105, 107, 109, 110],
        5,
    ]
    assert table.loc["validation"].tolist() == [
        2,
        *[107, 109, 111, 112],
        *[109, 111, 113, 114],
        0,
    ]
    # 5 rows hold two windows of 2 with a stride of 2, the first row is left.
    assert table.loc["test"].tolist() == [
        2,
        *[112, 114, 116, 117],
        *[114, 116, 118, 119],
        1,
    ]
    corners = ["input from", "cutoff", "target from", "target to"]
    assert list(table.columns) == [
        ("windows", ""),
        *[("first window", corner) for corner in corners],
        *[("last window", corner) for corner in corners],
        ("unused_target_rows", ""),
    ]


def test_describe_keeps_timestamps_and_counts():
    table = monthly(SPLIT).describe()
    assert table["windows"].dtype == np.int64
    assert table["unused_target_rows"].dtype == np.int64
    first = table["first window"]
    # Train rows 0-37: lookback 0-4, gap 5, targets 6-8.
    assert first.loc["train", "cutoff"] == pd.Timestamp("2000-05-31")
    assert first.loc["train", "target from"] == pd.Timestamp("2000-07-31")
