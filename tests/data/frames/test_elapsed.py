# SPDX-License-Identifier: Apache-2.0
"""Missing values as a network sees them: the last one, known, how long ago."""

import keras
import numpy as np
import pandas as pd
import pytest

from keras_rnn.data import (
    Columns,
    Level,
    Split,
    Windows,
    prepare,
    with_elapsed,
)
from keras_rnn.models import (
    Regression,
    Sequences,
    Stack,
    many_to_many,
    many_to_one,
    seq2seq,
)
from tests.data.representations.rows import each_representation
from tests.data.windows import arrays_of

NAN = np.nan
COLUMNS = Columns("y", past="p", future="f")
WINDOWS = Windows(lookback=5, horizon=2)
ROWS = 40


def frame_of(rows=ROWS, seed=0):
    values = np.random.default_rng(seed).integers(1, 1000, (rows, 3)) * 1.0
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    return pd.DataFrame(values, days, columns=["y", "p", "f"])


def prepared(frame, representation=None, gaps="elapsed", columns=COLUMNS):
    return prepare(
        frame,
        columns,
        WINDOWS,
        split=Split(validation=6, test=6),
        representation=representation,
        gaps=gaps,
    )


def test_each_feature_has_gaps_of_its_own():
    x = np.array([[[1.0, NAN], [NAN, NAN], [3.0, 30.0], [NAN, 40.0]]])
    expected = [
        [1, 1, 3, 3],
        [0, 0, 30, 40],
        [1, 0, 1, 0],
        [0, 0, 1, 1],
        [0, 1, 2, 1],
        [0, 1, 2, 1],
    ]
    found = with_elapsed(x)
    assert found.dtype == np.float32
    # The second feature counts from the first step until it is known.
    expected[5][3] = 1
    np.testing.assert_array_equal(found[0].T, expected)


def test_sequences_do_not_reach_into_each_other():
    x = np.array([[[1.0], [2.0]], [[NAN], [4.0]]])
    np.testing.assert_array_equal(
        with_elapsed(x)[1].T, [[0, 4], [0, 1], [0, 1]]
    )


def test_what_is_always_known_stands_in_the_middle():
    x = with_elapsed([[[1.0], [NAN]]], others=[[[7.0, 8.0], [9.0, 6.0]]])
    np.testing.assert_array_equal(x[0], [[1, 7, 8, 1, 0], [1, 9, 6, 0, 1]])


@pytest.mark.parametrize("times", [[0.0, 4.0, 5.0], [[0.0, 4.0, 5.0]]])
def test_time_passes_at_any_pace(times):
    x = with_elapsed([[[1.0], [NAN], [2.0]]], times=times)
    np.testing.assert_array_equal(x[0, :, 2], [0, 4, 5])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": [[1.0]]}, r"shape \(batch, time, features\).*\(1, 1\)"),
        ({"times": [1.0]}, r"shape \(2,\) or \(1, 2\).*\(1,\)"),
        ({"times": [1.0, 0.0]}, "must not decrease"),
        ({"times": [NAN, 0.0]}, "must not decrease"),
        ({"others": [[[1.0]]]}, r"shape \(1, 2, features\).*\(1, 1, 1\)"),
    ],
)
def test_shapes_and_times_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        with_elapsed(**{"values": [[[1.0], [2.0]]]} | arguments)


@each_representation
def test_without_gaps_the_channels_are_those_without_the_setting(
    representation,
):
    data = prepared(frame_of(), representation)
    plain = prepared(frame_of(), representation, gaps="refuse")
    k, shown = data.num_observed, plain.num_features
    assert data.feature_names[:shown] == plain.feature_names
    found, expected = arrays_of(data.train), arrays_of(plain.train)
    np.testing.assert_array_equal(found["past"][..., :shown], expected["past"])
    np.testing.assert_array_equal(found["targets"], expected["targets"])
    known, ago = np.split(found["past"][..., shown:], [k], axis=-1)
    assert (known == 1).all()
    assert (ago[1:] == 1).all()
    # Nothing was known before the first row of the frame.
    assert (ago[0] == [[0], *[[1]] * 4]).all()


