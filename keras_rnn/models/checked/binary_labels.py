# SPDX-License-Identifier: Apache-2.0
"""Refuses binary labels and pixels outside of 0 .. 1 before a loss reads them.

The binary cross-entropy of 2, of −1 or of NaN is a number without a meaning,
or NaN, and a model would train on it without an error. No sigmoid reaches a
pixel of 255, whatever the loss.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from keras_rnn._types import Array
from keras_rnn.engine import backend
from keras_rnn.models.checked.values import Values
from keras_rnn.models.heads.next_frame import NextFrame


@dataclass(frozen=True)
class Shares(Values):
    """Targets that must lie in 0 .. 1.

    Attributes:
        called: What errors call them.
        remedy: What errors advise.
    """

    called: str
    remedy: str

    def check(self, x: Any, y: Array, entry_by_entry: bool) -> None:
        if y.dtype.kind not in "biuf":
            raise ValueError(
                f"{self.called} must be numbers from 0 to 1. Received: targets "
                f"of dtype {y.dtype}. {self.remedy}"
            )
        wrong = ~((y >= 0) & (y <= 1))  # true of NaN, too
        if wrong.any():
            raise ValueError(
                f"{self.called} must lie in 0 .. 1. Received: "
                f"{y[wrong].flat[0]} in the targets. {self.remedy}"
            )

    def asserted(
        self,
        dataset: Any,
        tensors_of: Callable[[Any], list[Any]],
        entry_by_entry: bool,
    ) -> Any:
        return backend.asserting_shares(
            dataset, tensors_of, (self.called, self.remedy)
        )


LABELS = Shares(
    "Binary labels",
    "Label the positive class 1 and the other one 0; padding may have either "
    "where a mask or sample_weight leaves it out.",
)
PIXELS = Shares(
    "Pixels of the frames to predict",
    "Scale them, as with frames / 255; the model predicts shares of the "
    "brightest.",
)


def read_by(model: keras.Model) -> Shares | None:
    """What checks the targets of a model if they must lie in 0 .. 1.

    Args:
        model: A functional `keras.Model`.

    Returns:
        `LABELS` or `PIXELS`; None if the targets may be other numbers.
    """
    if keras.tree.is_nested(model.output):
        return None
    # A loaded model knows its head by this name alone.
    if model.output._keras_history.operation.name == NextFrame.layer_name:
        return PIXELS
    return LABELS if _loss_is_binary(model) else None


def _loss_is_binary(model):
    # A model that was not compiled has no loss.
    losses = keras.tree.flatten(getattr(model, "loss", None))
    if len(losses) != 1:
        return False
    (loss,) = losses
    name = loss if isinstance(loss, str) else _name(loss)
    name = name.replace("_", "").lower()
    return name in ("binarycrossentropy", "binaryfocalcrossentropy")


def _name(loss: Any) -> str:
    return getattr(loss, "__name__", type(loss).__name__)
