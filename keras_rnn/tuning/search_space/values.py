# SPDX-License-Identifier: Apache-2.0
"""Builds what settings stand for, and tries every value before any trial."""

from typing import Any

from keras_rnn.models import Stack, Training
from keras_rnn.tuning.problems.base import Settings, Task
from keras_rnn.tuning.search_space.space import Space
from keras_rnn.tuning.search_space.table import SPACE

#: Settings that `Stack` takes by the same name.
STACK = (
    "cell",
    "units",
    "bidirectional",
    "dropout",
    "recurrent_dropout",
    "residual",
)
#: Settings that `Training` takes by the same name.
TRAINING = ("learning_rate", "global_clipnorm", "batch_size", "epochs")


def stack_settings(settings: Settings) -> dict[str, Any]:
    """The arguments of `Stack` in the settings of a model."""
    chosen = {name: settings[name] for name in STACK}
    # In a space None removes an entry, so that "none" means no normalization.
    if settings["normalization"] != "none":
        chosen["normalization"] = settings["normalization"]
    return chosen


def training_of(settings: Settings, loss: Any = None) -> Training:
    """The `Training` in the settings of a model. It runs all of its epochs.

    The rows that judge a fold must not decide when its training stops.

    Args:
        settings: Name of an entry -> value.
        loss: A loss of Keras; None for the loss of the head.
    """
    chosen = {name: settings[name] for name in TRAINING}
    # No clipping is 0 in a space, so that it can be one of several.
    chosen["global_clipnorm"] = chosen["global_clipnorm"] or None
    return Training(patience=None, loss=loss, **chosen)


def check_values(task: Task, space: Space) -> None:
    """Builds what each value of each entry is a setting of.

    Args:
        task: Forecast, Arrays or Batches.
        space: The space of the search.

    Raises:
        ValueError: If a value is impossible; the error names the entry and
            the value.
    """
    usual = {name: entry.default for name, entry in SPACE.items()}
    usual |= task.entries()
    for name in space.entries:
        for value in space.ends(name):
            try:
                _build(task, usual | {name: value}, name)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"The entry `{name}` of the space holds {value!r}. {error}"
                ) from error


def _build(task: Task, settings: Settings, name: str) -> None:
    """Builds the one object that an entry is a setting of."""
    if SPACE[name].forecast:
        task.check_settings(settings)
    elif name in TRAINING:
        training_of(settings)
    else:
        layers = max(settings["layers"], SPACE[name].min_layers)
        units = [settings["units"]] * layers
        Stack(**stack_settings({**settings, "units": units}))
