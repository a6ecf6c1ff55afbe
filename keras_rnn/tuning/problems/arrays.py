# SPDX-License-Identifier: Apache-2.0
"""What a search learns, if it has arrays."""

from dataclasses import KW_ONLY, dataclass

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.data.cutting import datasets
from keras_rnn.models import Head, Sequences, Tokens
from keras_rnn.tuning.problems.answers import (
    answers_of,
    warn_of_classes_in_order,
)
from keras_rnn.tuning.problems.samples import Samples, score
from keras_rnn.tuning.problems.sequences import inputs_of, sequences_of


@dataclass(frozen=True, eq=False)
class Arrays(Samples):
    """To answer sequences in an array.

    Args:
        x: Sequences `(samples, time, features)`, or token ids
            `(samples, time)` with `inputs=Tokens(...)`.
        y: Answers, one a sample: numbers `(samples, horizon, num_targets)`,
            or without the axes that are 1; 0 or 1; or numbers of classes
            `(samples,)`.
        head: What a model says once a sequence: Regression, Binary,
            MultiClass or a distribution.
        inputs: Sequences or Tokens; None: Sequences of the shape of `x`.
        loss: A loss of Keras; None: what fits the head. A loss of
            probabilities, such as "categorical_crossentropy", takes answers
            `(samples, num_classes)`.
        score_name: What is judged by: `"loss"` or `"accuracy"`.
        ordered: Whether the samples are in order of time: then folds are cut
            by rolling origin, and no later sample trains a model that an
            earlier one judges. False: any samples judge the others.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `x` and `y` differ in length, are not of the shape that
            `inputs` and `head` state, or hold what is no finite number, no id
            of the vocabulary or no class.

    Warns:
        UserWarning: If the samples are ordered by class rather than in time.

    Example:
        >>> from keras_rnn.models import Regression
        >>> x, y = np.zeros((20, 5, 2), "float32"), np.zeros(20)
        >>> Arrays(x, y, Regression()).inputs.num_features
        2
    """

    x: np.ndarray
    y: np.ndarray
    head: Head
    _: KW_ONLY
    inputs: Sequences | Tokens | None = None
    loss: str | None = None
    score_name: str = "loss"
    ordered: bool = True

    def __post_init__(self):
        x, y = np.asarray(self.x), np.asarray(self.y)
        validate.boolean("ordered", self.ordered)
        if self.inputs is None:
            object.__setattr__(self, "inputs", inputs_of(x))
        self.check()
        x = sequences_of(x, self.inputs)
        if y.ndim == 0 or len(x) != len(y):
            raise ValueError(
                "`x` and `y` must hold equally many samples. Received: shapes "
                f"{x.shape} and {y.shape}. Give one answer a sample."
            )
        y = answers_of(y, self.head, self.training_loss)
        if self.ordered and self.head.horizon is None:
            warn_of_classes_in_order(y)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    def folds(self, validation):
        """The folds, as cuts of the samples."""
        cut = validation.rolling if self.ordered else validation.shuffled
        return cut(len(self.x))

    def fold_data(self, settings, fold):
        """What one fold trains on and is judged by."""
        train, held_out = fold.train, fold.validation
        return ArrayFold(
            (self.x[train], self.y[train]),
            (self.x[held_out], self.y[held_out]),
            self.score_name,
        )

    def all_data(self, settings):
        """What the best model trains on: everything."""
        return ArrayFold((self.x, self.y), None, self.score_name)


@dataclass(frozen=True, eq=False)
class ArrayFold:
    """Samples to train on, and samples to judge by, or None."""

    train: tuple
    validation: tuple | None
    score_name: str

    def fit_arguments(self, batch_size, seed):
        """What `model.fit` gets; Keras would shuffle by a seed of all."""
        arrays = tuple(map(_as_keras, self.train))
        batches = datasets.of_arrays(arrays, batch_size, seed)
        return {"x": batches, "shuffle": False}

    def validation_data(self):
        """What `model.fit` gets as validation_data."""
        return self.validation

    def score(self, model):
        """The loss, or the accuracy, of the samples that judge."""
        x, y = self.validation
        return score(model, self.score_name, x=x, y=y, batch_size=256)


def _as_keras(values):
    """Numbers in the precision that Keras gives arrays."""
    if values.dtype.kind == "f":
        return values.astype(keras.backend.floatx())
    return values
