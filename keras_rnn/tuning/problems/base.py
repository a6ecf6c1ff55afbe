# SPDX-License-Identifier: Apache-2.0
"""Task and FoldData: what all tasks and their folds have in common."""

import abc
from typing import Any, ClassVar, TypeAlias

import keras

from keras_rnn.models import Head, Stack, Training
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.records.fingerprint import fields_of

#: Settings of a trial: name of an entry of the space -> value.
Settings: TypeAlias = dict[str, Any]


class Task(abc.ABC):
    """The data that a search learns from, and how models of it are judged.

    Attributes:
        score_name: What the score is called.
        direction: "min" if small scores are good, "max" if large ones are.
        fixed: Entries of the space that the task decides itself.
        head: The head of its models.
        loss: The loss to train with; None for the loss of the head.
    """

    score_name: str
    direction: str
    fixed: ClassVar[tuple[str, ...]] = ()
    head: Head
    loss: Any

    def entries(self) -> Settings:
        """The entries that the task adds to the space: name -> own value."""
        return {}

    @abc.abstractmethod
    def folds(self, validation: CrossValidation) -> list[Fold]:
        """The folds, as cuts of the examples."""

    @abc.abstractmethod
    def fold_data(self, settings: Settings, fold: Fold) -> "FoldData":
        """The data of one fold, to train on and to judge by."""

    @abc.abstractmethod
    def all_data(self, settings: Settings) -> "FoldData":
        """All data, which the best model trains on."""

    @abc.abstractmethod
    def baselines(self, validation: CrossValidation) -> dict[str, list[float]]:
        """Scores of forecasts without a model: name -> one score per fold."""

    def question(self) -> dict[str, Any]:
        """The settings that scores depend on, for a fingerprint."""
        return fields_of(self) | {"loss": self.training_loss}

    @property
    def training_loss(self) -> Any:
        """The loss that models are compiled with: never None."""
        return self.head.loss if self.loss is None else self.loss

    def best_settings(
        self, network: dict[str, Any], training: Training, settings: Settings
    ) -> dict[str, Any]:
        """What `CellSearch.best_settings` returns for the best trial.

        Args:
            network: Arguments of its `Stack`.
            training: Its `Training`.
            settings: All of its settings.
        """
        return {"network": network, "training": training}

    def check_settings(self, settings: Settings) -> None:
        """Raises a ValueError for settings that no model of it can have."""
        return

    def check_folds(
        self, validation: CrossValidation, entries: dict[str, list[Any]]
    ) -> None:
        """Raises a ValueError if no trial of a space could be judged.

        Args:
            validation: The folds.
            entries: Name of an entry that the task adds -> its values; of a
                Range, its two ends.
        """
        self.folds(validation)


class FoldData(abc.ABC):
    """Data to train on and to judge by: the `Examples` of a `Training`."""

    @abc.abstractmethod
    def network(self, stack: Stack) -> keras.Model:
        """A new model for this data, not compiled."""

    @abc.abstractmethod
    def num_batches(self, batch_size: int) -> int:
        """The number of batches that hold every example once."""

    @abc.abstractmethod
    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        """A dataset without an end, as `Examples.batches` describes it."""

    @abc.abstractmethod
    def score(self, model: keras.Model) -> float:
        """The score of a model on the data to judge by."""

    @abc.abstractmethod
    def validation_data(self) -> Any:
        """The data to judge by, as `model.fit` takes it."""

    def validation(self, batch_size: int) -> None:
        """None: the data to judge by must not decide when training stops."""
        return

    def described(self) -> dict[str, Any]:
        """Nothing: the sweep itself describes what its scores depend on."""
        return {}

    def fit_arguments(self, batch_size: int, seed: int) -> dict[str, Any]:
        """The arguments of `model.fit` where a tuner of KerasTuner calls it."""
        return {
            "x": self.batches(batch_size, seed=seed, start=0),
            "steps_per_epoch": self.num_batches(batch_size),
            "shuffle": False,  # the dataset shuffles
        }
