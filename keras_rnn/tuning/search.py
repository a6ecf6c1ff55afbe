# SPDX-License-Identifier: Apache-2.0
"""search_cells: which recurrent cell suits a task, in one call."""

import contextlib
import json
import logging
import math
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import keras_tuner

from keras_rnn import _validation as validate
from keras_rnn.layers import LAYERS
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.hparams import write_hparams
from keras_rnn.tuning.hypermodel import RecurrentHyperModel, stack_settings
from keras_rnn.tuning.leaderboard import leaderboard
from keras_rnn.tuning.lock import locked
from keras_rnn.tuning.plots import plot_leaderboard
from keras_rnn.tuning.progress import Progress
from keras_rnn.tuning.records import Records, write_whole
from keras_rnn.tuning.sweep import Sweep, fit_model, training_seed

_OWN_FILES = ("records-*.jsonl", "sweep.json", "best-*.keras", "*.csv")


def search_cells(
    task,
    *,
    directory,
    cells=None,
    validation=None,
    match_parameters=None,
    oracle=None,
    overwrite=False,
    verbose=1,
    **space,
):
    """Trains each cell by cross-validation, and ranks them.

    A sweep that was interrupted, however, goes on where it stopped when it is
    called again with the same arguments; finished trainings are not repeated.
    A training that fails (a loss of NaN, no memory, a wrong setting) is
    recorded with its reason, ranks last, and the sweep goes on.

    Args:
        task: Forecast, Arrays or Batches.
        directory: Where everything is written; one sweep a directory.
        cells: Keys of LAYERS; None: all of them.
        validation: CrossValidation: folds, gap, repeats, seed.
        match_parameters: Number of weights that every cell comes closest to
            by its units; None: all cells have equal units, and those with
            more gates more weights.
        oracle: An oracle of KerasTuner with a seed, to search a space with
            more entries; None: every combination.
        overwrite: Whether what the directory holds of a sweep is deleted.
        verbose: 0 prints nothing, 1 a line a trial.
        **space: Further entries of `keras_rnn.tuning.SPACE`: one value fixes
            an entry, a list or a Range tunes it; the others have defaults.

    Returns:
        A CellSearch.

    Raises:
        RuntimeError: If another sweep is running in the directory.
        ValueError: If the directory holds a sweep of other data or folds, or
            an argument is wrong.

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
    validate.boolean("overwrite", overwrite)
    cells = list(LAYERS) if cells is None else list(cells)
    hypermodel = RecurrentHyperModel.fixed(
        task, match_parameters, cell=cells, **space
    )
    task.folds(validation)  # too few rows end here
    if oracle is None:
        oracle = keras_tuner.oracles.GridSearchOracle(seed=validation.seed + 1)
    validate.instance("oracle", oracle, keras_tuner.Oracle)
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    search = CellSearch(directory, hypermodel, validation)
    with locked(directory / _lock_name()), _quiet_tensorflow():
        if not _is_worker():
            if overwrite:
                _delete(directory)
            _check_header(directory, hypermodel, validation, oracle)
        search.run(oracle, verbose)
    return search


@dataclass(frozen=True, eq=False)
class CellSearch:
    """What `search_cells` found; all of it lies in its directory.

    Args:
        directory: pathlib.Path.
        hypermodel: RecurrentHyperModel.
        validation: CrossValidation.
    """

    directory: Path
    hypermodel: RecurrentHyperModel
    validation: CrossValidation

    def run(self, oracle, verbose):
        """Runs what is not done yet, and writes leaderboard.csv."""
        hp = oracle.get_space()
        self.hypermodel.choices(hp)
        oracle.update_space(hp)
        task = self.hypermodel.task
        name = os.environ.get("KERASTUNER_TUNER_ID", "tuner0")

        def on_scored(choices, score, trial):
            write_hparams(
                self.directory / "tensorboard",
                choices,
                score,
                task.score_name,
                trial,
            )

        Sweep(
            oracle,
            self.hypermodel,
            self.validation,
            Records(self.directory, name),
            Progress(
                verbose,
                len(self.validation.evaluations),
                oracle.max_trials or self._combinations(oracle),
                task.score_name,
            ),
            on_scored,
        ).search(verbose=0)
        if not _is_worker():
            table = self.leaderboard().to_csv(index=False)
            write_whole(self.directory / "leaderboard.csv", table)

    def _combinations(self, oracle):
        """Number of trials where it can be foretold, or None."""
        space = self.hypermodel.space
        if not isinstance(oracle, keras_tuner.oracles.GridSearchOracle):
            return None
        tuned = [space.entries[name] for name in space.tuned]
        if not all(isinstance(values, list) for values in tuned):
            return None
        if {"layers", "residual"} & set(space.tuned):
            return None  # some entries exist in some trials only
        return math.prod(map(len, tuned))

    def leaderboard(self):
        """The trials and references, the best first.

        Returns:
            DataFrame: see `keras_rnn.tuning.leaderboard`.
        """
        task = self.hypermodel.task
        return leaderboard(
            Records(self.directory).trials(),
            self.validation,
            task.direction,
            task.baselines(self.validation),
        )

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
            keras.utils.set_random_seed(seed)
            model = self.hypermodel.compiled(settings)
            data = self.hypermodel.task.all_data(settings)
            fit_model(model, data, settings, seed)
            draft = path.with_name(f".{os.getpid()}-{path.name}")
            model.save(draft)
            os.replace(draft, path)
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
        trial = Records(self.directory).trial(name)
        settings = dict(trial.facts["settings"])
        settings.pop("match_parameters", None)
        units = next(iter(trial.results.values()))["units"]
        return name, {**settings, "units": units}


def _check_header(directory, hypermodel, validation, oracle):
    """Refuses to go on with what another search began."""
    header = {
        "task": type(hypermodel.task).__name__,
        "data": hypermodel.task.fingerprint(),
        "validation": asdict(validation),
        "oracle": type(oracle).__name__,
        "seed": oracle.seed,
    }
    path = directory / "sweep.json"
    if not path.exists():
        write_whole(path, json.dumps(header))
        return
    begun = json.loads(path.read_text("utf-8"))
    for name, value in header.items():
        if begun[name] != value:
            raise ValueError(
                f"{directory} holds another sweep: its {name} is "
                f"{begun[name]}. Received: {value}. Name another directory, "
                "give every argument as it was (an oracle its seed), or pass "
                "overwrite=True."
            )


def _delete(directory):
    """Deletes what sweeps write, and nothing else."""
    for pattern in _OWN_FILES:
        for path in directory.glob(pattern):
            path.unlink()
    for path in (*directory.glob("keras_tuner-*"), directory / "tensorboard"):
        shutil.rmtree(path, ignore_errors=True)


def _is_worker():
    """Whether another process, the chief, chooses the trials."""
    name = os.environ.get("KERASTUNER_TUNER_ID", "")
    return "KERASTUNER_ORACLE_IP" in os.environ and "chief" not in name


def _lock_name():
    if _is_worker():
        return f".lock-{os.environ['KERASTUNER_TUNER_ID']}"
    return ".lock"


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
