# SPDX-License-Identifier: Apache-2.0
import re

import keras
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import Change, Columns, Level, Split, Windows, prepare
from tests.data.windows import arrays_of, named


def counting(rows=30, *, index=None, representation=None, **windows):
    """Targets that are their own row numbers."""
    frame = pd.DataFrame({"y": np.arange(rows, dtype=float)}, index=index)
    return prepare(
        frame,
        Columns("y"),
        Windows(**{"lookback": 3, "horizon": 2} | windows),
        split=Split(validation=4, test=6),  # train 0-19, 20-23, 24-29
        representation=representation,
    )


def rows_of(data, part, **options):
    """Input and target rows of each window, read back from its batches.

    A counting frame is standardised by mean 9.5 and the standard deviation of
    0 … 19, so that every value tells its row.
    """
    deviation = np.arange(20).std()
    return [
        (
            np.rint(window[:, 0] * deviation + 9.5).tolist(),
            np.rint(ahead[:, 0] * deviation + 9.5).tolist(),
        )
        for inputs, targets in part.dataset(**{"batch_size": 5} | options)
        for window, ahead in zip(inputs.numpy(), targets.numpy(), strict=True)
    ]


def test_the_windows_of_a_part_are_consecutive_rows():
    data = counting()
    assert rows_of(data, data.validation) == [
        ([17, 18, 19], [20, 21]),
        ([18, 19, 20], [21, 22]),
        ([19, 20, 21], [22, 23]),
    ]
    windows = rows_of(data, data.train)
    assert len(windows) == len(data.train) == 16
    assert windows[0] == ([0, 1, 2], [3, 4])
    assert windows[-1] == ([15, 16, 17], [18, 19])


def test_a_gap_lies_between_inputs_and_targets():
    data = counting(gap=2, stride=2)
    assert rows_of(data, data.test) == [
        ([19, 20, 21], [24, 25]),
        ([21, 22, 23], [26, 27]),
        ([23, 24, 25], [28, 29]),
    ]


@pytest.mark.parametrize("gaps", ["refuse", "mask"])
def test_a_dataset_batches_the_windows_that_other_tests_read(gaps):
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    values = np.random.default_rng(0).random((60, 3))
    frame = pd.DataFrame(values, days, columns=["y", "p", "f"])
    if gaps == "mask":
        frame.iloc[[5, 20, 41], 0] = np.nan
    frame = pd.concat(
        frame.assign(shop=shop, size=size)
        for shop, size in (("a", 1), ("b", 2))
    )
    columns = Columns("y", past="p", future="f", static="size", series="shop")
    data = prepare(frame, columns, Windows(lookback=4, horizon=2), gaps=gaps)
    for part in data.parts.values():
        batches = [named(batch) for batch in part.dataset(batch_size=7)]
        expected = arrays_of(part)
        assert batches[0].keys() == expected.keys()
        for name, values in expected.items():
            found = np.concatenate([batch[name] for batch in batches])
            np.testing.assert_array_equal(found, values, err_msg=name)


def test_the_last_batch_holds_the_rest():
    sizes = [
        len(targets) for _, targets in counting().train.dataset(batch_size=5)
    ]
    assert sizes == [5, 5, 5, 1]


def test_a_dataset_knows_its_length_and_shapes():
    dataset = counting().train.dataset(batch_size=5, shuffle=True)
    assert len(dataset) == 4
    inputs, targets = dataset.element_spec
    assert inputs.shape.as_list() == [None, 3, 1]
    assert targets.shape.as_list() == [None, 2, 1]
    assert (inputs.dtype, targets.dtype) == ("float32", "float32")


def test_shuffling_keeps_every_window_once():
    data = counting()
    windows = rows_of(data, data.train)
    shuffled = rows_of(data, data.train, shuffle=True, seed=0)
    assert shuffled != windows
    assert sorted(shuffled) == windows


def test_any_window_may_come_first():
    dataset = counting().train.dataset(batch_size=1, shuffle=True, seed=0)
    # 20 epochs; a buffer smaller than the 16 windows would always begin with
    # one of the earliest.
    firsts = {float(next(iter(dataset))[1][0, 0, 0]) for _ in range(20)}
    assert len(firsts) > 8


def test_a_seed_reproduces_the_orders_of_all_epochs():
    data = counting()
    epochs = []
    for _ in range(2):
        dataset = data.train.dataset(batch_size=16, shuffle=True, seed=3)
        for _ in range(2):
            ((_, targets),) = dataset
            epochs.append(targets.numpy().ravel().tolist())
    assert epochs[0] != epochs[1]
    assert epochs[:2] == epochs[2:]


