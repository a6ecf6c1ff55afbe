# SPDX-License-Identifier: Apache-2.0
import keras_tuner
import numpy as np
import pytest
from keras_tuner.errors import FatalValueError

from keras_rnn.models import Binary, MultiClass
from keras_rnn.tuning import Arrays, CrossValidation, RecurrentHyperModel
from tests.tiers import mostly_slow
from tests.tuning import tiny

X = np.random.default_rng(0).normal(size=(12, 3, 1)).astype("float32")
CLASSES = np.arange(12) % 2


def tuner(task, objective, tmp_path, **space):
    space = {"cell": "elman", "units": 2, "epochs": 1, **space}
    return keras_tuner.RandomSearch(
        RecurrentHyperModel.fixed(task, **space),
        objective=objective,
        max_trials=1,
        directory=tmp_path,
    )


@pytest.mark.parametrize(
    ("task", "objective"),
    [
        (tiny.forecast(), "val_mae"),
        (tiny.forecast(), "val_loss"),
        (tiny.arrays(), "val_mae"),
        (Arrays(X, CLASSES, Binary()), "val_accuracy"),
        (Arrays(X, CLASSES, MultiClass(2)), "val_accuracy"),
    ],
)
def test_what_tuners_choose_by_is_computed(task, objective, tmp_path):
    searcher = tuner(task, objective, tmp_path)
    searcher.search(verbose=0)
    (trial,) = searcher.oracle.trials.values()
    assert trial.score is not None
    assert searcher.get_best_models()


def test_objectives_that_would_be_added_up_end_a_search(tmp_path):
    searcher = tuner(tiny.forecast(), ["val_mae", "val_loss"], tmp_path)
    with pytest.raises(FatalValueError, match=r"judged by one objective.*_mae"):
        searcher.search(verbose=0)


@pytest.mark.parametrize(
    "representation", mostly_slow(["level", "change"], default=["change"])
)
def test_val_mae_is_in_the_units_of_the_data(representation, tmp_path):
    task = tiny.forecast()
    hypermodel = RecurrentHyperModel.fixed(
        task, cell="elman", representation=representation
    )
    hp = keras_tuner.HyperParameters()
    model = hypermodel.build(hp)
    model.optimizer.learning_rate = 0.0  # the weights stay as they are
    history = hypermodel.fit(hp, model, epochs=1, verbose=0).history
    last = task.folds(CrossValidation())[-1]
    fold = task.fold_data(
        task.entries() | {"representation": representation}, last
    )
    assert history["val_mae"] == [pytest.approx(fold.score(model))]
    forecast = fold.part.invert(
        model.predict(fold.validation_data(), verbose=0)
    )
    error = np.abs(fold.part.actual - forecast).mean()
    assert history["val_mae"] == [pytest.approx(error)]
    assert "mae" not in history  # it would be in other units


@pytest.mark.parametrize("objective", ["val_loss", "loss"])
def test_losses_in_different_units_end_a_search(objective, tmp_path):
    searcher = tuner(
        tiny.forecast(), objective, tmp_path, representation=["level", "change"]
    )
    with pytest.raises(FatalValueError, match=f"'{objective}' is in units"):
        searcher.search(verbose=0)


@pytest.mark.parametrize(
    ("task", "objective"),
    [
        (tiny.arrays(), "val_accuracy"),
        (Arrays(X, CLASSES, Binary()), "val_mae"),
        (tiny.forecast(), keras_tuner.Objective("val_smape", "min")),
        (tiny.forecast(), None),
    ],
)
def test_an_objective_that_is_not_computed_ends_a_search(
    task, objective, tmp_path
):
    name = getattr(objective, "name", objective) or "default_objective"
    with pytest.raises(FatalValueError, match=f"'{name}' is not computed"):
        tuner(task, objective, tmp_path).search(verbose=0)


def test_a_lookback_without_room_ends_a_search(tmp_path):
    searcher = tuner(tiny.forecast(), "val_mae", tmp_path, lookback=70)
    with pytest.raises(FatalValueError, match="lookback=70"):
        searcher.search(verbose=0)


def test_data_that_is_given_leaves_nothing_to_scale(tmp_path):
    searcher = tuner(tiny.forecast(), "val_mae", tmp_path, lookback=[4, 8])
    task = tiny.forecast()
    data = task.prepared(task.entries() | {"lookback": 4}, held_out=20)
    with pytest.raises(FatalValueError, match="'lookback' to be tuned"):
        searcher.search(data.train.dataset(8), verbose=0)
    with pytest.raises(FatalValueError, match="Give both or neither"):
        searcher.search(validation_data=data.validation.dataset(8), verbose=0)


def oracle(objective):
    return keras_tuner.oracles.BayesianOptimizationOracle(
        objective=objective, max_trials=1, seed=1
    )


@pytest.mark.parametrize(
    ("task", "objective", "words"),
    [
        (tiny.arrays(), ["val_loss", "val_mae"], "one score, loss"),
        (tiny.arrays(), "val_accuracy", "one score, loss"),
        (
            tiny.arrays(),
            keras_tuner.Objective("val_loss", "max"),
            'direction is "min"',
        ),
        (tiny.forecast(), "val_loss", "one score, MAE"),
        (tiny.forecast(), "val_accuracy", "one score, MAE"),
    ],
)
def test_a_sweep_refuses_an_oracle_that_asks_for_something_else(
    task, objective, words, tmp_path
):
    with pytest.raises(ValueError, match=words):
        tiny.run(tmp_path / "sweep", task=task, oracle=oracle(objective))
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    "objective",
    mostly_slow([None, "val_loss", "val_mae"], default=["val_mae"]),
)
def test_a_sweep_takes_an_oracle_that_asks_for_its_score(objective, tmp_path):
    table = tiny.run(
        tmp_path, cells=["elman"], units=[2, 3], oracle=oracle(objective)
    ).leaderboard()
    assert len(table) == 1
