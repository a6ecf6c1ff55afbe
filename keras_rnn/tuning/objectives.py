# SPDX-License-Identifier: Apache-2.0
"""What KerasTuner is to make small or large, and what is computed for it."""

import keras
import keras_tuner
from keras_tuner.errors import FatalValueError

#: Of an oracle that was told none.
DEFAULT = "default_objective"
#: Logs in the units of what the network sees of its targets.
SCALED = ("loss", "val_loss")


def check_oracle(oracle, task):
    """Raises an error unless an oracle chooses by the score of a task.

    Args:
        oracle: keras_tuner.Oracle.
        task: Forecast, Arrays or Batches.

    Raises:
        TypeError: If it is no oracle.
        ValueError: If it has two objectives, or another than the score.
    """
    score = task.score_name.lower()
    names = {score, f"val_{score}"}
    loss = task.training_loss
    if score == "loss" and isinstance(loss, str):
        names |= {loss, f"val_{loss}"}
    told = names_of(oracle.objective)
    agrees = oracle.objective.direction == task.direction
    if told == [DEFAULT] or (len(told) == 1 and told[0] in names and agrees):
        return
    raise ValueError(
        f"A sweep is judged by one score, {task.score_name}, and the "
        f'direction is "{task.direction}". Received: an oracle with '
        f"{oracle.objective}. Leave `objective` out of the oracle."
    )


def names_of(objective):
    """The names in an objective of KerasTuner, which may be several."""
    several = getattr(objective, "objectives", [objective])
    return [one.name for one in several]


def asked_of(callbacks):
    """What the tuner that brings these callbacks is to optimize.

    Returns:
        List of names; empty outside of a search.
    """
    for callback in callbacks:
        objective = getattr(callback, "objective", None)
        if isinstance(objective, keras_tuner.Objective):
            return names_of(objective)
    return []


def check_single(asked):
    """Ends a search that KerasTuner would judge by a sum of its objectives.

    Args:
        asked: What `asked_of` returned.

    Raises:
        FatalValueError: If there are several.
    """
    if len(asked) > 1:
        raise FatalValueError(
            "A search is judged by one objective: several would be added up, "
            f"each in units of its own. Received: {asked}. Pass one of them as "
            "`objective`."
        )


def check_scaled(asked, scalings):
    """Ends a search whose trials would be compared in different units.

    Args:
        asked: What `asked_of` returned.
        scalings: Values of the entry "scaling".

    Raises:
        FatalValueError: If there are several, and the objective is a loss.
    """
    scaled = [name for name in asked if name in SCALED]
    if scaled and len(scalings) > 1:
        raise FatalValueError(
            f"The objective {scaled[0]!r} is in units of its own in each "
            f"scaling. Received: scaling={scalings!r}. Pass "
            'objective="val_mae", which is in the units of the data, or fix '
            "`scaling`."
        )


def check_data(kwargs, brought, tuned):
    """Ends a search whose task and data do not go together.

    Args:
        kwargs: Of `model.fit`, from `tuner.search`.
        brought: Whether the task brings the data.
        tuned: Names of the entries that are tuned.

    Raises:
        FatalValueError: If validation data alone is given, or data to which
            an entry that is tuned makes no difference.
    """
    if brought and "validation_data" in kwargs:
        raise FatalValueError(
            "The task brings the data of training and validation. Received: "
            "`validation_data` without `x`. Give both or neither."
        )
    without_use = [n for n in ("lookback", "scaling") if n in tuned]
    if not brought and without_use:
        raise FatalValueError(
            f"Data that is given is cut and scaled already. Received: data, "
            f"and {without_use[0]!r} to be tuned. Call `tuner.search()` "
            "without data, or fix the entry."
        )


class ScoreInUnits(keras.callbacks.Callback):
    """Adds "val_mae" to the logs, in the units of the data.

    Args:
        fold: What is trained on and judged by; its `score` is in these units.
    """

    def __init__(self, fold):
        super().__init__()
        self.fold = fold

    def on_epoch_end(self, epoch, logs):
        logs.pop("mae", None)  # that of the training is in others
        logs["val_mae"] = self.fold.score(self.model)


class Computed(keras.callbacks.Callback):
    """Ends a search whose objective is not among the logs of an epoch.

    Args:
        asked: What `asked_of` returned.
    """

    def __init__(self, asked):
        super().__init__()
        self.asked = asked

    def on_epoch_end(self, epoch, logs):
        for name in self.asked:
            if name not in logs:
                raise FatalValueError(
                    f"The objective {name!r} is not computed. Received: "
                    f"{', '.join(map(repr, logs))} after an epoch. Pass one of "
                    "these as `objective`."
                )
