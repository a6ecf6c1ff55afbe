# SPDX-License-Identifier: Apache-2.0
"""Every value of a space, tried before any trial: it builds what it is for."""

from keras_rnn.forecasting import Training
from keras_rnn.models import Stack
from keras_rnn.tuning.search_space.ranges import ends
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
TRAINING = ("learning_rate", "clipnorm", "batch_size", "epochs")


def stack_settings(settings):
    """The arguments of `Stack` in the settings of a model."""
    chosen = {name: settings[name] for name in STACK}
    # Built over several layers, a string stands for all of them.
    if settings["normalization"] != "none":
        chosen["normalization"] = settings["normalization"]
    return chosen


def check_values(task, space):
    """Builds what each value of each entry is a setting of.

    Args:
        task: Forecast, Arrays or Batches.
        space: Name of an entry -> value, list or Range.

    Raises:
        ValueError: If a value cannot be; it names the entry and the value.
    """
    usual = {name: entry.default for name, entry in SPACE.items()}
    usual |= task.entries()
    for name, values in space.items():
        for value in ends(values):
            try:
                _build(task, usual | {name: value}, name)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"The entry `{name}` of the space holds {value!r}. {error}"
                ) from error


def _build(task, settings, name):
    """Builds the one object that an entry is a setting of."""
    if SPACE[name].forecast:
        task.check_settings(settings)
    elif name in TRAINING:
        chosen = {key: settings[key] for key in TRAINING}
        # No clipping is 0 in a space, so that it can be one of several.
        Training(**chosen | {"clipnorm": chosen["clipnorm"] or None})
    else:
        layers = max(settings["layers"], SPACE[name].min_layers)
        units = [settings["units"]] * layers
        Stack(**stack_settings({**settings, "units": units}))
