# SPDX-License-Identifier: Apache-2.0
"""Sweep: a tuner of KerasTuner that trains folds and can be killed.

KerasTuner writes its own state in place, so a kill can leave half a file.
Nothing of that state is read again: a sweep that is run again asks a new
oracle of the same seed for trials, and takes the scores that are known from
the records. So it meets the same trials as a sweep that was never interrupted,
whatever oracle chooses them.
"""

import hashlib
import math
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import keras
import keras_tuner

from keras_rnn.models import DamagedError, Resume
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.problems.base import FoldData, Settings
from keras_rnn.tuning.progress import Progress
from keras_rnn.tuning.records.failures import reason_of
from keras_rnn.tuning.records.trials import (
    MOST_DEATHS,
    MOST_FATAL_RUNS,
    Place,
    Records,
    trial_key,
)
from keras_rnn.tuning.search_space.equal_size import count_weights

#: Name of the folder of the trainings that are under way.
TRAININGS = "trainings"
#: A kill loses an epoch of a training, or so many seconds of short epochs.
SECONDS = 5.0


class Sweep(keras_tuner.Tuner):
    """Runs the trials of an oracle by cross-validation.

    Args:
        oracle: An oracle of KerasTuner; its space must be declared.
        hypermodel: The models of the trials.
        validation: The folds and repeats of each trial.
        records: Where results are read and written.
        progress: Where the sweep says how far it is.
        on_scored: Called with choices, score and name of a finished trial.

    Attributes:
        recurrent: The hypermodel; KerasTuner itself sets `hypermodel`.
        best: The best score so far; None before the first one.
        sign: 1 if small scores are good, −1 if large ones are.
    """

    def __init__(
        self,
        oracle: keras_tuner.Oracle,
        hypermodel: RecurrentHyperModel,
        validation: CrossValidation,
        records: Records,
        progress: Progress,
        on_scored: Callable[[Settings, float, str], None],
    ) -> None:
        self.recurrent = hypermodel
        self.validation = validation
        self.records = records
        self.progress = progress
        self.on_scored = on_scored
        self.best: float | None = None
        self.sign: int = 1 if hypermodel.task.direction == "min" else -1
        # A failed trial says nothing about the next one: never give up.
        oracle.max_consecutive_failed_trials = sys.maxsize
        name = os.environ.get("KERASTUNER_TUNER_ID", "tuner0")
        super().__init__(
            oracle,
            directory=str(records.directory),
            project_name=f"keras_tuner-{name}",
            overwrite=True,
        )

    def run_trial(
        self, trial: Any, *args: Any, **kwargs: Any
    ) -> dict[str, float]:
        """Trains all folds and repeats of a trial that are not done yet.

        Args:
            trial: A trial of KerasTuner.
            *args: Not used.
            **kwargs: Not used.

        Returns:
            Name of the objective -> mean score.

        Raises:
            FailedTrialError: If a training failed; the reason is recorded.
        """
        choices = self.recurrent.choices(trial.hyperparameters)
        epochs = trial.hyperparameters.values.get("tuner/epochs")
        if epochs is not None:  # Hyperband
            choices["epochs"] = epochs
        if self.recurrent.match_parameters is not None:
            choices["match_parameters"] = self.recurrent.match_parameters
        name = trial_key(choices)
        try:
            score = self._score(name, choices)
        except TrialError as error:
            self.progress.after(choices["cell"], f"failed: {error}", self.best)
            raise keras_tuner.errors.FailedTrialError(str(error)) from error
        self.best = self._better(score)
        self.progress.after(choices["cell"], score, self.best)
        self.on_scored(choices, score, name)
        objective = self.oracle.objective
        same = objective.direction == self.recurrent.task.direction
        return {objective.name: score if same else -score}

    def _better(self, score: float) -> float:
        """The best score so far, with that of the trial that has ended."""
        if self.best is None:
            return score
        return self.sign * min(self.sign * self.best, self.sign * score)

    def _score(self, name: str, choices: Settings) -> float:
        """The mean score of a trial, which is trained as far as need be."""
        known = self.records.trial(name)
        if known.failure is None and known.deaths >= MOST_DEATHS:
            self._fail(name, f"ended its process {known.deaths} times")
        if known.failure is None and known.fatal_runs >= MOST_FATAL_RUNS:
            self._fail(
                name,
                f"ended its process in {known.fatal_runs} calls; "
                "retry_failed=True tries it again",
            )
        if known.failure is not None:
            raise TrialError(known.failure)
        missing = [
            place
            for place in self.validation.evaluations
            if place not in known.results
        ]
        try:
            if missing:
                self._train(name, choices, missing)
        except keras_tuner.errors.FatalError:
            raise
        except TrialError as error:
            self._fail(name, str(error))
        except Exception as error:
            # Whatever it is (a wrong setting, no memory), the sweep goes on.
            self._fail(name, reason_of(error))
        results = self.records.trial(name).results.values()
        return sum(r["score"] for r in results) / len(results)

    def _record(self, event: str, name: str, **values: Any) -> None:
        """Adds a line; what cannot be recorded ends the sweep."""
        try:
            self.records.write(event, name, **values)
        except OSError as error:
            raise keras_tuner.errors.FatalError(
                f"The sweep cannot write its records: {error}. What it wrote "
                "before is whole: the same call goes on from there."
            ) from error

    def _fail(self, name: str, reason: str) -> NoReturn:
        """Records the failure of a trial, and raises it.

        If it is tried again it begins anew: it might have failed by its state.
        """
        self._record("failed", name, reason=reason)
        for folder in self.records.directory.glob(f"{TRAININGS}/{name}-*"):
            shutil.rmtree(folder, ignore_errors=True)
        raise TrialError(reason)

    def _train(
        self, name: str, choices: Settings, missing: list[Place]
    ) -> None:
        """Does the trainings of a trial that are not done yet."""
        if not self.records.trial(name).facts:
            self._record("trial", name, settings=choices)
        settings = self.recurrent.settings(choices)
        folds = self.recurrent.task.folds(self.validation)
        for place in missing:
            done = len(self.records.trial(name).results)
            self.progress.during(choices["cell"], done, self.best)
            try:
                self._evaluate(name, settings, folds, place)
            except KeyboardInterrupt:
                fold, repeat = place
                self._record("interrupted", name, fold=fold, repeat=repeat)
                raise

    def _evaluate(
        self, name: str, settings: Settings, folds: list[Fold], place: Place
    ) -> None:
        """Does one training, and records its score."""
        where = {"fold": place[0], "repeat": place[1]}
        self._record("started", name, **where)
        seed = training_seed(self.validation.seed, name, *place)
        keras.utils.clear_session(free_memory=False)
        begin = time.perf_counter()
        task = self.recurrent.task
        data = task.fold_data(settings, folds[place[0]])
        folder = (
            self.records.directory
            / TRAININGS
            / "-".join(map(str, (name, *place)))
        )
        model = train(self.recurrent, settings, data, seed, folder)
        weights = count_weights(model)
        score = data.score(model)
        if not math.isfinite(score):
            raise TrialError(f"the score is {score}")
        seconds = time.perf_counter() - begin
        self.progress.trained(seconds)
        self._record(
            "result",
            name,
            **where,
            score=score,
            seconds=seconds,
            parameters=weights,
            units=settings["units"],
        )
        # A kill before this line leaves the folder; nobody reads it again.
        shutil.rmtree(folder, ignore_errors=True)


