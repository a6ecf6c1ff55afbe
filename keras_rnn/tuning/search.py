# SPDX-License-Identifier: Apache-2.0
"""search_cells: which recurrent cell suits a task, in one call."""

import contextlib
import logging
import math
import os
import shutil
from dataclasses import replace

import keras_tuner

from keras_rnn import _files
from keras_rnn import _validation as validate
from keras_rnn.layers import LAYERS
from keras_rnn.tuning.cell_search import CellSearch
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.hparams import write_hparams
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.objectives import check_oracle
from keras_rnn.tuning.progress import Progress
from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.fingerprint import fingerprint
from keras_rnn.tuning.records.trials import Records
from keras_rnn.tuning.sweep import Sweep

_RECORDS = "records-*.jsonl"
_OWN_FILES = (_RECORDS, question.NAME, "best-*.keras", "leaderboard.csv")


def search_cells(
    task,
    *,
    directory,
    cells=None,
    validation=None,
    match_parameters=None,
    oracle=None,
    overwrite=False,
    retry_failed=False,
    verbose=1,
    **space,
):
    """Trains each cell by cross-validation, and ranks them.

    A sweep that was interrupted, however, goes on where it stopped when it is
    called again with the same arguments; finished trainings are not repeated.
    A training that fails (a loss of NaN, no memory, a wrong setting) is
    recorded with its reason, ranks last, and the sweep goes on. One that ended
    the process is trained again by the next call, but fails after it did so in
    six calls; of several processes that share a sweep, the second death makes a
    trial fail.

    Args:
        task: Forecast, Arrays or Batches.
        directory: Where everything is written; one sweep a directory.
        cells: Keys of LAYERS; None: all of them.
        validation: CrossValidation: folds, gap, repeats, seed.
        match_parameters: Number of weights that every cell comes closest to
            by its units; None: all cells have equal units, and those with
            more gates more weights.
        oracle: An oracle of KerasTuner with a seed, to search a space with
            more entries; None: every combination. It needs no objective:
            trials are judged by the score of the task.
        overwrite: Whether what the directory holds of a sweep is deleted.
        retry_failed: Whether trials that failed in earlier calls are trained
            again.
        verbose: 0 prints nothing, 1 a line a trial.
        **space: Further entries of `keras_rnn.tuning.SPACE`: one value fixes
            an entry, a list or a Range tunes it; the others have defaults.

    Returns:
        A CellSearch.

    Raises:
        RuntimeError: If another sweep is running in the directory.
        ValueError: If the directory holds a sweep of other data, settings of
            the task or folds, or one of version 0.1; if an argument, or one
            value of an entry, cannot be; if the oracle has two objectives, or
            another than the score.

    Example:
        ```python
        search = search_cells(
            Forecast(frame, Columns("sales"), Windows(lookback=24, horizon=6)),
            cells=["lstm", "gru", "jordan"],
            match_parameters=20_000,
            directory="out/sweep",
        )
        print(search.leaderboard())
        model = search.best_model()
        ```
    """
    validation = CrossValidation() if validation is None else validation
    validate.instance("validation", validation, CrossValidation)
    directory = validate.folder("directory", directory)
    validate.boolean("overwrite", overwrite)
    validate.boolean("retry_failed", retry_failed)
    cells = list(LAYERS) if cells is None else cells
    hypermodel = RecurrentHyperModel.fixed(
        task, match_parameters, cell=cells, **space
    )
    task.check_folds(validation, hypermodel.space.entries)
    if oracle is None:
        oracle = keras_tuner.oracles.GridSearchOracle(seed=validation.seed + 1)
    validate.instance("oracle", oracle, keras_tuner.Oracle)
    check_oracle(oracle, task)
    answers = _space_of(oracle, hypermodel.space)
    asked = fingerprint(
        task=task,
        validation=validation,
        oracle=type(oracle).__name__,
        seed=oracle.seed,
    )
    directory.mkdir(parents=True, exist_ok=True)
    search = CellSearch(directory, hypermodel, validation, answers, asked)
    busy = (
        f"Another sweep is running in {directory}. Two sweeps need two "
        "directories. Wait for it, or name another `directory`."
    )
    with _files.locked(directory / _lock_name(), busy), _quiet_tensorflow():
        _files.delete_drafts(directory, f"records-{_name()}.jsonl")
        if not _is_worker():
            _prepare(directory, overwrite)
            question.begin(directory, asked, retry_failed=retry_failed)
        _run(search, oracle, verbose)
    return search


def _prepare(directory, overwrite):
    """Deletes what kills have left, or all that earlier sweeps have."""
    own = _OWN_FILES if _is_alone() else set(_OWN_FILES) - {_RECORDS}
    for names in own:
        _files.delete_drafts(directory, names)
    if overwrite:
        _delete(directory)


def _space_of(oracle, space):
    """The space, with the epochs that the oracle decides itself."""
    if not isinstance(oracle, keras_tuner.oracles.HyperbandOracle):
        return space
    if "epochs" in space.tuned:
        raise ValueError(
            "Hyperband decides the epochs of each trial. Received: "
            f"epochs={space.entries['epochs']!r}. Leave `epochs` out, and "
            "pass max_epochs to the oracle."
        )
    epochs = list(range(1, oracle.max_epochs + 1))
    return replace(space, entries={**space.entries, "epochs": epochs})


def _run(search, oracle, verbose):
    """Runs what is not done yet, and writes leaderboard.csv."""
    hp = oracle.get_space()
    search.hypermodel.choices(hp)
    oracle.update_space(hp)
    task = search.hypermodel.task
    records = Records(search.directory, _name())
    if not _is_worker():
        records.trials()  # a file that is damaged ends here

    def on_scored(choices, score, trial):
        write_hparams(
            search.directory / "tensorboard",
            choices,
            score,
            task.score_name,
            trial,
        )

    Sweep(
        oracle,
        search.hypermodel,
        search.validation,
        records,
        Progress(
            verbose,
            len(search.validation.evaluations),
            oracle.max_trials or _combinations(search.space, oracle),
            task.score_name,
        ),
        on_scored,
    ).search(verbose=0)
    if not _is_worker():
        table = search.leaderboard().to_csv(index=False)
        _files.write_whole(search.directory / "leaderboard.csv", table)


def _combinations(space, oracle):
    """Number of trials where it can be foretold, or None."""
    if not isinstance(oracle, keras_tuner.oracles.GridSearchOracle):
        return None
    tuned = [space.entries[name] for name in space.tuned]
    if not all(isinstance(values, list) for values in tuned):
        return None
    if {"layers", "residual"} & set(space.tuned):
        return None  # some entries exist in some trials only
    return math.prod(map(len, tuned))


def _delete(directory):
    """Deletes what sweeps write, and nothing else."""
    for pattern in _OWN_FILES:
        for path in directory.glob(pattern):
            path.unlink()
    for path in (*directory.glob("keras_tuner-*"), directory / "tensorboard"):
        shutil.rmtree(path, ignore_errors=True)


def _name():
    """What this process is called among those of a sweep."""
    return os.environ.get("KERASTUNER_TUNER_ID", "tuner0")


def _is_alone():
    """Whether one process is the whole sweep."""
    return "KERASTUNER_ORACLE_IP" not in os.environ


def _is_worker():
    """Whether another process, the chief, chooses the trials."""
    return not _is_alone() and "chief" not in _name()


def _lock_name():
    return f".lock-{_name()}" if _is_worker() else ".lock"


@contextlib.contextmanager
def _quiet_tensorflow():
    """Every training is a new model; TensorFlow warns of new programs."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
