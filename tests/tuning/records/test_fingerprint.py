# SPDX-License-Identifier: Apache-2.0
import dataclasses
import itertools

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.data import Columns, Windows
from keras_rnn.models import Binary, MultiClass, Regression, Sequences, Tokens
from keras_rnn.tuning import Arrays, Batches, CrossValidation, Forecast
from keras_rnn.tuning.records.fingerprint import differences, fingerprint
from tests.tuning import tiny

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 4, 2)).astype("float32")
IDS = np.array([[1, 2], [2, 0], [1, 1]])
DATASET = tf.data.Dataset.from_tensor_slices((X, X[:, 0])).batch(2)
FRAME = pd.DataFrame(
    {"y": np.arange(20.0), "z": np.arange(20.0) ** 2},
    pd.date_range("2024-01-01", periods=20),
)
WINDOWS = Windows(lookback=6, horizon=2)
COLUMNS = Columns("y")


def regression(**changes):
    return Arrays(**{"x": X, "y": X[:, 0, 0], "head": Regression(), **changes})


def batches(**changes):
    return Batches(
        **{
            "dataset": DATASET,
            "head": Regression(2),
            "inputs": Sequences(2),
            **changes,
        }
    )


#: Object -> each of its fields, with another value than it has.
CHANGES = [
    (CrossValidation(), {"folds": 4, "gap": 1, "size": 3, "repeats": 2}),
    (CrossValidation(), {"seed": 1}),
    (WINDOWS, {"lookback": 5, "horizon": 3, "gap": 1, "stride": 2}),
    (COLUMNS, {"target": "z", "past": "z", "future": "z", "static": "z"}),
    (COLUMNS, {"series": "z", "freq": "D"}),
    (COLUMNS, {"time": "z", "one_series_each": ("z",)}),
    (Sequences(), {"num_features": 2, "length": 3, "num_future": 1}),
    (Sequences(), {"num_static": 1, "mask_value": -9.0}),
    (Sequences(3), {"num_observed": 1}),
    (Tokens(9), {"vocabulary_size": 8, "embedding_units": 4, "length": 2}),
    (Tokens(9), {"mask_zero": False}),
    (Regression(), {"horizon": 2, "num_targets": 2}),
    (MultiClass(2), {"num_classes": 3}),
    (
        Forecast(FRAME, COLUMNS, WINDOWS),
        {
            "frame": FRAME + 1,
            "columns": Columns("z"),
            "windows": Windows(lookback=6, horizon=3),
            "representation": "level",
            "strategy": "recursive",
            "calendar": "dayofweek",
            "gaps": "mask",
            "season": 7,
            "distribution": "gaussian",
            "intervals": (0.5,),
            "loss": "mse",
        },
    ),
    (
        Forecast(FRAME, COLUMNS, WINDOWS, distribution="gaussian"),
        {"season": 7, "distribution": "student_t"},
    ),
    (
        regression(),
        {
            "x": X + 1,
            "y": X[:, 1, 0],
            "inputs": Sequences(2, mask_value=0.0),
            "loss": "mse",
            "ordered": False,
        },
    ),
    (
        Arrays(IDS, [1, 0, 1], MultiClass(2), inputs=Tokens(9)),
        {
            "head": MultiClass(3),
            "inputs": Tokens(9, embedding_units=4),
            "score_name": "accuracy",
        },
    ),
    (
        batches(),
        {
            "dataset": DATASET.map(lambda x, y: (x, y + 1)),
            "head": Regression(1, 2),
            "inputs": Sequences(2, 4),
            "loss": "mse",
        },
    ),
    (batches(head=Binary()), {"score_name": "accuracy"}),
]


