# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Change,
    Columns,
    Part,
    Windows,
    join_chunks,
    prepare,
    stream_batches,
)


def counting(rows, first=0):
    """A series that says its own row numbers."""
    return np.arange(first, first + rows, dtype=float)[:, np.newaxis]


def batches_of(series, **arguments):
    settings = {"batch_size": 2, "chunk_length": 3, **arguments}
    dataset = stream_batches(series, **settings)
    return list(dataset.as_numpy_iterator())


def steps_of(batches):
    return np.concatenate([x[:, :, 0] for x, _ in batches], axis=1)


def test_row_i_of_a_batch_continues_row_i_of_the_one_before():
    steps = steps_of(batches_of(counting(25)))
    assert steps.shape == (2, 12)
    np.testing.assert_array_equal(np.diff(steps, axis=1), 1)


@pytest.mark.parametrize("rows", range(13, 20))
def test_what_fills_no_batch_is_dropped_at_the_beginning(rows):
    """12 steps are two batches of 2 × 3; the last row is only a target."""
    steps = steps_of(batches_of(counting(rows)))
    dropped = (rows - 1) % (2 * 3)
    np.testing.assert_array_equal(steps.ravel(), np.arange(dropped, rows - 1))


@pytest.mark.parametrize("horizon", [1, 2, 5])
def test_targets_are_the_rows_after_each_step(horizon):
    for x, y in batches_of(counting(30), horizon=horizon):
        assert y.shape == (2, 3, horizon, 1)
        ahead = np.arange(1, horizon + 1)
        np.testing.assert_array_equal(y[..., 0], x + ahead)


def test_targets_of_ones_own_are_shifted_here():
    values = np.hstack([counting(13), counting(13) ** 2])
    for x, y in batches_of(values, targets=100 * counting(13)):
        assert (x.shape, y.shape) == ((2, 3, 2), (2, 3, 1, 1))
        np.testing.assert_array_equal(y[:, :, 0, 0], 100 * (x[:, :, 0] + 1))


def test_a_change_of_the_future_moves_no_input():
    values = counting(13)
    changed = values.copy()
    changed[9:] = -1
    for (x, y), (u, v) in zip(
        batches_of(values), batches_of(changed), strict=True
    ):
        past = x[:, :, 0] < 9
        np.testing.assert_array_equal(x[past], u[past])
        known = x[:, :, 0] < 8  # the target of step 8 is row 9
        np.testing.assert_array_equal(y[known], v[known])
        assert not np.any(y[~known] == v[~known])


def test_every_epoch_is_the_same():
    dataset = stream_batches(counting(25), batch_size=2, chunk_length=3)
    first, second = (list(dataset.as_numpy_iterator()) for _ in range(2))
    for (x, y), (u, v) in zip(first, second, strict=True):
        np.testing.assert_array_equal(x, u)
        np.testing.assert_array_equal(y, v)


def test_shapes_and_number_of_batches_are_known_before():
    dataset = stream_batches(
        counting(13), batch_size=2, chunk_length=3, starts=True
    )
    x, y = dataset.element_spec
    assert tuple(x["past"].shape) == (2, 3, 1)
    assert tuple(x["starts"].shape) == (2,)
    assert tuple(y.shape) == (2, 3, 1, 1)
    assert int(dataset.cardinality()) == 2


def test_a_strip_starts_with_the_first_batch():
    starts = [x["starts"] for x, _ in batches_of(counting(25), starts=True)]
    np.testing.assert_array_equal(starts[0], [True, True])
    assert not np.any(starts[1:])


def test_series_of_unequal_length_start_where_they_begin():
    """7, 9 and 3 steps: 2, 3 and 1 chunks; strips of three chunks each."""
    series = [counting(8), counting(10, first=100), counting(4, first=200)]
    batches = batches_of(series, starts=True)
    firsts = np.array([x["past"][:, 0, 0] for x, _ in batches]).T
    starts = np.array([x["starts"] for x, _ in batches]).T
    np.testing.assert_array_equal(firsts, [[1, 4, 100], [103, 106, 200]])
    np.testing.assert_array_equal(
        starts, [[True, False, True], [True, False, True]]
    )
    for x, y in batches:  # no target comes from another series
        np.testing.assert_array_equal(y[..., 0, 0], x["past"][..., 0] + 1)


