# SPDX-License-Identifier: Apache-2.0
"""SPACE, the table of what can be tuned."""

from dataclasses import dataclass
from typing import Any

from keras_rnn.models import Training
from keras_rnn.tuning.search_space.ranges import Range


@dataclass(frozen=True)
class Entry:
    """One setting that can be tuned.

    Attributes:
        values: List to choose from, or Range; None if only the task or LAYERS
            knows the values.
        default: The value where the entry is not tuned.
        min_layers: The entry exists in models of at least so many layers.
        forecast: Whether the entry exists only for forecasts of frames.
        recurrent_kernel: Whether it exists only for cells that have one.
    """

    values: list[Any] | Range | None
    default: Any
    min_layers: int = 1
    forecast: bool = False
    recurrent_kernel: bool = False


#: The entries of a training have the defaults of `Training`.
TRAINING = Training()

#: Name -> Entry, in the order in which they are declared: parents first.
SPACE: dict[str, Entry] = {
    "cell": Entry(None, "lstm"),
    "layers": Entry(Range(1, 3), 1),
    "residual": Entry([False, True], False, min_layers=2),
    "units": Entry(Range(8, 128, step=2, log=True), 32),
    "bidirectional": Entry([False, True], False),
    "dropout": Entry(Range(0.0, 0.5, step=0.1), 0.0),
    "recurrent_dropout": Entry(
        Range(0.0, 0.5, step=0.1), 0.0, recurrent_kernel=True
    ),
    "normalization": Entry(["none", "layer", "batch"], "none"),
    "learning_rate": Entry(Range(1e-4, 1e-2, log=True), TRAINING.learning_rate),
    "global_clipnorm": Entry([0.1, 1.0, 10.0], TRAINING.global_clipnorm),
    "batch_size": Entry([16, 32, 64, 128], TRAINING.batch_size),
    "epochs": Entry([10, 20, 40, 80], TRAINING.epochs),
    "lookback": Entry(None, None, forecast=True),
    "strategy": Entry(None, None, forecast=True),
    "representation": Entry(["level", "change"], None, forecast=True),
    "calendar": Entry(None, None, forecast=True),
}
#: The values of entries that None removes; other entries take their default.
OFF = {"global_clipnorm": 0.0}
