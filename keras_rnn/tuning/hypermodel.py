# SPDX-License-Identifier: Apache-2.0
"""RecurrentHyperModel: a task and a space, as KerasTuner takes them."""

import functools
import json
from typing import Any

import keras
import keras_tuner

from keras_rnn import _validation as validate
from keras_rnn.models import Stack, Training, seeded
from keras_rnn.tuning.folds import CrossValidation
from keras_rnn.tuning.objectives import (
    Computed,
    ScoreInUnits,
    asked_of,
    check_data,
    check_scaled,
    check_single,
)
from keras_rnn.tuning.problems.arrays import Arrays
from keras_rnn.tuning.problems.base import FoldData, Settings, Task
from keras_rnn.tuning.problems.batches import Batches
from keras_rnn.tuning.problems.frame import Forecast
from keras_rnn.tuning.problems.frame_fold import ForecastFold
from keras_rnn.tuning.search_space.equal_size import (
    count_weights,
    matched_units,
)
from keras_rnn.tuning.search_space.space import Space
from keras_rnn.tuning.search_space.values import (
    TRAINING,
    check_values,
    stack_settings,
    training_of,
)


class RecurrentHyperModel(keras_tuner.HyperModel):
    """Recurrent models of a task, for any tuner of KerasTuner.

    The table `keras_rnn.tuning.SPACE` says what is tuned; keywords fix, narrow
    or remove its entries. Entries that exist only in some trials, such as the
    units of layer 3, are declared as such. A tuner may choose by "val_loss",
    by "val_accuracy" of classes, or by "val_mae" of numbers. For a forecast of
    one series "val_mae" is in the units of the data, whatever the
    representation; for one of many series it is relative to the naive method.

    Args:
        task: Forecast, Arrays or Batches.
        match_parameters: Number of weights that every model comes closest to
            by its units, so that cells compete at equal size; None tunes the
            units.
        **space: Name of an entry -> one value (fixes it), a list or a Range
            (narrows it), or None (removes it).

    Raises:
        TypeError: If `task` is of another type.
        ValueError: If an entry or a cell is unknown, if a value is impossible,
            or if units are given along with `match_parameters`.

    Example:
        ```python
        hypermodel = RecurrentHyperModel(
            Forecast(frame, Columns("sales"), Windows(lookback=24, horizon=6)),
            cell=["lstm", "jordan"], layers=2, dropout=None, epochs=20,
        )
        tuner = keras_tuner.RandomSearch(
            hypermodel, objective="val_mae", max_trials=20
        )
        tuner.search()  # the task brings the data
        ```
    """

    task: Task
    match_parameters: int | None
    space: Space

    def __init__(
        self, task: Task, *, match_parameters: int | None = None, **space: Any
    ) -> None:
        super().__init__()
        validate.instance(
            "task",
            task,
            (Forecast, Arrays, Batches),
            "Use Forecast(frame, Columns('sales'), Windows(lookback=24, "
            "horizon=6)), or Arrays(x, y, Regression()).",
        )
        self._set(task, match_parameters, Space.of(task, space))
        if match_parameters is not None and "units" in space:
            raise ValueError(
                "The units follow from `match_parameters`. Received: both "
                f"match_parameters={match_parameters} and "
                f"units={space['units']!r}. Leave one of them out."
            )

    @classmethod
    def fixed(
        cls, task: Task, match_parameters: int | None = None, **space: Any
    ) -> "RecurrentHyperModel":
        """A hypermodel that tunes only the entries that are named.

        Args:
            task: As of the class.
            match_parameters: As of the class.
            **space: As of the class; other entries have the defaults of the
                table.

        Returns:
            A RecurrentHyperModel.
        """
        hypermodel = cls(task, match_parameters=match_parameters, **space)
        hypermodel._set(
            task, match_parameters, Space.of(task, space, tune=False)
        )
        return hypermodel

    def _set(
        self, task: Task, match_parameters: int | None, space: Space
    ) -> None:
        if match_parameters is not None:
            validate.positive_int("match_parameters", match_parameters)
        check_values(task, space)
        self.task = task
        self.match_parameters = match_parameters
        self.space = space
        self._matched = functools.lru_cache(maxsize=None)(self._match)

    def choices(self, hp: keras_tuner.HyperParameters) -> Settings:
        """The choices of a trial, before the units are matched.

        Args:
            hp: keras_tuner.HyperParameters of the trial.

        Returns:
            Name of an entry -> value.
        """
        matched = self.match_parameters is not None
        return self.space.declare(hp, matched)

    def settings(self, choices: Settings) -> Settings:
        """The settings of the model of a trial.

        Args:
            choices: What `choices` returned.

        Returns:
            Name of an entry -> value. "units" is a list with one width per
            layer, and texts are replaced by the objects they stand for.
        """
        settings = self.space.meant(choices)
        if choices["units"] is None:
            without = (*TRAINING, "units")  # no part of the shape of a model
            shape = {k: v for k, v in choices.items() if k not in without}
            units = self._matched(json.dumps(shape))
            settings["units"] = [units] * choices["layers"]
        return settings

    def _match(self, shape: str) -> int:
        """The units that match the number of weights.

        Args:
            shape: The choices that the number depends on, as JSON, which
                can be a key of the cache.
        """
        choices = json.loads(shape)
        settings = self.space.meant(choices)
        data = self.task.all_data(settings)

        def weights(units: int) -> int:
            widths = {"units": [units] * settings["layers"]}
            stack = Stack(**stack_settings(settings | widths))
            with seeded(0):  # the model is counted, and thrown away
                return count_weights(data.network(stack))

        return matched_units(
            weights,
            # Units are matched only where a number of weights is given.
            self.match_parameters,  # pyright: ignore[reportArgumentType]
            repr(settings["cell"]),
        )

    def compiled(
        self,
        settings: Settings,
        data: FoldData | None = None,
        metrics: list[str] | None = None,
    ) -> keras.Model:
        """The model of some settings, ready to be trained.

        Args:
            settings: What `settings` returned.
            data: The data to train on; None for all data of the task.
            metrics: Names of metrics of Keras; None for those that the task
                is judged by.
        """
        if metrics is None:
            judged = self.task.score_name == "accuracy"
            metrics = ["accuracy"] if judged else []
        data = self.task.all_data(settings) if data is None else data
        model = data.network(Stack(**stack_settings(settings)))
        self.training(settings).compile(model, self.task.head, metrics=metrics)
        # KerasTuner loads the weights of a trained model into a new one. Those
        # of the optimizer only load into an optimizer that is built.
        model.optimizer.build(model.trainable_variables)
        return model

    def training(self, settings: Settings) -> Training:
        """The `Training` of some settings, with the loss of the task."""
        return training_of(settings, self.task.loss)

    def own_values(self) -> dict[str, list[Any]]:
        """The entries that the task adds: name -> values, of a Range its ends.

        They are in the form in which `Task.check_folds` takes them.
        """
        return {name: self.space.ends(name) for name in self.task.entries()}

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The compiled model of a trial, with the metrics that tuners read."""
        settings = self.settings(self.choices(hp))
        metrics = self.task.head.metrics
        names = [name for name in metrics if isinstance(name, str)]
        return self.compiled(settings, metrics=names)

    def fit(
        self,
        hp: keras_tuner.HyperParameters,
        model: keras.Model,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Trains a model: on the task's last fold, unless data is given.

        Args:
            hp: keras_tuner.HyperParameters of the trial.
            model: What `build` returned.
            *args: Arguments of `tuner.search`, for `model.fit`.
            **kwargs: More arguments of `tuner.search`, for `model.fit`. Epochs
                and batch size follow from the trial unless they are given.

        Returns:
            The history of `model.fit`.

        Raises:
            FatalValueError: If there are several objectives, if the one is not
                computed, or if it compares trials in different units. No other
                trial is begun.
        """
        settings = self.settings(self.choices(hp))
        kwargs.setdefault("epochs", settings["epochs"])
        callbacks = kwargs.pop("callbacks", None) or []
        asked = asked_of(callbacks)
        own: list[keras.callbacks.Callback] = []
        check_single(asked)
        check_scaled(asked, self.space)
        brought = not args and "x" not in kwargs
        check_data(kwargs, brought, self.space.tuned)
        if brought:
            data = self._last_fold(settings)
            kwargs |= data.fit_arguments(settings["batch_size"], seed=0)
            kwargs["validation_data"] = data.validation_data()
            if isinstance(data, ForecastFold):
                own.append(ScoreInUnits(data))
        elif not hasattr(args[0] if args else kwargs["x"], "element_spec"):
            kwargs.setdefault("batch_size", settings["batch_size"])
        # Keras calls them in this order, and KerasTuner's read the logs.
        own.append(Computed(asked))
        return model.fit(*args, callbacks=[*own, *callbacks], **kwargs)

    def _last_fold(self, settings: Settings) -> FoldData:
        """The data of a trial where none is given."""
        validation = CrossValidation()
        try:
            self.task.check_folds(validation, self.own_values())
        except ValueError as error:  # so would every other trial
            raise keras_tuner.errors.FatalValueError(str(error)) from error
        last = self.task.folds(validation)[-1]
        return self.task.fold_data(settings, last)
