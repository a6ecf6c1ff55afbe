# SPDX-License-Identifier: Apache-2.0
import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.models import Regression, Sequences
from keras_rnn.tuning import (
    SPACE,
    Batches,
    CrossValidation,
    Range,
    RecurrentHyperModel,
)
from tests.tuning import tiny

#: Entry -> values that it cannot have.
WRONG = {
    "cell": ["lstmm", 3],
    "layers": [0, -1, 1.5, "2", True],
    "residual": ["yes", 2],
    "units": [0, -4, 2.5, "a", True],
    "bidirectional": ["yes", 2],
    "dropout": [2, -0.1, "a"],
    "recurrent_dropout": [2, -0.1, "a"],
    "normalization": ["instance", 3],
    "learning_rate": [0, -1e-3, float("nan"), "a"],
    "global_clipnorm": [-1, float("inf"), "a"],
    "batch_size": [0, 1.5, "a"],
    "epochs": [0, -1, 2.5, True],
    "lookback": [0, 1.5, "a", 1000],
    "strategy": ["walk", 3],
    "representation": ["logarithm", 3, "counts"],
    "calendar": ["moon", 3],
}
#: A value that the entry can have.
RIGHT = {name: entry.default for name, entry in SPACE.items()}
RIGHT |= tiny.forecast().entries() | {"calendar": "dayofweek"}


def call(tmp_path, name, value):
    space = {"layers": 2, "epochs": 1} | {name: value}
    cells = space.pop("cell", ["elman"])
    return tiny.run(tmp_path, cells, task=tiny.forecast(), **space)


def test_every_entry_has_wrong_values():
    assert WRONG.keys() == SPACE.keys()


@pytest.mark.parametrize(
    ("name", "value"), [(n, v) for n, values in WRONG.items() for v in values]
)
def test_a_value_that_cannot_be_is_named_before_any_trial(
    name, value, tmp_path
):
    for given in (value, [RIGHT[name], value]):
        with pytest.raises((TypeError, ValueError)) as error:
            call(tmp_path / "sweep", name, given)
        shown = repr(float(value) if value in (0, 2, -1) else value)
        assert repr(value) in str(error.value) or shown in str(error.value)
        if name != "cell":
            assert name in str(error.value)
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("units", Range(0, 4)),
        ("units", Range(2.0, 4.0)),
        ("layers", Range(0, 2)),
        ("dropout", Range(0.0, 1.5)),
        ("learning_rate", Range(0, 1)),
        ("epochs", Range(0, 5)),
        ("lookback", Range(6, 1000)),
        ("representation", Range(0, 1)),
    ],
)
def test_the_ends_of_a_range_are_values(name, value, tmp_path):
    with pytest.raises(ValueError, match=name):
        call(tmp_path / "sweep", name, value)
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    "arguments", [(1, 3, 0.5), (1, 3, 0), (1, 8, 1, True), (1, 8, -2)]
)
def test_a_step_that_leads_nowhere_is_refused(arguments):
    with pytest.raises(ValueError, match="step"):
        Range(*arguments)


@pytest.mark.parametrize("values", [(1, 3), (1.0, 3.0)])
def test_a_range_of_fractions_holds_fractions(values):
    entry = {"global_clipnorm": Range(*values)}
    space = RecurrentHyperModel(tiny.arrays(), **entry).space
    assert not space.entries["global_clipnorm"].whole


def test_whole_numbers_among_fractions_are_fractions():
    given = RecurrentHyperModel(
        tiny.arrays(), dropout=[0, np.float32(0.5)], units=[np.int64(4), 2]
    )
    assert given.space.entries["dropout"] == [0.0, 0.5]
    assert given.space.entries["units"] == [4, 2]
    assert type(given.space.entries["units"][0]) is int


def test_none_in_a_list_is_the_entry_removed():
    space = RecurrentHyperModel(tiny.arrays(), global_clipnorm=[None, 1]).space
    assert space.entries["global_clipnorm"] == [0.0, 1.0]


def test_a_residual_connection_around_one_layer_is_refused():
    with pytest.raises(ValueError, match="`residual` needs 2 layers"):
        RecurrentHyperModel.fixed(tiny.arrays(), residual=[False, True])


def test_a_batch_size_that_nothing_reads_is_refused():
    arrays = tiny.arrays()
    dataset = tf.data.Dataset.from_tensor_slices((arrays.x, arrays.y)).batch(4)
    with pytest.raises(ValueError, match="`batch_size` is decided by the task"):
        RecurrentHyperModel(
            Batches(dataset, Regression(), Sequences(1)), batch_size=8
        )


def test_folds_too_short_for_the_horizon_are_refused(tmp_path):
    with pytest.raises(ValueError, match="horizon=2 needs 2"):
        tiny.run(
            tmp_path / "sweep",
            task=tiny.forecast(),
            validation=CrossValidation(folds=2, gap=3, size=1),
        )
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("choices", "inside"),
    [
        ({}, True),
        ({"units": [4]}, True),
        ({"units": [5]}, False),
        ({"units": [4, 8], "layers": 2}, True),
        ({"units": [4, 4], "layers": 2, "residual": True}, True),
        ({"units": [8, 8, 8], "layers": 3}, False),
        ({"residual": True}, False),  # of one layer
        ({"dropout": 0.3}, True),
        ({"dropout": 0.35}, False),
        ({"learning_rate": 1e-3 * (1 + 1e-12)}, True),  # rounded
        ({"learning_rate": 2e-3}, False),
        ({"cell": "gru"}, False),
        ({"epochs": 2}, False),
    ],
)
def test_a_space_knows_what_it_holds(choices, inside):
    space = RecurrentHyperModel(
        tiny.arrays(),
        cell=["elman", "jordan"],
        layers=[1, 2],
        units=Range(2, 8, step=2),
        dropout=Range(0.0, 0.5, step=0.1),
        learning_rate=Range(1e-4, 1e-3, log=True),
        global_clipnorm=1.0,
        batch_size=8,
        epochs=1,
    ).space
    chosen = {name: entry.default for name, entry in SPACE.items()}
    chosen |= {"cell": "elman", "units": [8], "learning_rate": 1e-3}
    chosen |= {"batch_size": 8, "epochs": 1}
    for name in tiny.forecast().entries():  # of forecasts only
        del chosen[name]
    assert space.holds({**chosen, **choices}) == inside


@pytest.mark.parametrize("seed", range(3))
def test_a_space_holds_what_an_oracle_chooses_of_it(seed, tmp_path):
    hypermodel = RecurrentHyperModel(tiny.forecast(), lookback=Range(4, 8))
    oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=30, seed=seed)
    oracle._set_project_dir(tmp_path, "trials")
    oracle.verbose = 0
    hp = oracle.get_space()
    hypermodel.choices(hp)
    oracle.update_space(hp)
    for _ in range(30):
        trial = oracle.create_trial("tuner0")
        assert hypermodel.space.holds(hypermodel.choices(trial.hyperparameters))
        oracle.ongoing_trials.clear()
