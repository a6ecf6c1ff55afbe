# SPDX-License-Identifier: Apache-2.0
"""Refuses binary labels outside of 0 .. 1 before a loss reads them.

The binary cross-entropy of 2, of −1 or of NaN is a number without a meaning,
or NaN, and a model would train on it without an error.
"""

from typing import Any

import keras
import numpy as np

from keras_rnn._types import ArrayLike

#: What errors call the labels, and the remedy.
WORDS = (
    "Binary labels",
    "Label the positive class 1 and the other one 0; padding may have either "
    "where a mask or sample_weight leaves it out.",
)


def are_read_by(model: keras.Model) -> bool:
    """Whether the loss of a model reads binary labels.

    Args:
        model: A functional `keras.Model`.
    """
    # A model that was not compiled has no loss.
    losses = keras.tree.flatten(getattr(model, "loss", None))
    if keras.tree.is_nested(model.output) or len(losses) != 1:
        return False
    (loss,) = losses
    name = loss if isinstance(loss, str) else _name(loss)
    name = name.replace("_", "").lower()
    return name in ("binarycrossentropy", "binaryfocalcrossentropy")


def _name(loss: Any) -> str:
    return getattr(loss, "__name__", type(loss).__name__)


def check(targets: ArrayLike) -> None:
    """Raises a ValueError unless all labels lie in 0 .. 1.

    Args:
        targets: Array.
    """
    values = np.asarray(targets)
    if values.dtype.kind not in "biuf":
        raise ValueError(
            f"{WORDS[0]} must be numbers from 0 to 1. Received: targets of "
            f"dtype {values.dtype}. {WORDS[1]}"
        )
    wrong = ~((values >= 0) & (values <= 1))  # true of NaN, too
    if wrong.any():
        raise ValueError(
            f"{WORDS[0]} must lie in 0 .. 1. Received: "
            f"{values[wrong].flat[0]} in the targets. {WORDS[1]}"
        )