def test_a_row_that_holds_some_values_shows_them():
    frame = frame_of()
    frame.iloc[[3, 4], 0] = NAN
    frame.iloc[4:7, 1] = NAN
    data = prepared(frame, Level())
    assert data.feature_names == (
        "y", "p", "f", "y known", "p known", "y elapsed", "p elapsed",
    )  # fmt: skip
    past = arrays_of(data.train)["past"][2]  # rows 2 to 6
    np.testing.assert_array_equal(
        past[:, 3:].T,
        [[1, 0, 0, 1, 1], [1, 1, 0, 0, 0], [1, 1, 2, 3, 1], [1, 1, 1, 2, 3]],
    )
    y, p = past[:, 0], past[:, 1]
    assert y[0] == y[1] == y[2] != y[3]
    assert p[0] != p[1] == p[2] == p[3] == p[4]


def test_dropped_rows_are_rows_of_missing_values():
    frame = frame_of()
    blank = frame.copy()
    blank.iloc[10:13, :2] = NAN
    blank["f"] = frame["f"] = 1.0
    for name, part in prepared(frame.drop(frame.index[10:13])).parts.items():
        expected = arrays_of(prepared(blank).parts[name])
        for key, found in arrays_of(part).items():
            np.testing.assert_array_equal(found, expected[key], err_msg=key)


@each_representation
def test_inputs_before_a_change_do_not_move(representation):
    frame = frame_of()
    frame.iloc[[4, 5, 17, 18, 19], 0] = NAN
    later = frame.copy()
    later.iloc[20:, :2] = frame_of(seed=9).iloc[20:, :2]
    reader = prepared(frame, representation).reader
    part, changed = reader.windows_of(frame), reader.windows_of(later)
    before = part.cutoffs < 20
    found = arrays_of(part)["past"][before]
    same = np.isin(changed.cutoffs, part.cutoffs[before])
    assert before.any()
    np.testing.assert_array_equal(arrays_of(changed)["past"][same], found)


def test_a_window_without_a_known_target_is_left_out():
    frame = frame_of()
    frame.iloc[10:16, 0] = NAN
    data = prepared(frame)
    # Rows 10 to 14 are the inputs of one, 11 to 15 those of the other.
    cutoffs = np.arange(13, 17)
    assert data.series.can_forecast(cutoffs).tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert not {14, 15} & set(data.train.cutoffs)


def test_the_first_layer_of_a_stack_reads_the_gaps():
    frame = frame_of()
    frame.iloc[5:8, 0] = NAN
    data = prepared(frame)
    inputs = Sequences.of(data)
    assert inputs.num_observed == data.num_observed == 2
    stack = Stack("grud", [4, 3])
    given = Sequences(7, num_observed=1)
    for model, num_observed in (
        (many_to_one(stack, inputs, Regression(horizon=2)), 2),
        (many_to_many(stack, given, Regression()), 1),
        (seq2seq(stack, inputs, Regression(horizon=2)), 2),
    ):
        observed = [
            (layer.units, layer.num_observed)
            for layer in model._flatten_layers()
            if isinstance(layer, keras.layers.RNN) and layer.num_observed
        ]
        assert observed == [(4, num_observed)]


def test_other_layers_read_them_as_numbers():
    inputs = Sequences(num_features=6, length=5, num_observed=2)
    model = many_to_one(Stack("lstm", 4), inputs, Regression())
    assert model(np.zeros((3, 5, 6))).shape == (3, 1, 1)


def test_too_few_features_are_refused():
    with pytest.raises(ValueError, match="num_features of at least 6"):
        Sequences(num_features=5, num_observed=2)
