# SPDX-License-Identifier: Apache-2.0
"""Sweep: a tuner of KerasTuner that trains folds and can be killed.

KerasTuner writes its own state in place, so a kill can leave half a file.
Nothing of it is read again: a sweep that is run again asks a new oracle of
the same seed, and answers what it has answered before from the records. So it
meets the same trials as a sweep that was never interrupted, whatever oracle
chooses them.
"""

import hashlib
import math
import os
import sys
import time

import keras
import keras_tuner

from keras_rnn.models import seeded
from keras_rnn.tuning.records.failures import reason_of
from keras_rnn.tuning.records.trials import (
    MOST_DEATHS,
    MOST_FATAL_RUNS,
    trial_key,
)
from keras_rnn.tuning.search_space.equal_size import count_weights


class Sweep(keras_tuner.Tuner):
    """Runs the trials of an oracle by cross-validation.

    Args:
        oracle: An oracle of KerasTuner; its space must be declared.
        hypermodel: RecurrentHyperModel.
        validation: CrossValidation.
        records: Records.
        progress: Progress.
        on_scored: Called with choices, score and name of a finished trial.
    """

    def __init__(
        self, oracle, hypermodel, validation, records, progress, on_scored
    ):
        self.recurrent = hypermodel
        self.validation = validation
        self.records = records
        self.progress = progress
        self.on_scored = on_scored
        self.best = None
        self.sign = 1 if hypermodel.task.direction == "min" else -1
        # A failed trial says nothing about the next one: never give up.
        oracle.max_consecutive_failed_trials = sys.maxsize
        name = os.environ.get("KERASTUNER_TUNER_ID", "tuner0")
        super().__init__(
            oracle,
            directory=str(records.directory),
            project_name=f"keras_tuner-{name}",
            overwrite=True,
        )

    def run_trial(self, trial, *args, **kwargs):
        """Trains all folds and repeats of a trial that are not done yet.

        Args:
            trial: Of KerasTuner.
            *args: Not used.
            **kwargs: Not used.

        Returns:
            Objective -> mean score.

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

    def _better(self, score):
        if self.best is None:
            return score
        return self.sign * min(self.sign * self.best, self.sign * score)

    def _score(self, name, choices):
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

    def _record(self, event, name, **values):
        """Adds a line; what cannot be recorded ends the sweep."""
        try:
            self.records.write(event, name, **values)
        except OSError as error:
            raise keras_tuner.errors.FatalError(
                f"The sweep cannot write its records: {error}. What it wrote "
                "before is whole: the same call goes on from there."
            ) from error

    def _fail(self, name, reason):
        self._record("failed", name, reason=reason)
        raise TrialError(reason)

    def _train(self, name, choices, missing):
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

    def _evaluate(self, name, settings, folds, place):
        where = {"fold": place[0], "repeat": place[1]}
        self._record("started", name, **where)
        seed = training_seed(self.validation.seed, name, *place)
        keras.utils.clear_session(free_memory=False)
        begin = time.perf_counter()
        task = self.recurrent.task
        data = task.fold_data(settings, folds[place[0]])
        with seeded(seed):
            model = self.recurrent.compiled(settings)
        weights = count_weights(model)
        fit_model(model, data, settings, seed)
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


class TrialError(Exception):
    """Why a trial has no score."""


class StopWhenNotFinite(keras.callbacks.Callback):
    """Ends a training whose loss is no number any more."""

    def on_epoch_end(self, epoch, logs=None):
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise TrialError(f"the loss is {loss} after epoch {epoch + 1}")


def training_seed(seed, trial, fold, repeat):
    """The seed of one training, the same in every process.

    Args:
        seed: Of the whole sweep.
        trial: Name of the trial.
        fold: Number of the fold.
        repeat: Number of the repeat.

    Returns:
        An int below 2³².
    """
    text = f"{seed}/{trial}/{fold}/{repeat}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big")


def fit_model(model, data, settings, seed):
    """Trains a compiled model on a fold."""
    model.fit(
        **data.fit_arguments(settings["batch_size"], seed),
        epochs=settings["epochs"],
        callbacks=[StopWhenNotFinite()],
        verbose=0,
    )
