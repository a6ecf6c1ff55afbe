# SPDX-License-Identifier: Apache-2.0
"""Arrays: what a search learns from arrays of sequences and answers."""

from dataclasses import KW_ONLY, dataclass
from typing import Any

import keras
import numpy as np

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data.cutting import datasets
from keras_rnn.models import Head, Sequences, Tokens
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.other_names import ARRAYS
from keras_rnn.tuning.problems.answers import (
    answers_of,
    warn_of_classes_in_order,
)
from keras_rnn.tuning.problems.base import Settings
from keras_rnn.tuning.problems.samples import SampleFold, Samples
from keras_rnn.tuning.problems.sequences import inputs_of, sequences_of


@_names.other_names("Arrays(x, y, Regression())", **ARRAYS)
@dataclass(frozen=True, eq=False)
class Arrays(Samples):
    """The task to answer each sequence in an array.

    Args:
        x: Sequences `(samples, time, features)`, or token ids
            `(samples, time)` with `inputs=Tokens(...)`.
        y: Answers, one per sample: numbers `(samples, horizon, num_targets)`,
            where axes of size 1 may be left out; 0 or 1, `(samples,)`; or
            numbers of classes, `(samples,)`.
        head: What a model says once per sequence: Regression, Binary,
            MultiClass or a distribution.
        inputs: Sequences or Tokens; None for Sequences of the shape of `x`.
        loss: A loss of Keras; None for the loss of the head. A loss of
            probabilities, such as "categorical_crossentropy", takes answers
            `(samples, num_classes)`.
        score_name: What models are judged by: `"loss"` or `"accuracy"`.
        ordered: Whether the samples are in order of time. If they are, folds
            are cut by rolling origin, so that no model is judged by a sample
            before those that it trained on. If not, any samples judge the
            others.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `x` and `y` differ in length or do not have the shapes
            that `inputs` and `head` state; or if a value is not a finite
            number, an id of the vocabulary or a class.

    Warns:
        UserWarning: If the samples are sorted by class, and so hardly in order
            of time.

    Example:
        >>> from keras_rnn.models import Regression
        >>> x, y = np.zeros((20, 5, 2), "float32"), np.zeros(20)
        >>> Arrays(x, y, Regression()).inputs.num_features
        2
    """

    x: Array
    y: Array
    head: Head
    _: KW_ONLY
    inputs: Sequences | Tokens | None = None
    loss: Any = None
    score_name: str = "loss"
    ordered: bool = True

    def __post_init__(self) -> None:
        x, y = np.asarray(self.x), np.asarray(self.y)
        validate.boolean("ordered", self.ordered)
        inputs = inputs_of(x) if self.inputs is None else self.inputs
        object.__setattr__(self, "inputs", inputs)
        self.check()
        x = sequences_of(x, inputs)
        if y.ndim == 0 or len(x) != len(y):
            raise ValueError(
                "`x` and `y` must hold equally many samples. Received: shapes "
                f"{x.shape} and {y.shape}. Give one answer per sample."
            )
        y = answers_of(y, self.head, self.training_loss)
        if self.ordered and self.head.horizon is None:
            warn_of_classes_in_order(y)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    def folds(self, validation: CrossValidation) -> list[Fold]:
        """The folds, as cuts of the samples."""
        cut = validation.rolling if self.ordered else validation.shuffled
        return cut(len(self.x))

    def fold_data(self, settings: Settings, fold: Fold) -> "ArrayFold":
        """The samples of one fold, to train on and to judge by."""
        train, held_out = fold.train, fold.validation
        return ArrayFold(
            self,
            (self.x[train], self.y[train]),
            (self.x[held_out], self.y[held_out]),
        )

    def all_data(self, settings: Settings) -> "ArrayFold":
        """All samples, which the best model trains on."""
        return ArrayFold(self, (self.x, self.y), None)


@dataclass(frozen=True, eq=False)
class ArrayFold(SampleFold):
    """Samples to train on, and samples to judge by.

    Args:
        task: The task whose fold it is.
        train: Sequences and answers to train on.
        judged: Sequences and answers to judge by; None for none.
    """

    task: Arrays
    train: tuple[Array, Array]
    judged: tuple[Array, Array] | None

    def num_batches(self, batch_size: int) -> int:
        return -(-len(self.train[0]) // batch_size)

    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        arrays = tuple(map(_as_keras, self.train))
        return datasets.epochs_of_arrays(
            arrays, batch_size, seed=seed, start=start
        )

    def validation_data(self) -> tuple[Array, Array] | None:
        return self.judged

    def score(self, model: keras.Model) -> float:
        """The loss, or the accuracy, of the samples that judge."""
        # They are None only where all samples train: nothing is scored there.
        x, y = self.judged  # pyright: ignore[reportGeneralTypeIssues]
        return self.evaluated(model, x=x, y=y, batch_size=256)


def _as_keras(values: Array) -> Array:
    """An array as Keras takes it: fractions in the precision of Keras."""
    if values.dtype.kind == "f":
        return values.astype(keras.backend.floatx())
    return values
