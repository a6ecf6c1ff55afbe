# SPDX-License-Identifier: Apache-2.0
"""Refuses class ids that a model does not know before a loss reads them.

At ids beyond the classes TensorFlow stops inside of a graph on a CPU, and
makes the loss NaN on a GPU; JAX ignores them. All backends cut fractions off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_rnn._types import Array
from keras_rnn.engine import backend
from keras_rnn.models.checked import answers
from keras_rnn.models.checked.values import Values
from keras_rnn.models.heads.contract import Answers

#: What errors call the ids, and the remedy.
WORDS = (
    "Class ids",
    "Number the classes from 0; padding may be of any class where a mask or "
    "sample_weight leaves it out.",
)


@dataclass(frozen=True)
class ClassIds(Values):
    """The class ids that the loss of a model reads.

    Attributes:
        num_classes: How many classes there are.
        or_one_hot: Whether the loss takes one-hot targets as well.
        ignored: A class id that the loss ignores, which may be outside of the
            classes; None if it ignores none.
    """

    num_classes: int
    or_one_hot: bool
    ignored: int | None = None

    def check(self, x: Any, y: Array, entry_by_entry: bool) -> None:
        if entry_by_entry and self.or_one_hot:
            return
        if entry_by_entry or y.dtype.kind not in "biuf":
            raise ValueError(
                f"The loss reads class ids, 0 .. {self.num_classes - 1}. "
                f"Received: targets of shape {y.shape}, dtype "
                f"{y.dtype}. Number the classes from 0, or use "
                "loss='categorical_crossentropy' for one-hot targets."
            )
        beyond = (y < 0) | (y >= self.num_classes)
        wrong = beyond | (y != np.floor(y))  # true of NaN, too
        if self.ignored is not None:
            wrong &= y != self.ignored
        if wrong.any():
            called, remedy = WORDS
            raise ValueError(
                f"{called} must lie in 0 .. {self.num_classes - 1}. Received: "
                f"{y[wrong].flat[0]} in the targets. {remedy}"
            )

    def asserted(
        self,
        dataset: Any,
        tensors_of: Callable[[Any], list[Any]],
        entry_by_entry: bool,
    ) -> Any:
        if entry_by_entry:
            return dataset
        return backend.asserting_ids(
            dataset, tensors_of, self.num_classes, WORDS, self.ignored
        )


def read_by(model: keras.Model) -> ClassIds | None:
    """The class ids that the loss of a model reads.

    Args:
        model: A functional `keras.Model`.

    Returns:
        `ClassIds`, or None if the loss reads something else.
    """
    # A model that was not compiled has no loss.
    losses = keras.tree.flatten(getattr(model, "loss", None))
    output = model.output
    if keras.tree.is_nested(output) or len(losses) != 1:
        return None
    (loss,) = losses
    # For these names Keras chooses a loss by the shape of the targets.
    by_shape = isinstance(loss, str) and loss in ("crossentropy", "ce")
    if (
        not (by_shape or _is_sparse(loss))
        or answers.kind_of(output) is not Answers.CLASSES
    ):
        return None
    ignored = getattr(loss, "ignore_class", None)
    return ClassIds(output.shape[-1], by_shape, ignored)


def _is_sparse(loss: Any) -> bool:
    if isinstance(loss, str):
        return loss in (
            "sparse_categorical_crossentropy",
            "SparseCategoricalCrossentropy",
        )
    return (
        isinstance(loss, keras.losses.SparseCategoricalCrossentropy)
        or loss is keras.losses.sparse_categorical_crossentropy
    )