@pytest.mark.parametrize(
    ("value", "name", "other"),
    [(v, n, o) for v, changes in CHANGES for n, o in changes.items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_of_any_field_changes_the_fingerprint(value, name, other):
    changed = dataclasses.replace(value, **{name: other})
    names = [
        key
        for key, _, _ in differences(
            fingerprint(task=value), fingerprint(task=changed)
        )
    ]
    expected = {
        "dataset": "task.first_batch",
        "score_name": "task.score_name",
    }.get(name, f"task.{name}")
    assert any(found.startswith(expected) for found in names), names


def test_no_field_is_left_out_of_the_list_above():
    for kind in {type(value) for value, _ in CHANGES}:
        named = {n for v, c in CHANGES if type(v) is kind for n in c}
        every = {f.name for f in dataclasses.fields(kind)}
        assert named == every, kind


def test_the_same_question_has_the_same_fingerprint():
    for make in (regression, batches, tiny.forecast, tiny.arrays):
        one, other = fingerprint(task=make()), fingerprint(task=make())
        assert differences(one, other) == []


def test_shape_and_type_of_an_array_count():
    flat = regression(x=X.reshape(6, 8, 1))
    assert fingerprint(task=flat) != fingerprint(task=regression())
    wide = regression(x=X.astype("float64"))
    assert fingerprint(task=wide) != fingerprint(task=regression())


def test_columns_that_are_not_in_use_and_units_of_dates_do_not_count():
    task = Forecast(FRAME[["y"]], COLUMNS, WINDOWS)
    for frame in (
        FRAME,
        FRAME.assign(name="Rome")[["name", "z", "y"]],
        FRAME.set_axis(FRAME.index.as_unit("ns")),
    ):
        same = Forecast(frame, COLUMNS, WINDOWS)
        assert differences(fingerprint(t=task), fingerprint(t=same)) == []
    later = FRAME.set_axis(FRAME.index + pd.Timedelta("1D"))
    other = Forecast(later, COLUMNS, WINDOWS)
    assert fingerprint(t=task) != fingerprint(t=other)


def test_batches_that_differ_from_reading_to_reading_are_known_by_shape():
    readings = itertools.count()

    def moving(x, y):
        reading = tf.py_function(lambda: next(readings), [], tf.float32)
        return x + reading, y

    task = batches(dataset=DATASET.map(moving))
    assert fingerprint(task=task)["task.first_batch"] == "None"
    assert fingerprint(task=task)["task.batches"] == "3"
    shorter = batches(dataset=DATASET.take(2))
    assert fingerprint(task=shorter)["task.batches"] == "2"


class Scaled(keras.losses.Loss):
    """A loss as users write it, without get_config."""

    def __init__(self, factor):
        super().__init__(name="scaled")
        self.factor = factor

    def call(self, y_true, y_pred):
        return self.factor * keras.ops.abs(y_true - y_pred)


class Squared(Scaled):
    def call(self, y_true, y_pred):
        return self.factor * keras.ops.square(y_true - y_pred)


Squared.__name__ = "Scaled"


@pytest.mark.parametrize(
    "others",
    [
        [Scaled(1.0), Scaled(2.0)],
        [Scaled(1.0), Squared(1.0)],
        [keras.losses.Huber(1.0), keras.losses.Huber(2.0)],
        [lambda y, p: y - p, lambda y, p: y + p],
        [lambda y, p: y * 2, lambda y, p: y * 3],
        ["mae", "mse"],
    ],
)
def test_losses_are_told_apart_by_what_they_do(others):
    one, other = (fingerprint(loss=loss)["loss"] for loss in others)
    assert one != other
    assert one == fingerprint(loss=others[0])["loss"]


def test_what_a_function_has_around_it_counts():
    def scaled(factor):
        return lambda y, p: factor * (y - p)

    one, same, other = (fingerprint(loss=scaled(k)) for k in (1, 1, 2))
    assert one == same != other


def test_what_cannot_be_told_from_others_is_refused():
    with pytest.raises(TypeError, match="`loss` must be a value that can"):
        fingerprint(loss=object())


def test_the_precision_of_keras_counts():
    before = fingerprint()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        (change,) = differences(before, fingerprint())
    finally:
        keras.config.set_dtype_policy("float32")
    assert change == ("keras.dtype_policy", "float32", "mixed_bfloat16")


def test_holidays_move_the_fingerprint_though_the_alias_hides_them():
    def asked(**options):
        freq = pd.offsets.CustomBusinessDay(**options)
        return fingerprint(columns=Columns("y", freq=freq))

    assert asked() == asked()
    assert asked(holidays=["2024-07-04"]) == asked(holidays=["2024-07-04"])
    assert asked() != asked(holidays=["2024-07-04"])
    assert asked() != asked(weekmask="Sun Mon Tue Wed Thu")
    calendar = np.busdaycalendar(holidays=["2024-07-04"])
    assert asked() != asked(calendar=calendar)