def test_join_chunks_puts_them_back_in_order():
    batches = batches_of(counting(25))
    predicted = np.concatenate([y for _, y in batches])  # as predict returns
    joined = join_chunks(predicted, batch_size=2)
    np.testing.assert_array_equal(joined[:, 0, 0], np.arange(1, 25))


def prepared(rows=60, lookback=1, representation=None, **columns):
    frame = pd.DataFrame(
        {"y": np.arange(rows) ** 1.5, "u": np.sin(np.arange(rows)), "s": 7.0}
    )
    return prepare(
        frame,
        Columns("y", **columns),
        Windows(lookback=lookback, horizon=2),
        representation=representation,
    )


@pytest.mark.parametrize("representation", [None, Change()])
def test_a_part_streams_its_windows_in_order(representation):
    part = prepared(representation=representation, past="u").train
    windows = list(part.dataset(batch_size=100).as_numpy_iterator())
    inputs, targets = windows[0]
    batches = batches_of(part)
    used = 6 * len(batches)
    x = join_chunks(np.concatenate([x for x, _ in batches]), 2)
    y = join_chunks(np.concatenate([y for _, y in batches]), 2)
    np.testing.assert_array_equal(x, inputs[-used:, 0])
    np.testing.assert_array_equal(y, targets[-used:])
    assert len(part) - used < 6


def test_static_covariates_of_a_part_come_with_every_batch():
    part = prepared(static="s").train
    for x, _ in batches_of(part, starts=True):
        assert set(x) == {"past", "starts", "static"}
        np.testing.assert_array_equal(x["static"], [[7], [7]])


def test_runs_of_rows_that_a_part_leaves_out_are_series_of_their_own():
    part = prepared().train
    holed = Part("train", np.delete(part.cutoffs, [10, 11]), part.series)
    batches = batches_of(holed, starts=True, chunk_length=5)
    y = np.concatenate([y for _, y in batches])
    starts = np.concatenate([x["starts"] for x, _ in batches])
    assert len(y) == (10 // 5 + (len(part) - 12) // 5) // 2 * 2
    assert starts.sum() == 3  # two strips and the second run
    with pytest.raises(ValueError, match="Several series need `starts=T"):
        batches_of(holed)


@pytest.mark.parametrize(
    ("series", "arguments", "error", "message"),
    [
        (counting(6), {}, ValueError, "gives 1 chunks of 3.*batch_size=2"),
        (counting(1), {}, ValueError, "gives 0 chunks"),
        (counting(9), {"horizon": 9}, ValueError, "or `horizon`"),
        (
            [counting(9), counting(3)],
            {"starts": True},
            ValueError,
            "Series 1 has 2 steps.*chunk_length=3 needs 3",
        ),
        ([counting(9)] * 2, {}, ValueError, "Several series need `starts=T"),
        ([], {}, ValueError, "must hold a series"),
        (counting(9)[:, 0], {}, ValueError, r"array\[:, np.newaxis\]"),
        (
            [counting(9), np.zeros((9, 2))],
            {"starts": True},
            ValueError,
            "the same columns",
        ),
        (pd.DataFrame({"y": [1]}), {}, TypeError, "frame.to_numpy"),
        (prepared(), {}, TypeError, "a part of `prepare"),
        (
            np.array([[1.0], [np.nan]]),
            {},
            ValueError,
            "must be finite.*series 0 is not in row 1",
        ),
        (
            counting(9),
            {"targets": counting(8)},
            ValueError,
            "a row for every row",
        ),
        (counting(9), {"batch_size": 0}, ValueError, "`batch_size` must"),
        (counting(9), {"chunk_length": 1.5}, ValueError, "`chunk_length` must"),
        (counting(9), {"starts": 1}, ValueError, "`starts` must be True"),
        (prepared().train, {"horizon": 3}, ValueError, "its own horizon"),
        (prepared(lookback=3).train, {}, ValueError, "lookback=1, stride=1"),
        (prepared(future="u").train, {}, ValueError, "Name them under `past`"),
        (prepared().latest, {}, ValueError, "no targets yet"),
    ],
)
def test_what_cannot_be_streamed_is_refused(series, arguments, error, message):
    with pytest.raises(error, match=message):
        batches_of(series, **arguments)


@pytest.mark.parametrize("shape", [(3,), (3, 4)])
def test_chunks_that_fill_no_batches_are_not_joined(shape):
    with pytest.raises(ValueError, match="Predict all of the dataset"):
        join_chunks(np.zeros(shape), batch_size=2)