def test_other_seeds_give_other_orders():
    data = counting()
    orders = [
        rows_of(data, data.train, shuffle=True, seed=seed) for seed in (0, 1)
    ]
    assert orders[0] != orders[1]


@pytest.mark.parametrize("seed", [0, 3])
def test_a_seed_without_shuffling_is_refused(seed):
    with pytest.raises(ValueError, match="`seed` has no effect without"):
        counting().train.dataset(batch_size=1, seed=seed)


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch_size", 0), ("shuffle", 1), ("seed", -1), ("seed", 2**40)],
)
def test_options_out_of_range_are_refused(name, value):
    options = {"batch_size": 1, "shuffle": True, name: value}
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        counting().train.dataset(**options)


def test_the_first_row_of_all_has_a_change_of_zero():
    data = counting(representation=Change())
    inputs, _ = next(iter(data.train.dataset(batch_size=2)))
    # All other changes are 1, their usual size.
    assert inputs[0, :, 0].numpy().tolist() == [0.0, 1.0, 1.0]
    assert inputs[1, :, 0].numpy().tolist() == [1.0, 1.0, 1.0]


def test_small_changes_of_large_levels_reach_the_network():
    frame = pd.DataFrame({"y": 1e9 + np.arange(30) % 2})
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=2, horizon=2),
        representation=Change(),
    )
    inputs, targets = next(iter(data.test.dataset(batch_size=1)))
    # One row on the level is always another, two rows on the same again.
    assert np.abs(inputs[0, :, 0]).tolist() == [1.0, 1.0]
    assert np.abs(targets[0, :, 0]).tolist() == [1.0, 0.0]
    assert data.test.invert(np.zeros((len(data.test), 2, 1))).max() == 1e9 + 1


def test_covariates_and_targets_have_their_places():
    rows = np.arange(30.0)
    frame = pd.DataFrame(
        {"static": 5.0, "f": 3 * rows, "p": -rows, "b": 2 * rows, "a": rows}
    )
    data = prepare(
        frame,
        Columns(("a", "b"), past="p", future="f", static="static"),
        Windows(lookback=3, horizon=2, gap=1),
        split=Split(validation=4, test=6),
    )
    inputs, targets = next(iter(data.test.dataset(batch_size=1)))
    assert list(inputs) == ["past", "future", "static"]
    # Standardised with rows 0 to 19; the first test window has inputs 20, 21,
    # 22, the gap 23, and targets 24 and 25.
    z = (rows - 9.5) / np.arange(20).std()
    signs = [1, 1, -1, 1]
    np.testing.assert_allclose(
        inputs["past"][0], np.outer(z[20:23], signs), rtol=1e-6
    )
    np.testing.assert_allclose(inputs["future"][0, :, 0], z[24:26], rtol=1e-6)
    np.testing.assert_allclose(
        targets[0], np.outer(z[24:26], [1, 1]), rtol=1e-6
    )
    assert inputs["static"].numpy().tolist() == [[5.0]]
    assert data.feature_names == ("a", "b", "p", "f")


@pytest.mark.parametrize("role", ["future", "static"])
def test_only_the_inputs_that_exist_are_in_the_dict(role):
    frame = pd.DataFrame({"y": range(30), "x": 1.0})
    data = prepare(
        frame, Columns("y", **{role: "x"}), Windows(lookback=3, horizon=2)
    )
    inputs, _ = data.train.dataset(batch_size=4).element_spec
    shape = {"future": [None, 2, 1], "static": [None, 1]}[role]
    assert list(inputs) == ["past", role]
    assert inputs[role].shape.as_list() == shape


def test_actual_holds_the_truth_in_its_own_units():
    actual = counting(representation=Change()).validation.actual
    assert actual.dtype == np.float64
    assert actual[:, :, 0].tolist() == [[20, 21], [21, 22], [22, 23]]


def test_zero_is_inverted_to_the_mean_or_to_the_last_level():
    nothing = np.zeros((3, 2, 1))
    levels = counting(representation=Level()).validation.invert(nothing)
    assert levels.ravel().tolist() == [9.5] * 6
    changes = counting(representation=Change()).validation.invert(nothing)
    assert changes[:, :, 0].tolist() == [[19, 19], [20, 20], [21, 21]]


