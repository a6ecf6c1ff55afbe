# SPDX-License-Identifier: Apache-2.0
"""Checks the objectives of KerasTuner, and computes what they name."""

from collections.abc import Iterable
from typing import Any

import keras
import keras_tuner
from keras_tuner.errors import FatalValueError

from keras_rnn.tuning.problems.base import Task
from keras_rnn.tuning.problems.frame_fold import ForecastFold
from keras_rnn.tuning.search_space.space import Space
from keras_rnn.tuning.search_space.table import SPACE

#: The name of the objective of an oracle that was given none.
DEFAULT = "default_objective"
#: Entries that say how the data of a forecast is cut, and what networks see.
FORECAST: tuple[str, ...] = tuple(
    name for name, entry in SPACE.items() if entry.forecast
)
#: Logs in the units in which networks see their targets.
SCALED = ("loss", "val_loss")


def check_oracle(oracle: keras_tuner.Oracle, task: Task) -> None:
    """Raises an error unless an oracle chooses by the score of a task.

    Args:
        oracle: keras_tuner.Oracle.
        task: Forecast, Arrays or Batches.

    Raises:
        ValueError: If it has two objectives, or another than the score.
    """
    score = task.score_name.lower()
    names = {score, f"val_{score}"}
    loss = task.training_loss
    if score == "loss" and isinstance(loss, str):
        names |= {loss, f"val_{loss}"}
    given = names_of(oracle.objective)
    agrees = oracle.objective.direction == task.direction
    if given == [DEFAULT] or (len(given) == 1 and given[0] in names and agrees):
        return
    raise ValueError(
        f"A sweep is judged by one score, {task.score_name}, and the "
        f'direction is "{task.direction}". Received: an oracle with '
        f"{oracle.objective}. Leave `objective` out of the oracle."
    )


def names_of(objective: Any) -> list[str]:
    """The names in an objective of KerasTuner, which may hold several."""
    several = getattr(objective, "objectives", [objective])
    return [one.name for one in several]


def asked_of(callbacks: Iterable[Any]) -> list[str]:
    """The names of what a tuner optimizes, read from its callbacks.

    Args:
        callbacks: The callbacks of `HyperModel.fit`.

    Returns:
        List of names; empty outside of a search.
    """
    for callback in callbacks:
        objective = getattr(callback, "objective", None)
        if isinstance(objective, keras_tuner.Objective):
            return names_of(objective)
    return []


def check_single(asked: list[str]) -> None:
    """Ends a search that KerasTuner would judge by a sum of its objectives.

    Args:
        asked: Names of the objectives, from `asked_of`.

    Raises:
        FatalValueError: If there are several.
    """
    if len(asked) > 1:
        raise FatalValueError(
            "A search is judged by one objective: several would be added up, "
            f"each in units of its own. Received: {asked}. Pass one of them as "
            "`objective`."
        )


def check_scaled(asked: list[str], space: Space) -> None:
    """Ends a search whose trials would be compared in different units.

    Args:
        asked: Names of the objectives, from `asked_of`.
        space: Space of the search.

    Raises:
        FatalValueError: If there are several representations, and the
            objective is a loss.
    """
    scaled = [name for name in asked if name in SCALED]
    if scaled and "representation" in space.tuned:
        representations = space.entries["representation"]
        raise FatalValueError(
            f"The objective {scaled[0]!r} is in units of its own in each "
            f"representation. Received: representation={representations!r}. "
            'Pass objective="val_mae", which is in the units of the data, or '
            "fix `representation`."
        )


def check_data(kwargs: dict[str, Any], brought: bool, tuned: list[str]) -> None:
    """Ends a search whose task and data do not go together.

    Args:
        kwargs: The arguments of `tuner.search` for `model.fit`.
        brought: Whether the task brings the data.
        tuned: Names of the entries that are tuned.

    Raises:
        FatalValueError: If only validation data is given, or an entry is tuned
            that makes no difference to the data that is given.
    """
    if brought and "validation_data" in kwargs:
        raise FatalValueError(
            "The task brings the data of training and validation. Received: "
            "`validation_data` without `x`. Give both or neither."
        )
    without_use = [n for n in FORECAST if n in tuned]
    if not brought and without_use:
        raise FatalValueError(
            f"Data that is given is cut and scaled already. Received: data, "
            f"and {without_use[0]!r} to be tuned. Call `tuner.search()` "
            "without data, or fix the entry."
        )


class ScoreInUnits(keras.callbacks.Callback):
    """Adds "val_mae" to the logs, in the units of the data.

    Args:
        fold: The fold that the model is trained on. Its `score` is in the
            units of the data; of many series, relative to the naive method's.
    """

    def __init__(self, fold: ForecastFold) -> None:
        super().__init__()
        self.fold = fold

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        logs.pop("mae", None)  # the training part's, in units of the network
        logs["val_mae"] = self.fold.score(self.model)


class Computed(keras.callbacks.Callback):
    """Ends a search whose objective is not among the logs of an epoch.

    Args:
        asked: Names of the objectives, from `asked_of`.
    """

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self.asked = asked

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        for name in self.asked:
            if name not in logs:
                raise FatalValueError(
                    f"The objective {name!r} is not computed. Received: "
                    f"{', '.join(map(repr, logs))} after an epoch. Pass one of "
                    "these as `objective`."
                )
