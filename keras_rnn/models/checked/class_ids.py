# SPDX-License-Identifier: Apache-2.0
"""Class ids that a model does not know, refused before its loss reads them.

On a CPU TensorFlow stops in the midst of a graph at ids beyond the classes; on
a GPU the loss is NaN, on JAX such an id counts for nothing. Fractions are cut
off everywhere.
"""

from typing import NamedTuple

import keras
import numpy as np

from keras_rnn.models.checked import answers
from keras_rnn.models.heads.contract import Answers

#: What they are called in errors, and the remedy.
WORDS = (
    "Class ids",
    "Number the classes from 0; padding may be of any class where a mask or "
    "sample_weight leaves it out.",
)


class ClassIds(NamedTuple):
    """What the loss of a model reads.

    Attributes:
        number: How many classes there are.
        or_one_hot: Whether the loss takes one-hot targets as well.
        ignored: A class id that it leaves out, known or not; or None.
    """

    number: int
    or_one_hot: bool
    ignored: int | None = None

    def check(self, targets, one_hot):
        """Raises a ValueError unless all class ids are whole and known.

        Args:
            targets: Array.
            one_hot: Whether its last axis is that of the classes.
        """
        values = np.asarray(targets)
        if one_hot and self.or_one_hot:
            return
        if one_hot or values.dtype.kind not in "biuf":
            raise ValueError(
                f"The loss reads class ids, 0 .. {self.number - 1}. Received: "
                f"targets of shape {values.shape}, dtype {values.dtype}. "
                "Number the classes from 0, or use "
                "loss='categorical_crossentropy' for one-hot targets."
            )
        beyond = (values < 0) | (values >= self.number)
        wrong = beyond | (values != np.floor(values))  # NaN equals nothing
        if self.ignored is not None:
            wrong &= values != self.ignored
        if wrong.any():
            called, remedy = WORDS
            raise ValueError(
                f"{called} must lie in 0 .. {self.number - 1}. Received: "
                f"{values[wrong].flat[0]} in the targets. {remedy}"
            )


def read_by(model):
    """What the loss of a model reads.

    Args:
        model: A functional `keras.Model`.

    Returns:
        `ClassIds`, or None where it reads something else.
    """
    # A model that was not compiled has no loss.
    losses = keras.tree.flatten(getattr(model, "loss", None))
    output = model.output
    if keras.tree.is_nested(output) or len(losses) != 1:
        return None
    (loss,) = losses
    # Keras chooses this one when it sees the targets.
    by_shape = isinstance(loss, str) and loss in ("crossentropy", "ce")
    if (
        not (by_shape or _is_sparse(loss))
        or answers.kind_of(output) is not Answers.CLASSES
    ):
        return None
    ignored = getattr(loss, "ignore_class", None)
    return ClassIds(output.shape[-1], by_shape, ignored)


def _is_sparse(loss):
    if isinstance(loss, str):
        return loss in (
            "sparse_categorical_crossentropy",
            "SparseCategoricalCrossentropy",
        )
    return (
        isinstance(loss, keras.losses.SparseCategoricalCrossentropy)
        or loss is keras.losses.sparse_categorical_crossentropy
    )
