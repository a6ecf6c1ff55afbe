# SPDX-License-Identifier: Apache-2.0
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, Level, Split, Windows, prepare
from tests.data.windows import arrays_of

PARTS = ["train", "validation", "test"]
REPRESENTATIONS = [Level(), Change()]


def random_frame(rows=60, seed=0):
    """Two targets, one covariate of each kind, at month ends."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2000-01-31", periods=rows, freq="ME")
    columns = ["a", "b", "past", "future"]
    frame = pd.DataFrame(
        rng.normal(size=(rows, 4)).cumsum(axis=0), index=index, columns=columns
    )
    return frame.assign(static=7.0)


def prepare_all(frame, representation, **windows):
    return prepare(
        frame,
        Columns(("a", "b"), past="past", future="future", static="static"),
        Windows(**{"lookback": 5, "horizon": 3, "gap": 1} | windows),
        split=Split(validation=10, test=12),  # train 0-37, validation 38-47
        representation=representation,
    )


def test_split_and_representation_have_defaults():
    frame = random_frame(100)
    data = prepare(frame, Columns("a"), Windows(lookback=2, horizon=1))
    assert [len(data.parts[name]) for name in PARTS] == [68, 10, 20]
    assert data.feature_names == ("a",)


@pytest.mark.parametrize(
    "representation", REPRESENTATIONS, ids=["level", "change"]
)
def test_training_windows_do_not_see_the_rows_after_training(representation):
    frame = random_frame()
    changed = frame.copy()
    changed.iloc[38:, :4] = 1e3 * np.random.default_rng(1).normal(size=(22, 4))
    before = arrays_of(prepare_all(frame, representation).train)
    after = arrays_of(prepare_all(changed, representation).train)
    for name, values in before.items():
        np.testing.assert_array_equal(after[name], values, err_msg=name)


@pytest.mark.parametrize(
    "representation", REPRESENTATIONS, ids=["level", "change"]
)
@pytest.mark.parametrize("part", ["validation", "test"])
def test_no_window_and_no_forecast_sees_a_row_after_its_cutoff(
    part, representation
):
    frame = random_frame()
    data = prepare_all(frame, representation)
    predictions = np.ones((len(data.parts[part]), 3, 2))
    before = arrays_of(data.parts[part])
    forecasts = data.parts[part].invert(predictions)
    for window, cutoff in enumerate(data.parts[part].cutoffs):
        changed = frame.copy()
        # Scaling knows the training rows, up to 37, even those in a gap.
        changed.iloc[max(cutoff + 1, 38) :, :4] = 1e3
        other = prepare_all(changed, representation)
        after = arrays_of(other.parts[part])
        np.testing.assert_array_equal(
            after["past"][window], before["past"][window]
        )
        np.testing.assert_array_equal(
            other.parts[part].invert(predictions)[window], forecasts[window]
        )


@pytest.mark.parametrize(
    "representation", REPRESENTATIONS, ids=["level", "change"]
)
@pytest.mark.parametrize("part", PARTS)
def test_the_truth_in_the_units_of_the_network_is_inverted_exactly(
    part, representation
):
    frame = random_frame()
    part = prepare_all(frame, representation).parts[part]
    values = part.invert(arrays_of(part)["targets"])
    np.testing.assert_allclose(values, part.actual, rtol=1e-5, atol=1e-5)


def test_without_validation_everything_before_the_test_is_training():
    frame = pd.DataFrame({"y": [0.0, 2.0, 0.0, 2.0, 9.0]})
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=1, horizon=1),
        split=Split(validation=0, test=1),
    )
    # Mean 1, standard deviation 1 of the first four rows.
    inputs, targets = next(iter(data.train.dataset(batch_size=9)))
    assert inputs.numpy().ravel().tolist() == [-1.0, 1.0, -1.0]
    assert targets.numpy().ravel().tolist() == [1.0, -1.0, 1.0]
    with pytest.raises(ValueError, match="The split has no validation part"):
        _ = data.validation


def test_memory_grows_with_the_rows_and_not_with_the_lookback():
    rows, lookback = 20_000, 2_000
    frame = pd.DataFrame({"y": np.arange(rows, dtype=np.float64)})
    tracemalloc.start()
    data = prepare(frame, Columns("y"), Windows(lookback=lookback, horizon=10))
    next(iter(data.train.dataset(batch_size=1, shuffle=True, seed=0)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The windows of all rows would take lookback times the series.
    assert peak < 50 * frame["y"].nbytes
    held = [data.series.levels, data.series.covariates]
    held += [part.cutoffs for part in data.parts.values()]
    assert sum(array.nbytes for array in held) <= 2 * frame["y"].nbytes


def test_the_frame_is_left_as_it_was():
    frame = random_frame()
    before = frame.copy()
    arrays_of(prepare_all(frame, Change()).train)
    pd.testing.assert_frame_equal(frame, before)


def test_later_changes_to_the_frame_change_nothing():
    frame = random_frame()
    data = prepare_all(frame, Level())
    actual = data.test.actual
    frame.iloc[:, :] = 0.0
    np.testing.assert_array_equal(data.test.actual, actual)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frame", pd.Series([1.0])),
        ("columns", "a"),
        ("windows", 5),
        ("split", 0.2),
        ("representation", Change),
    ],
)
def test_arguments_of_another_kind_are_refused(name, value):
    arguments = {
        "frame": random_frame(),
        "columns": Columns("a"),
        "windows": Windows(lookback=1, horizon=1),
        name: value,
    }
    with pytest.raises(TypeError, match=f"`{name}` must be of type"):
        prepare(
            arguments.pop("frame"),
            arguments.pop("columns"),
            arguments.pop("windows"),
            **arguments,
        )


def test_a_gap_in_the_frame_is_refused():
    frame = random_frame().drop(pd.Timestamp("2001-01-31"))
    with pytest.raises(ValueError, match="1 row missing after 2000-12-31"):
        prepare_all(frame, Level())


def test_a_missing_target_is_refused():
    frame = random_frame()
    frame.iloc[1, 0] = np.nan
    with pytest.raises(ValueError, match="Column 'a' is nan at 2000-02-29"):
        prepare_all(frame, Level())


def test_an_empty_frame_is_too_short():
    with pytest.raises(ValueError, match="The frame has no rows"):
        prepare(
            pd.DataFrame({"y": []}, index=pd.RangeIndex(0)),
            Columns("y"),
            Windows(lookback=1, horizon=1),
        )
