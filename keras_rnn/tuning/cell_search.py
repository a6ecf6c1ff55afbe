# SPDX-License-Identifier: Apache-2.0
"""CellSearch: what a sweep found, read from its directory."""

from dataclasses import dataclass
from pathlib import Path

import keras

from keras_rnn import _files
from keras_rnn.models import seeded
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.leaderboard import leaderboard
from keras_rnn.tuning.plots import plot_leaderboard
from keras_rnn.tuning.records import question
from keras_rnn.tuning.records.trials import Records
from keras_rnn.tuning.search_space.table import Space
from keras_rnn.tuning.search_space.values import stack_settings
from keras_rnn.tuning.sweep import fit_model, training_seed


@dataclass(frozen=True, eq=False)
class CellSearch:
    """What `search_cells` found; all of it lies in its directory.

    Trials of earlier calls in the directory count where their settings could
    be chosen in this one too.

    Args:
        directory: pathlib.Path.
        hypermodel: RecurrentHyperModel.
        validation: CrossValidation.
        space: Space in which the trials of this call lie.
        asked: What `fingerprint` says of the question.
    """

    directory: Path
    hypermodel: RecurrentHyperModel
    validation: CrossValidation
    space: Space
    asked: dict

    def leaderboard(self):
        """The trials and references, the best first.

        Returns:
            DataFrame: see `keras_rnn.tuning.leaderboard`.

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

    def trials(self):
        """What is known of the trials of this call: name -> Trial."""
        question.check(self.directory, self.asked)
        return {
            name: trial
            for name, trial in Records(self.directory).trials().items()
            if self._is_asked(trial.facts.get("settings", {}))
        }

    def _is_asked(self, settings):
        choices = dict(settings)
        matched = choices.pop("match_parameters", None)
        same = matched == self.hypermodel.match_parameters
        return same and self.space.holds(choices)

    def plot(self, axes):
        """Draws the leaderboard on axes of matplotlib."""
        plot_leaderboard(
            axes, self.leaderboard(), self.hypermodel.task.score_name
        )

    def best_settings(self):
        """What recreates the best model through the factories.

        Returns:
            Dict: "stack", the arguments of `Stack`, and the settings of
            training and data: "learning_rate", "clipnorm", "batch_size",
            "epochs", and for forecasts "lookback" and "scaling".
        """
        settings = self._best()[1]
        stack = stack_settings(settings)
        rest = {
            name: value
            for name, value in settings.items()
            if name not in (*stack, "layers", "normalization")
        }
        return {"stack": stack, **rest}

    def best_model(self):
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
            with seeded(seed):
                model = self.hypermodel.compiled(settings)
            data = self.hypermodel.task.all_data(settings)
            fit_model(model, data, settings, seed)
            with _files.replacing(path) as draft:
                model.save(draft)
        with seeded(0):  # the weights are those of the file
            return keras.models.load_model(path)

    @property
    def best_path(self):
        """Where `best_model` keeps the model, a pathlib.Path."""
        return self.directory / f"best-{self._best()[0]}.keras"

    def best_data(self):
        """The frame as the best model sees it, to forecast with `latest`.

        Returns:
            PreparedData; for forecasts of frames only.
        """
        return self.hypermodel.task.prepared(self._best()[1])

    def _best(self):
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
        return name, {**settings, "units": units}
