# SPDX-License-Identifier: Apache-2.0
"""RecurrentHyperModel: a task and a space, as KerasTuner takes them."""

import functools
import json

import keras
import keras_tuner

from keras_rnn import _validation as validate
from keras_rnn.models import Stack, many_to_one, seeded
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
from keras_rnn.tuning.problems.batches import Batches
from keras_rnn.tuning.problems.frame import Forecast
from keras_rnn.tuning.search_space.equal_size import (
    count_weights,
    matched_units,
)
from keras_rnn.tuning.search_space.ranges import ends
from keras_rnn.tuning.search_space.table import Space
from keras_rnn.tuning.search_space.values import (
    TRAINING,
    check_values,
    stack_settings,
)


class RecurrentHyperModel(keras_tuner.HyperModel):
    """Recurrent models of a task, for any tuner of KerasTuner.

    What is tuned is the table `keras_rnn.tuning.SPACE`; each entry can be
    fixed, narrowed or removed by keyword. Entries that exist only sometimes
    (the units of layer 3) are declared so. A tuner may choose by "val_loss",
    by "val_accuracy" of classes, or by "val_mae" of numbers: of forecasts that
    is in the units of the data, whatever the scaling.

    Args:
        task: Forecast, Arrays or Batches.
        match_parameters: Number of weights; the units of all layers then
            follow from it, and cells compete at equal size.
        **space: Name of an entry -> one value (fixes it), a list or a Range
            (narrows it), or None (removes it).

    Raises:
        TypeError: If `task` is of another type.
        ValueError: If an entry, a cell or one of the values is unknown or
            cannot be, or units are given along with `match_parameters`.

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

    def __init__(self, task, *, match_parameters=None, **space):
        super().__init__()
        validate.instance("task", task, (Forecast, Arrays, Batches))
        self._set(task, match_parameters, Space.of(task, space))
        if match_parameters is not None and "units" in space:
            raise ValueError(
                "The units follow from `match_parameters`. Received: both "
                f"match_parameters={match_parameters} and "
                f"units={space['units']!r}. Leave one of them out."
            )

    @classmethod
    def fixed(cls, task, match_parameters=None, **space):
        """The same, with every entry fixed that is not named.

        Args:
            task: Forecast, Arrays or Batches.
            match_parameters: As above.
            **space: As above; other entries keep the defaults of the table.

        Returns:
            A RecurrentHyperModel.
        """
        hypermodel = cls(task, match_parameters=match_parameters, **space)
        hypermodel._set(
            task, match_parameters, Space.of(task, space, tune=False)
        )
        return hypermodel

    def _set(self, task, match_parameters, space):
        if match_parameters is not None:
            validate.positive_int("match_parameters", match_parameters)
        check_values(task, space.entries)
        self.task = task
        self.match_parameters = match_parameters
        self.space = space
        self._matched = functools.lru_cache(maxsize=None)(self._match)

    def choices(self, hp):
        """What a trial chose, before the units are matched.

        Args:
            hp: keras_tuner.HyperParameters.

        Returns:
            Name of an entry -> value.
        """
        matched = self.match_parameters is not None
        return self.space.declare(hp, matched)

    def settings(self, choices):
        """Settings of a model, from what a trial chose.

        Args:
            choices: What `choices` returned.

        Returns:
            The same with units: a list, one width a layer.
        """
        if choices["units"] is not None:
            return choices
        without = (*TRAINING, "units")  # no part of the shape of a model
        shape = {k: v for k, v in choices.items() if k not in without}
        units = self._matched(json.dumps(shape))
        return {**choices, "units": [units] * choices["layers"]}

    def _match(self, shape):
        settings = json.loads(shape)

        def weights(units):
            widths = [units] * settings["layers"]
            with seeded(0):  # the model is counted, and thrown away
                return count_weights(self.model({**settings, "units": widths}))

        return matched_units(
            weights, self.match_parameters, repr(settings["cell"])
        )

    def model(self, settings):
        """The uncompiled model of some settings."""
        inputs, head = self.task.shape(settings)
        return many_to_one(Stack(**stack_settings(settings)), inputs, head)

    def compiled(self, settings, metrics=None):
        """The model of some settings, ready to be trained.

        Args:
            settings: What `settings` returned.
            metrics: Metrics of Keras; None: what the task is judged by.
        """
        if metrics is None:
            judged = self.task.score_name == "accuracy"
            metrics = ["accuracy"] if judged else []
        model = self.model(settings)
        model.compile(
            keras.optimizers.Adam(
                settings["learning_rate"], clipnorm=settings["clipnorm"] or None
            ),
            loss=self.task.training_loss,
            metrics=metrics,
        )
        # KerasTuner loads weights into a new model: without slots of its own
        # the optimizer's would not load.
        model.optimizer.build(model.trainable_variables)
        return model

    def build(self, hp):
        """The compiled model of a trial, with what tuners choose by."""
        settings = self.settings(self.choices(hp))
        metrics = self.task.head.metrics
        names = [name for name in metrics if isinstance(name, str)]
        return self.compiled(settings, names)

    def fit(self, hp, model, *args, **kwargs):
        """Trains a model: on the task's last fold, unless data is given.

        Args:
            hp: keras_tuner.HyperParameters.
            model: What `build` returned.
            *args: Of `tuner.search`, for `model.fit`.
            **kwargs: Likewise; epochs and batch size follow from the trial
                unless they are given.

        Returns:
            The history of `model.fit`.

        Raises:
            FatalValueError: If there are several objectives, or the one is
                not computed, or compares trials in different units; no other
                trial is begun.
        """
        settings = self.choices(hp)
        kwargs.setdefault("epochs", settings["epochs"])
        callbacks = kwargs.pop("callbacks", None) or []
        asked, own = asked_of(callbacks), []
        check_single(asked)
        check_scaled(asked, ends(self.space.entries.get("scaling")))
        brought = not args and "x" not in kwargs
        check_data(kwargs, brought, self.space.tuned)
        if brought:
            data = self._last_fold(settings)
            kwargs |= data.fit_arguments(settings["batch_size"], seed=0)
            kwargs["validation_data"] = data.validation_data()
            if isinstance(self.task, Forecast):
                own.append(ScoreInUnits(data))
        elif not hasattr(args[0] if args else kwargs["x"], "element_spec"):
            kwargs.setdefault("batch_size", settings["batch_size"])
        # Keras calls them in this order, and KerasTuner's read the logs.
        own.append(Computed(asked))
        return model.fit(*args, callbacks=[*own, *callbacks], **kwargs)

    def _last_fold(self, settings):
        """What a trial trains on and is judged by where no data is given."""
        validation = CrossValidation()
        try:
            self.task.check_folds(validation, self.space.entries)
        except ValueError as error:  # so would every other trial
            raise keras_tuner.errors.FatalValueError(str(error)) from error
        last = self.task.folds(validation)[-1]
        return self.task.fold_data(settings, last)
