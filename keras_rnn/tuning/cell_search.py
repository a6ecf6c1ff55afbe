# SPDX-License-Identifier: Apache-2.0
"""CellSearch: the results of a sweep, read from its directory."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import pandas as pd

from keras_rnn import _files, _names
from keras_rnn import _validation as validate
from keras_rnn.data import PreparedData
from keras_rnn.models import seeded
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.leaderboard import leaderboard
from keras_rnn.tuning.other_names import CELL_SEARCH
from keras_rnn.tuning.plots import plot_leaderboard
from keras_rnn.tuning.problems.base import Settings
from keras_rnn.tuning.problems.frame import Forecast
from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.trials import Records, Trial
from keras_rnn.tuning.search_space.space import Space
from keras_rnn.tuning.search_space.values import stack_settings
from keras_rnn.tuning.sweep import train, training_seed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@_names.other_attributes(**CELL_SEARCH)
@dataclass(frozen=True, eq=False)
class CellSearch:
    """The results of `search_cells`, all of which lie in its directory.

    A trial of an earlier call in the directory counts if this call could have
    chosen its settings too.

    Args:
        directory: Folder of the sweep.
        hypermodel: The models of the trials.
        validation: The folds and repeats by which trials are judged.
        space: Space in which the trials of this call lie.
        asked: Fingerprint of the question that the sweep answers.
    """

    directory: Path
    hypermodel: RecurrentHyperModel
    validation: CrossValidation
    space: Space
    asked: dict[str, str]

    def leaderboard(self) -> pd.DataFrame:
        """The trials and references, the best first.

        Returns:
            DataFrame with one row per trial and per reference: "rank", "cell",
            "kind" ("network" or "reference"), "mean" of all scores, "spread"
            (standard deviation over the repeats), "fold_spread" (over the
            folds), "parameters", "units", "seconds" of all trainings,
            "failed" (the reason), "trial", and all settings that differ.

        Raises:
            ValueError: If another sweep has taken the directory since.
        """
        task = self.hypermodel.task
        return leaderboard(
            self.trials(),
            self.validation,
            task.direction,
            task.baselines(self.validation),
        )

    def trials(self) -> dict[str, Trial]:
        """The trials that this call could choose: name -> Trial."""
        question.check(self.directory, self.asked)
        return {
            name: trial
            for name, trial in Records(self.directory).trials().items()
            if self._is_asked(trial.facts.get("settings", {}))
        }

    def _is_asked(self, settings: Settings) -> bool:
        """Whether settings lie in the space of this call."""
        choices = dict(settings)
        matched = choices.pop("match_parameters", None)
        same = matched == self.hypermodel.match_parameters
        return same and self.space.holds(choices)

    def plot(self, axes: "Axes") -> None:
        """Draws the leaderboard.

        Args:
            axes: Axes of matplotlib.
        """
        plot_leaderboard(
            axes, self.leaderboard(), self.hypermodel.task.score_name
        )

    def best_settings(self) -> dict[str, Any]:
        """The arguments that recreate the best network.

        Returns:
            For a Forecast the arguments of a `Forecaster`:
            `Forecaster(**search.best_settings())`. For Arrays and Batches a
            dict with "network", the arguments of a `Stack`, and "training", a
            `Training`: `Stack(**search.best_settings()["network"])`.

        Raises:
            ValueError: If no trial has a score, or the windows have a gap,
                which no Forecaster has.
        """
        settings = self._best()[1]
        return self.hypermodel.task.best_settings(
            stack_settings(settings),
            self.hypermodel.training(settings),
            settings,
        )

    def best_model(self) -> keras.Model:
        """The best model, trained on all data.

        It is trained once and kept as `best_path`, which
        `keras.models.load_model` loads in any program that imports keras_rnn.

        Returns:
            A compiled keras.Model.
        """
        name, settings = self._best()
        path = self.best_path
        if not path.exists():
            seed = training_seed(self.validation.seed, name, "all", 0)
            data = self.hypermodel.task.all_data(settings)
            model = train(self.hypermodel, settings, data, seed)
            with _files.replacing(path) as draft:
                model.save(draft)
        with seeded(0):  # the weights are those of the file
            return keras.models.load_model(path)

    @property
    def best_path(self) -> Path:
        """The file in which `best_model` keeps the model."""
        return self.directory / f"best-{self._best()[0]}.keras"

    def best_data(self) -> PreparedData:
        """The frame as the best model sees it, to forecast with `latest`.

        Returns:
            PreparedData.

        Raises:
            TypeError: If the task is no Forecast.
        """
        task = self.hypermodel.task
        remedy = "Arrays and batches are as you gave them."
        validate.instance("task", task, Forecast, remedy)
        return task.prepared(self._best()[1])

    def _best(self) -> tuple[str, Settings]:
        """The name of the best trial, and the settings of its model."""
        table = self.leaderboard()
        scored = table[(table["kind"] == "network") & table["mean"].notna()]
        if scored.empty:
            raise ValueError(
                f"No trial in {self.directory} has a score. See the column "
                "`failed` of the leaderboard. Change the settings, or search "
                "again with overwrite=True."
            )
        name = scored["trial"].iloc[0]
        trial = self.trials()[name]
        settings = dict(trial.facts["settings"])
        settings.pop("match_parameters", None)
        units = next(iter(trial.results.values()))["units"]
        return name, self.hypermodel.settings({**settings, "units": units})
