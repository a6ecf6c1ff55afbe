# SPDX-License-Identifier: Apache-2.0
"""search_cells: which recurrent cell suits a task, in one call."""

import contextlib
import logging
import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras_tuner

from keras_rnn import _files, _names
from keras_rnn import _validation as validate
from keras_rnn._types import PathLike
from keras_rnn.layers import LAYERS
from keras_rnn.tuning.cell_search import CellSearch
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.hparams import write_hparams
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.objectives import check_oracle
from keras_rnn.tuning.other_names import SEARCH_CELLS, USAGE
from keras_rnn.tuning.problems.base import Settings, Task
from keras_rnn.tuning.progress import Progress
from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.fingerprint import fingerprint
from keras_rnn.tuning.records.trials import Records
from keras_rnn.tuning.search_space.space import Space
from keras_rnn.tuning.search_space.table import SPACE
from keras_rnn.tuning.sweep import TRAININGS, Sweep

_RECORDS = "records-*.jsonl"
_OWN_FILES = (_RECORDS, question.NAME, "best-*.keras", "leaderboard.csv")


@_names.other_names(
    USAGE,
    # The entry `cell` is the argument `cells`.
    [name for name in SPACE if name != "cell"],
    **SEARCH_CELLS,
)
def search_cells(
    task: Task,
    *,
    directory: PathLike,
    cells: str | Sequence[str] | None = None,
    validation: CrossValidation | None = None,
    match_parameters: int | None = None,
    oracle: keras_tuner.Oracle | None = None,
    overwrite: bool = False,
    retry_failed: bool = False,
    verbose: int = 1,
    **space: Any,
) -> CellSearch:
    """Trains each cell by cross-validation, and ranks them.

    A sweep that was interrupted or killed goes on where it stopped when the
    same call is made again. Trainings that are finished are not repeated. A
    training that was under way resumes from its last epoch; if its epochs take
    less than 5 seconds, at most 5 seconds of them are lost.

    A training that fails (a loss of NaN, no memory, a wrong setting) is
    recorded with its reason. Its trial ranks last, and the sweep goes on. A
    training that ended the process is tried again by the next call; after six
    calls that it ended, its trial fails. Where several processes share a
    sweep, a trial fails as soon as a training of it has ended two of them.

    The space holds the entries of `keras_rnn.tuning.SPACE`. The space of a
    `Forecast` also holds settings of a `Forecaster`: `strategy`,
    `representation`, `calendar` and `lookback`. For a `Forecast`,
    `Forecaster(**search.best_settings())` recreates the best network; for
    `Arrays` and `Batches`, `Stack(**search.best_settings()["network"])` does.

    Args:
        task: Forecast, Arrays or Batches.
        directory: Folder in which everything is written; each sweep needs one
            of its own.
        cells: Keys of LAYERS; None for all of them.
        validation: Folds, gap, repeats and seed; None for
            `CrossValidation()`.
        match_parameters: Number of weights that every cell comes closest to
            by its units. With None all cells have equal units, and those with
            more gates have more weights.
        oracle: An oracle of KerasTuner with a seed, to search a space with
            more entries; None tries every combination. It needs no objective:
            trials are judged by the score of the task. KerasTuner takes
            `seed=0` for none, and draws one: take another number.
        overwrite: Whether a sweep that the directory holds is deleted first.
        retry_failed: Whether trials that failed in earlier calls are trained
            again.
        verbose: 0 prints nothing, 1 prints one line per trial.
        **space: Name of an entry -> one value, which fixes it, or a list or a
            Range, over which it is tuned. A list always holds values to choose
            from: `calendar=[("month",), ("month", "dayofweek")]`. The other
            entries have their defaults; those that a `Forecast` adds have the
            settings of the task.

    Returns:
        A CellSearch.

    Raises:
        RuntimeError: If another sweep is running in the directory.
        ValueError: If the directory holds a sweep of other data, settings of
            the task or folds, or one of version 0.1; if an argument or one
            value of an entry is impossible; or if the oracle has two
            objectives, or another one than the score.

    Example:
        ```python
        search = search_cells(
            Forecast(frame, Columns("sales"), Windows(lookback=24, horizon=6)),
            cells=["lstm", "gru", "jordan"],
            match_parameters=20_000,
            strategy=["direct", "recursive"],
            directory="out/sweep",
        )
        print(search.leaderboard())
        forecaster = Forecaster(**search.best_settings()).fit(frame)
        ```
    """
    validation = CrossValidation() if validation is None else validation
    validate.instance("validation", validation, CrossValidation)
    directory = validate.folder("directory", directory)
    validate.boolean("overwrite", overwrite)
    validate.boolean("retry_failed", retry_failed)
    validate.one_of("verbose", verbose, (0, 1))
    hypermodel = RecurrentHyperModel.fixed(
        task, match_parameters, cell=_keys(cells), **space
    )
    task.check_folds(validation, hypermodel.own_values())
    chooser = (
        keras_tuner.oracles.GridSearchOracle(seed=validation.seed + 1)
        if oracle is None
        else oracle
    )
    validate.instance(
        "oracle",
        chooser,
        keras_tuner.Oracle,
        "Use keras_tuner.oracles.RandomSearchOracle(max_trials=20, seed=1).",
    )
    check_oracle(chooser, task)
    answers = _space_of(chooser, hypermodel.space)
    asked = fingerprint(
        task=task,
        validation=validation,
        oracle=type(chooser).__name__,
        seed=chooser.seed,
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
        _run(search, chooser, verbose)
    return search


def _keys(cells: str | Sequence[str] | None) -> str | list[str]:
    """The keys of the cells to compare."""
    if cells is None:
        return list(LAYERS)
    keys = [cells] if isinstance(cells, str) else cells
    if (
        not isinstance(keys, (list, tuple))
        or not keys
        or not all(isinstance(key, str) and key in LAYERS for key in keys)
    ):
        raise ValueError(
            "`cells` must be keys of LAYERS: "
            f"{', '.join(map(repr, LAYERS))}. "
            f"{validate.received('cells', cells)} Write cells=['lstm', 'gru'], "
            "or leave it out for all of them."
        )
    return list(keys)


def _prepare(directory: Path, overwrite: bool) -> None:
    """Deletes what kills have left, or all that earlier sweeps have."""
    own = _OWN_FILES if _is_alone() else set(_OWN_FILES) - {_RECORDS}
    for names in own:
        _files.delete_drafts(directory, names)
    if overwrite:
        _delete(directory)


def _space_of(oracle: keras_tuner.Oracle, space: Space) -> Space:
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


def _run(search: CellSearch, oracle: keras_tuner.Oracle, verbose: int) -> None:
    """Runs what is not done yet, and writes leaderboard.csv."""
    hp = oracle.get_space()
    search.hypermodel.choices(hp)
    oracle.update_space(hp)
    task = search.hypermodel.task
    records = Records(search.directory, _name())
    if not _is_worker():
        records.trials()  # a file that is damaged ends here

    def on_scored(choices: Settings, score: float, trial: str) -> None:
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


def _combinations(space: Space, oracle: keras_tuner.Oracle) -> int | None:
    """Number of trials where it can be foretold, or None."""
    if not isinstance(oracle, keras_tuner.oracles.GridSearchOracle):
        return None
    tuned = [space.entries[name] for name in space.tuned]
    if not all(isinstance(values, list) for values in tuned):
        return None
    if {"layers", "residual"} & set(space.tuned):
        return None  # some entries exist in some trials only
    return math.prod(map(len, tuned))


def _delete(directory: Path) -> None:
    """Deletes what sweeps write, and nothing else."""
    for pattern in _OWN_FILES:
        for path in directory.glob(pattern):
            path.unlink()
    folders = [directory / name for name in ("tensorboard", TRAININGS)]
    for path in (*directory.glob("keras_tuner-*"), *folders):
        shutil.rmtree(path, ignore_errors=True)


def _name() -> str:
    """The name of this process among those of a sweep."""
    return os.environ.get("KERASTUNER_TUNER_ID", "tuner0")


def _is_alone() -> bool:
    """Whether one process is the whole sweep."""
    return "KERASTUNER_ORACLE_IP" not in os.environ


def _is_worker() -> bool:
    """Whether another process, the chief, chooses the trials."""
    return not _is_alone() and "chief" not in _name()


def _lock_name() -> str:
    """The file that this process locks: each worker has one of its own."""
    return f".lock-{_name()}" if _is_worker() else ".lock"


@contextlib.contextmanager
def _quiet_tensorflow() -> Iterator[None]:
    """Silences TensorFlow, which warns of the new program of each training."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