class TrialError(Exception):
    """Why a trial has no score."""


def training_seed(seed: int, trial: str, fold: int | str, repeat: int) -> int:
    """The seed of one training, the same in every process.

    Args:
        seed: Seed of the whole sweep.
        trial: Name of the trial.
        fold: Number of the fold, or "all" for the training on all data.
        repeat: Number of the repeat.

    Returns:
        An int below 2³².
    """
    text = f"{seed}/{trial}/{fold}/{repeat}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big")


def train(
    hypermodel: RecurrentHyperModel,
    settings: Settings,
    data: FoldData,
    seed: int,
    folder: Path | None = None,
) -> keras.Model:
    """Trains the model of some settings, or resumes a training that was killed.

    Args:
        hypermodel: The models of the trials.
        settings: What `hypermodel.settings` returned.
        data: The data to train on.
        seed: Seed of the training.
        folder: Folder for the state of the training; None keeps no state.

    Returns:
        A compiled keras.Model.
    """

    def fit() -> keras.Model:
        return hypermodel.training(settings).fit(
            lambda: hypermodel.compiled(settings, data),
            data,
            head=hypermodel.task.head,
            seed=seed,
            resume=folder and Resume(folder, seconds=SECONDS),
        )[0]

    try:
        return fit()
    except DamagedError:
        if folder is None:
            raise
        shutil.rmtree(folder)
        return fit()