@pytest.mark.parametrize("shape", [(3, 2), (2, 2, 1), (3, 2, 2), (3, 1, 1)])
def test_predictions_of_another_shape_are_refused(shape):
    message = (
        "`predictions` must have shape (windows, horizon, targets) = "
        f"(3, 2, 1). Received: {shape}."
    )
    part = counting().validation
    with pytest.raises(ValueError, match=re.escape(message)):
        part.invert(np.zeros(shape))
    with pytest.raises(ValueError, match=re.escape(message)):
        part.forecasts(np.zeros(shape))


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2000-01-31", periods=30, freq="ME"),
        pd.date_range("2000-01-31", periods=30, freq="B"),
        pd.date_range("2024-10-26", periods=30, freq="h", tz="Europe/Berlin"),
        pd.RangeIndex(100, 160, 2),
    ],
    ids=["month ends", "business days", "time zone", "integers"],
)
def test_forecasts_are_dated(index):
    part = counting(index=index, representation=Change(), gap=1).validation
    # The cutoffs are the rows 18, 19 and 20, their targets two rows further.
    assert part.cutoffs.tolist() == [18, 19, 20]
    table = part.forecasts(np.zeros((3, 2, 1)))
    expected = pd.DataFrame(
        {
            "cutoff": index[[18, 18, 19, 19, 20, 20]],
            "timestamp": index[[20, 21, 21, 22, 22, 23]],
            "target": ["y"] * 6,
            "forecast": [18.0, 18, 19, 19, 20, 20],
            "actual": [20.0, 21, 21, 22, 22, 23],
        }
    )
    pd.testing.assert_frame_equal(table, expected)


def test_forecasts_of_several_targets_are_told_apart():
    frame = pd.DataFrame({"a": range(30), "b": range(100, 130)})
    part = prepare(
        frame,
        Columns(["b", "a"]),
        Windows(lookback=3, horizon=2),
        split=Split(validation=0, test=2),
        representation=Change(),
    ).test
    # One window, cutoff 27; changes in units of their usual size, 1 and 2.
    table = part.forecasts([[[0.0, 0.0], [1.0, -1.0]]])
    assert table["timestamp"].tolist() == [28, 28, 29, 29]
    assert table["target"].tolist() == ["b", "a", "b", "a"]
    assert table["forecast"].tolist() == [127, 27, 129, 25]
    assert table["actual"].tolist() == [128, 28, 129, 29]


def test_a_keras_model_fits_and_predicts():
    data = counting(representation=Change())
    model = keras.Sequential(
        [
            keras.Input((data.lookback, data.num_features)),
            keras.layers.Flatten(),
            keras.layers.Dense(data.horizon * data.num_targets),
            keras.layers.Reshape((data.horizon, data.num_targets)),
        ]
    )
    model.compile(loss="mse", optimizer="sgd")
    history = model.fit(
        data.train.dataset(batch_size=5, shuffle=True, seed=0),
        validation_data=data.validation.dataset(batch_size=5),
        epochs=2,
        shuffle=False,  # the dataset does that; Keras warns about its default
        verbose=0,
    )
    assert np.isfinite(history.history["val_loss"]).all()
    for part in (data.test, data.latest):
        predictions = model.predict(part.dataset(batch_size=5), verbose=0)
        table = part.forecasts(predictions)
        assert len(table) == len(part) * data.horizon


def test_a_keras_model_takes_inputs_by_name():
    frame = pd.DataFrame({"y": range(30), "f": range(30), "s": 2.0})
    data = prepare(
        frame,
        Columns("y", future="f", static="s"),
        Windows(lookback=3, horizon=2),
    )
    past = keras.Input((3, 2), name="past")
    future = keras.Input((2, 1), name="future")
    static = keras.Input((1,), name="static")
    flat = [keras.layers.Flatten()(x) for x in (past, future)]
    merged = keras.layers.Concatenate()([*flat, static])
    outputs = keras.layers.Reshape((2, 1))(keras.layers.Dense(2)(merged))
    model = keras.Model(
        {"past": past, "future": future, "static": static}, outputs
    )
    model.compile(loss="mse", optimizer="sgd")
    model.fit(data.train.dataset(batch_size=8), shuffle=False, verbose=0)
    predictions = model.predict(data.test.dataset(batch_size=8), verbose=0)
    assert data.test.invert(predictions).shape == (len(data.test), 2, 1)
