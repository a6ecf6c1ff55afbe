# SPDX-License-Identifier: Apache-2.0
"""What a search learns, if it has arrays or a tf.data.Dataset."""

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np
import tensorflow as tf

from keras_rnn import _validation as validate
from keras_rnn.models import (
    Binary,
    MultiClass,
    Regression,
    Sequences,
    Tokens,
)

LOSSES = {
    Regression: "mae",
    Binary: "binary_crossentropy",
    MultiClass: "sparse_categorical_crossentropy",
}


class Samples:
    """What Arrays and Batches share: a head, and a score of Keras."""

    fixed: ClassVar[tuple] = ()

    def check(self):
        """Raises an error for a wrong head or score; fills in the loss."""
        validate.instance("head", self.head, tuple(LOSSES))
        validate.instance(
            "inputs",
            self.inputs,
            (Sequences, Tokens),
            "Use Sequences(num_features=...) or Tokens(...).",
        )
        validate.one_of("score_name", self.score_name, ("loss", "accuracy"))
        if self.loss is None:
            object.__setattr__(self, "loss", LOSSES[type(self.head)])

    @property
    def direction(self):
        """Whether small or large scores are good."""
        return "max" if self.score_name == "accuracy" else "min"

    def entries(self):
        """What the task adds to the space: nothing."""
        return {}

    def shape(self, settings):
        """Inputs and head of a model of any settings."""
        return self.inputs, self.head

    def baselines(self, validation):
        """No references: what they would be is not known here."""
        return {}


@dataclass(frozen=True, eq=False)
class Arrays(Samples):
    """To answer sequences in an array.

    Args:
        x: Sequences `(samples, time, features)`, or token ids
            `(samples, time)` with `inputs=Tokens(...)`.
        y: Answers, one a sample, as the head states them.
        head: Regression, Binary or MultiClass.
        inputs: Sequences or Tokens; None: Sequences of the shape of `x`.
        loss: A loss of Keras; None: what fits the head.
        score_name: What is judged by: `"loss"` or `"accuracy"`.
        ordered: Whether the samples are in order of time: then folds are cut
            by rolling origin, and no later sample trains a model that an
            earlier one judges. False: any samples judge the others.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `x` and `y` differ in length, or `x` has no features.

    Example:
        >>> x, y = np.zeros((20, 5, 2), "float32"), np.zeros(20)
        >>> Arrays(x, y, Regression()).inputs.num_features
        2
    """

    x: np.ndarray
    y: np.ndarray
    head: Regression | Binary | MultiClass
    _: KW_ONLY
    inputs: Sequences | Tokens | None = None
    loss: str | None = None
    score_name: str = "loss"
    ordered: bool = True

    def __post_init__(self):
        x, y = np.asarray(self.x), np.asarray(self.y)
        validate.boolean("ordered", self.ordered)
        if self.inputs is None:
            if x.ndim != 3:
                raise ValueError(
                    "`x` must have shape (samples, time, features). Received: "
                    f"{x.shape}. Add an axis, or name inputs=Tokens(...)."
                )
            inputs = Sequences(num_features=x.shape[2], length=x.shape[1])
            object.__setattr__(self, "inputs", inputs)
        if len(x) != len(y):
            raise ValueError(
                f"`x` and `y` must hold equally many samples. Received: "
                f"{len(x)} and {len(y)}. Give one answer a sample."
            )
        self.check()
        if isinstance(self.head, Regression):
            y = y.reshape(len(y), self.head.horizon, self.head.num_targets)
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

    def fingerprint(self):
        """A short text that changes with the data or the question."""
        text = hashlib.sha256(np.ascontiguousarray(self.x).tobytes())
        text.update(np.ascontiguousarray(self.y).tobytes())
        text.update(f"{self.head}{self.loss}{self.score_name}".encode())
        return text.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Batches(Samples):
    """To answer sequences in a tf.data.Dataset of batches.

    Folds are cut by rolling origin between batches, so the dataset must
    neither shuffle nor repeat; nothing is held in memory. Its batches stay as
    they are: there is no batch size to tune.

    Args:
        dataset: tf.data.Dataset of batches (inputs, targets).
        head: Regression, Binary or MultiClass.
        inputs: Sequences or Tokens, what enters a model.
        loss: A loss of Keras; None: what fits the head.
        score_name: What is judged by: `"loss"` or `"accuracy"`.

    Raises:
        TypeError: If an argument is of another type.
    """

    dataset: tf.data.Dataset
    head: Regression | Binary | MultiClass
    inputs: Sequences | Tokens
    _: KW_ONLY
    loss: str | None = None
    score_name: str = "loss"

    fixed: ClassVar[tuple] = ("batch_size",)

    def __post_init__(self):
        validate.instance(
            "dataset", self.dataset, tf.data.Dataset, "Use Arrays(x, y, head)."
        )
        self.check()

    def __len__(self):
        known = int(self.dataset.cardinality())
        if known == tf.data.INFINITE_CARDINALITY:
            raise ValueError(
                "The dataset has no end. Received: a dataset that repeats. "
                "Remove `.repeat()`."
            )
        return known if known >= 0 else sum(1 for _ in self.dataset)

    def folds(self, validation):
        """The folds, as cuts of the batches."""
        return validation.rolling(len(self))

    def fold_data(self, settings, fold):
        """What one fold trains on and is judged by."""
        first, size = int(fold.validation[0]), len(fold.validation)
        return BatchFold(
            self.dataset.take(len(fold.train)),
            self.dataset.skip(first).take(size),
            self.score_name,
        )

    def all_data(self, settings):
        """What the best model trains on: everything."""
        return BatchFold(self.dataset, None, self.score_name)

    def fingerprint(self):
        """A short text that changes with the shapes or the question."""
        text = f"{self.dataset.element_spec}{self.head}{self.loss}"
        text += self.score_name
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class ArrayFold:
    """Samples to train on, and samples to judge by, or None."""

    train: tuple
    validation: tuple | None
    score_name: str

    def fit_arguments(self, batch_size, seed):
        """What `model.fit` gets; Keras shuffles by its own seed."""
        x, y = self.train
        return {"x": x, "y": y, "batch_size": batch_size}

    def validation_data(self):
        """What `model.fit` gets as validation_data."""
        return self.validation

    def score(self, model):
        """The loss, or the accuracy, of the samples that judge."""
        x, y = self.validation
        return _score(model, self.score_name, x=x, y=y, batch_size=256)


@dataclass(frozen=True, eq=False)
class BatchFold:
    """Batches to train on, and batches to judge by, or None."""

    train: tf.data.Dataset
    validation: tf.data.Dataset | None
    score_name: str

    def fit_arguments(self, batch_size, seed):
        """What `model.fit` gets: the batches as they are, in their order."""
        return {"x": self.train, "shuffle": False}

    def validation_data(self):
        """What `model.fit` gets as validation_data."""
        return self.validation

    def score(self, model):
        """The loss, or the accuracy, of the batches that judge."""
        return _score(model, self.score_name, x=self.validation)


def _score(model, name, **data):
    return float(model.evaluate(**data, verbose=0, return_dict=True)[name])
