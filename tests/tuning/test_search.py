# SPDX-License-Identifier: Apache-2.0
import dataclasses
import json
import random
import subprocess
import sys

import keras
import keras_tuner
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from keras_tuner.errors import FatalError

from keras_rnn import _files
from keras_rnn.data import Windows
from keras_rnn.forecasting import Forecaster
from keras_rnn.layers import LAYERS, register
from keras_rnn.models import (
    Regression,
    Sequences,
    Stack,
    Training,
    many_to_one,
)
from keras_rnn.tuning import (
    Batches,
    CrossValidation,
    Range,
    RecurrentHyperModel,
    search_cells,
    sweep,
)
from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.trials import Records
from tests.tiers import mostly_slow
from tests.tuning import tiny

plt.switch_backend("agg")
REFERENCES = (
    "naive",
    "drift",
    "seasonal_naive",
    "seasonal_naive_drift",
    "naive2",
)


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    return tiny.run(
        tmp_path_factory.mktemp("forecast"),
        task=tiny.forecast(),
        cells=["keras_simple_rnn", "jordan"],
        validation=CrossValidation(folds=1, gap=1, size=20, repeats=2),
    )


@pytest.fixture
def trainings(monkeypatch):
    """Counted, not done: a model that was never trained has a score too."""
    counter = tiny.Trainings(skip=True)
    monkeypatch.setattr(sweep, "train", counter)
    return counter


def test_the_leaderboard_ranks_cells_and_references(search):
    table = search.leaderboard()
    assert set(table["cell"]) == {
        "keras_simple_rnn",
        "jordan",
        *REFERENCES,
    }
    assert table["mean"].is_monotonic_increasing
    assert table["rank"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    networks = table[table["kind"] == "network"]
    assert (networks[["spread", "seconds", "parameters"]] > 0).all(axis=None)
    # y gains 0.01 a day: twelve days, at each of the two steps.
    references = table.set_index("cell")["mean"]
    assert references["seasonal_naive"] == pytest.approx(0.12)
    assert (search.directory / "leaderboard.csv").exists()
    assert list(search.directory.glob("tensorboard/*/*tfevents*"))


def test_the_picture_shows_every_row(search):
    _, axes = plt.subplots()
    search.plot(axes)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(labels) == 7
    assert set(REFERENCES) <= set(labels)
    plt.close()


def test_the_best_settings_of_a_frame_are_those_of_a_forecaster(search):
    settings = search.best_settings()
    assert settings["network"].layer_units == [3]
    assert settings["lookback"] == 6
    assert settings["training"] == Training(epochs=1, patience=None)
    forecaster = Forecaster(**settings).fit(tiny.wave())
    assert forecaster.predict().shape == (2, 1)
    (network,) = forecaster.networks
    assert network.count_params() == search.best_model().count_params()


def test_the_best_settings_of_arrays_are_those_of_a_stack(tmp_path, trainings):
    task = tiny.arrays()
    found = tiny.run(tmp_path, cells=["elman"], task=task, layers=2)
    settings = found.best_settings()
    stack = Stack(**settings["network"])
    assert (stack.cell, stack.layer_units) == ("elman", [3, 3])
    model = many_to_one(stack, task.inputs, task.head)
    settings["training"].compile(model, task.head)
    assert model.optimizer.global_clipnorm == 1.0


def test_a_gap_before_the_forecast_is_none_of_a_forecaster(tmp_path, trainings):
    task = dataclasses.replace(
        tiny.forecast(), windows=Windows(lookback=6, horizon=2, gap=1)
    )
    found = tiny.run(tmp_path, cells=["elman"], task=task)
    with pytest.raises(ValueError, match=r"gap=1.*Use `best_model\(\)` and `b"):
        found.best_settings()


def test_the_best_settings_have_the_loss_of_the_task(tmp_path, trainings):
    for number, task in enumerate((tiny.forecast(), tiny.arrays())):
        task = dataclasses.replace(task, loss="mse")
        found = tiny.run(tmp_path / str(number), cells=["elman"], task=task)
        assert found.best_settings()["training"].loss == "mse"


def test_a_loss_that_is_an_object_trains_and_is_no_setting_of_a_forecaster(
    tmp_path, trainings
):
    loss = keras.losses.Huber()
    task = dataclasses.replace(tiny.forecast(), loss=loss)
    found = tiny.run(tmp_path, cells=["elman"], task=task)
    assert found.best_settings()["training"].loss is loss
    with pytest.raises(ValueError, match="Training\\(loss='huber'\\)"):
        Forecaster(**found.best_settings())


def test_the_best_model_predicts_the_same_in_another_process(search):
    model = search.best_model()
    data = search.best_data()
    latest = next(iter(data.latest.dataset(1)))
    expected = model.predict(latest, verbose=0)
    program = f"""
import keras, keras_rnn, numpy as np
model = keras.models.load_model({str(search.best_path)!r})
x = np.array({np.asarray(latest).tolist()}, dtype="float32")
print(model.predict(x, verbose=0).tolist())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    numbers = np.array(json.loads(done.stdout))
    np.testing.assert_allclose(numbers, expected, rtol=1e-6)


@pytest.mark.slow
def test_a_trial_that_ends_its_process_at_every_call_fails_in_the_end(
    tmp_path, trainings, monkeypatch
):
    monkeypatch.setattr(sweep, "MOST_FATAL_RUNS", 2)
    for _ in range(2):
        kill(tmp_path, "1")  # before the first training
    table = tiny.run(tmp_path).leaderboard()
    assert table["failed"].str.contains("ended its process in 2 calls").any()
    assert table["failed"].isna().sum() == 1
    again = tiny.run(tmp_path, retry_failed=True).leaderboard()
    assert again["failed"].isna().all()


@pytest.mark.parametrize("directory", [3, None, b"x", "file", "file/inside"])
def test_a_directory_that_can_be_none_is_refused(directory, tmp_path):
    if isinstance(directory, str):
        (tmp_path / "file").touch()
        directory = tmp_path / directory
    with pytest.raises(
        (TypeError, ValueError), match="`directory` must be the"
    ):
        tiny.run(directory)


def test_folds_of_a_frame_leave_the_gap_and_judge_all_rows_after_it():
    task = tiny.forecast()
    fold = CrossValidation(folds=2, gap=3).rolling(72)[0]
    for lookback in (6, 9):  # a longer memory is judged by the same windows
        settings = task.entries() | {"lookback": lookback}
        data = task.fold_data(settings, fold)
        assert data.data.train.cutoffs[-1] + 2 == fold.train[-1]
        assert data.part.cutoffs[0] + 1 == fold.validation[0]
        assert data.part.cutoffs[-1] + 2 == fold.validation[-1]


def kill(directory, before):
    killed = subprocess.run(
        [sys.executable, "-m", "tests.tuning.tiny", directory, before],
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr


def test_a_killed_sweep_goes_on_and_ends_like_one_that_was_not(
    tmp_path, monkeypatch
):
    trainings = tiny.Trainings()
    monkeypatch.setattr(sweep, "train", trainings)
    kill(tmp_path / "killed", "4")
    assert len(Records(tmp_path / "killed").trials()) == 2
    # The same training, which is healthy, is killed a second time: after
    # its start, while its result is written.
    kill(tmp_path / "killed", "record-2")
    assert list((tmp_path / "killed").glob(".records-*"))
    resumed = tiny.run(tmp_path / "killed").leaderboard()
    assert not list((tmp_path / "killed").glob(".records-*"))
    assert trainings.count == 1  # of four; the others are on disk
    whole = tiny.run(tmp_path / "whole").leaderboard()
    assert trainings.count == 5
    assert resumed["failed"].isna().all()
    assert resumed["trial"].tolist() == whole["trial"].tolist()
    np.testing.assert_allclose(resumed["mean"], whole["mean"], rtol=1e-5)
    np.testing.assert_allclose(
        resumed["fold_spread"], whole["fold_spread"], rtol=1e-4
    )


def test_a_finished_sweep_is_not_repeated_unless_it_is_overwritten(
    tmp_path, trainings
):
    tiny.run(tmp_path, cells=["elman"])
    tiny.run(tmp_path, cells=["elman"])
    assert trainings.count == 2
    with pytest.raises(ValueError, match=r"another sweep: its task\.x"):
        tiny.run(tmp_path, cells=["elman"], task=tiny.arrays(samples=20))
    tiny.run(tmp_path, cells=["elman"], overwrite=True)
    assert trainings.count == 4


def test_an_answer_is_one_of_the_space_that_was_asked_for(tmp_path, trainings):
    def units(asked):
        found = tiny.run(tmp_path, cells=["elman"], units=asked)
        assert len(found.leaderboard()) == (1 if asked in (2, 3) else 2)
        return found, found.best_settings()["network"]["units"]

    assert units(2)[1] == [2]
    search, widths = units(3)
    assert widths == [3]
    assert units(2)[1] == [2]
    assert units([2, 3])[1] in ([2], [3])
    assert trainings.count == 4  # two trials of two folds, each trained once
    assert search.best_settings()["network"]["units"] == [3]
    assert str(search.best_path).endswith(
        f"best-{search.trials().popitem()[0]}.keras"
    )
    matched = search_cells(
        tiny.arrays(),
        directory=tmp_path,
        cells="elman",
        validation=CrossValidation(folds=2),
        match_parameters=30,
        epochs=1,
        verbose=0,
    )
    assert len(matched.leaderboard()) == 1


STRIDING = Windows(lookback=6, horizon=2, stride=2)


@pytest.mark.parametrize(
    ("make", "changed", "name"),
    [
        (tiny.forecast, {"loss": "mse"}, r"task\.loss"),
        (tiny.forecast, {"windows": STRIDING}, r"stride"),
        (tiny.forecast, {"season": 6}, r"task\.season"),
        (tiny.arrays, {"ordered": False}, r"task\.ordered"),
    ],
)
def test_another_question_needs_another_directory(
    make, changed, name, tmp_path, trainings
):
    task = make()
    tiny.run(tmp_path, cells=["elman"], task=task)
    other = dataclasses.replace(task, **changed)
    with pytest.raises(ValueError, match=f"holds another sweep: its .*{name}"):
        tiny.run(tmp_path, cells=["elman"], task=other)


def test_a_sweep_that_was_overwritten_does_not_answer_with_the_new_one(
    tmp_path, trainings
):
    old = tiny.run(tmp_path, cells=["elman"])
    mine = tmp_path / "sales.csv"
    mine.write_text("kept")
    tiny.run(tmp_path, ["elman"], task=tiny.arrays(20), overwrite=True)
    with pytest.raises(ValueError, match="holds another sweep"):
        old.best_settings()
    assert mine.read_text() == "kept"
    (tmp_path / "sweep.json").unlink()
    with pytest.raises(ValueError, match=r"lacks sweep\.json"):
        tiny.run(tmp_path, ["elman"], task=tiny.arrays(20))


def test_the_epochs_that_hyperband_decides_are_part_of_its_space(
    tmp_path, trainings
):
    def run(**space):
        oracle = keras_tuner.oracles.HyperbandOracle(max_epochs=3, seed=1)
        validation = CrossValidation(folds=1)
        return tiny.run(tmp_path, oracle=oracle, validation=validation, **space)

    table = run(units=[2, 3]).leaderboard()
    assert len(table) == trainings.count > 0
    assert set(table["setting epochs"]) <= {1, 2, 3}
    with pytest.raises(ValueError, match="Hyperband decides the epochs"):
        run(epochs=[2, 3])


def test_the_second_death_within_one_run_makes_a_trial_fail(
    tmp_path, trainings, monkeypatch
):
    tiny.run(tmp_path, cells=["elman"])
    path = tmp_path / "records-tuner0.jsonl"
    facts, started, *_ = path.read_text().splitlines(keepends=True)
    path.write_text(facts + started + started)
    with pytest.MonkeyPatch.context() as patch:
        # A worker that is started again belongs to the run of its chief.
        patch.setattr(question, "begin", lambda *_, **__: None)
        failed = tiny.run(tmp_path, cells=["elman"]).leaderboard()["failed"]
    assert failed.tolist() == ["ended its process 2 times"]
    path.write_text(facts + started + started)
    table = tiny.run(tmp_path, cells=["elman"]).leaderboard()
    assert table["failed"].isna().all()
    assert trainings.count == 4


def test_failed_trials_are_trained_again_if_it_is_asked_for(
    tmp_path, trainings, monkeypatch
):
    def fail(*_):
        raise OSError("no room on the disk")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "train", fail)
        failed = tiny.run(tmp_path, cells=["elman"]).leaderboard()["failed"]
    assert failed.tolist() == ["OSError: no room on the disk"]
    tiny.run(tmp_path, cells=["elman"])
    assert trainings.count == 0
    again = tiny.run(tmp_path, cells=["elman"], retry_failed=True)
    assert again.leaderboard()["failed"].isna().all()
    assert trainings.count == 2
    with pytest.raises(ValueError, match="`retry_failed` must be"):
        tiny.run(tmp_path, cells=["elman"], retry_failed="yes")


def test_records_that_cannot_be_written_end_the_sweep(
    tmp_path, trainings, monkeypatch
):
    write_whole = _files.write_whole

    def full(path, text):
        if path.suffix == ".jsonl":
            raise OSError("no space left")
        write_whole(path, text)

    monkeypatch.setattr(_files, "write_whole", full)
    with pytest.raises(FatalError, match="cannot write its records: no space"):
        tiny.run(tmp_path, cells=["elman"])


def test_two_sweeps_in_one_directory_are_refused(tmp_path, trainings):
    with (
        _files.locked(tmp_path / ".lock", "busy"),
        pytest.raises(RuntimeError, match="Another sweep is running"),
    ):
        tiny.run(tmp_path, cells=["elman"])


def test_failures_rank_last_with_their_reason_and_the_sweep_goes_on(tmp_path):
    class Hungry(keras.layers.SimpleRNN):
        def build(self, *_):
            raise MemoryError("no room for the kernel")

    register("hungry", Hungry)
    try:
        table = tiny.run(
            tmp_path,
            cells=["hungry", "elman"],
            learning_rate=[1e38, 0.002],
            global_clipnorm=None,
            epochs=3,
        ).leaderboard()
    finally:
        del LAYERS["hungry"]
    assert table["cell"][0] == "elman"
    assert table["failed"].notna().tolist() == [False, True, True, True]
    assert table["mean"].notna().tolist() == [True, False, False, False]
    reasons = " ".join(table["failed"].dropna())
    assert "MemoryError: no room for the kernel" in reasons
    assert "the loss is nan" in reasons


@pytest.mark.parametrize(
    "oracle",
    [
        keras_tuner.oracles.RandomSearchOracle,
        keras_tuner.oracles.BayesianOptimizationOracle,
    ],
)
def test_any_oracle_meets_the_same_trials_again(
    oracle, tmp_path, trainings, capsys
):
    def search(seed):
        searched = tiny.run(
            tmp_path,
            validation=CrossValidation(folds=1),
            units=Range(2, 9),
            oracle=oracle(max_trials=4, seed=seed),
        )
        return searched.leaderboard()

    first = search(seed=5)
    assert trainings.count == len(first) == 4
    assert search(seed=5).equals(first)
    assert trainings.count == 4
    assert capsys.readouterr() == ("", "")
    with pytest.raises(ValueError, match="its seed is 5"):
        search(seed=6)


def test_a_log_gets_one_line_a_trial(tmp_path, trainings, capsys):
    tiny.run(tmp_path, cells=["elman"], verbose=1)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("trial 1/1  elman")
    assert "loss " in line


def test_datasets_are_cut_between_batches(tmp_path):
    arrays = tiny.arrays()
    dataset = tf.data.Dataset.from_tensor_slices((arrays.x, arrays.y)).batch(4)
    task = Batches(dataset, Regression(), Sequences(1, 4))
    assert "batch_size" not in task.entries()
    table = tiny.run(tmp_path, cells=["elman"], task=task).leaderboard()
    assert np.isfinite(table["mean"]).all()


TUNERS = {
    tuner.__name__: tuner
    for tuner in (
        keras_tuner.RandomSearch,
        keras_tuner.BayesianOptimization,
        keras_tuner.Hyperband,
        keras_tuner.GridSearch,
    )
}


@pytest.mark.parametrize(
    "tuner", mostly_slow(TUNERS, default=["RandomSearch", "Hyperband"])
)
def test_keras_tuners_own_tuners_take_the_hypermodel(tuner, tmp_path):
    hypermodel = RecurrentHyperModel.fixed(
        tiny.arrays(), cell=["elman", "jordan"], units=[2, 3], epochs=1
    )
    size = {"max_trials": 1}
    if tuner is keras_tuner.Hyperband:
        size = {"max_epochs": 1}
    searcher = tuner(hypermodel, "val_loss", **size, directory=tmp_path)
    searcher.search(verbose=0)
    best = searcher.get_best_hyperparameters()[0]
    assert hypermodel.choices(best)["cell"] in ("elman", "jordan")
    (model,) = searcher.get_best_models()
    assert model.count_params() > 0


def test_a_sweep_leaves_the_random_state_of_its_user_alone(tmp_path):
    before = random.getstate(), str(np.random.get_state())  # noqa: NPY002
    search_cells(
        tiny.arrays(),
        directory=tmp_path,
        cells=["lstm"],
        match_parameters=101,
        validation=CrossValidation(folds=1),
        epochs=1,
        verbose=0,
    ).best_model()
    after = random.getstate(), str(np.random.get_state())  # noqa: NPY002
    assert after == before


def test_scores_do_not_depend_on_the_random_state_of_the_user(tmp_path):
    found = []
    for seed in (0, 1):
        keras.utils.set_random_seed(seed)
        search = tiny.run(tmp_path / str(seed), cells=["elman"], dropout=0.3)
        found.append(search.leaderboard()["mean"].tolist())
    assert found[0] == found[1]
