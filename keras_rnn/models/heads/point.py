# SPDX-License-Identifier: Apache-2.0
"""What leaves a model: numbers, a probability, or probabilities of classes.

A head says what one answer looks like; the factory says how often it is
given: once a sequence (`many_to_one` calls the head on `(batch, width)`) or
once a step (`many_to_many` calls it on `(batch, time, width)`).

A head works in float32 whatever the layers below compute in: losses and
probabilities lose too much in half precision.
"""

from dataclasses import dataclass
from typing import ClassVar

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.inputs import Tokens


@dataclass(frozen=True)
class Regression:
    """Numbers: all steps of the horizon at once, or some at every step.

    Args:
        horizon: Steps predicted; 1 in a model that answers at every step.
        num_targets: Numbers a step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets)`; on
        `(batch, time, width)`: `(batch, time, num_targets)`.
    """

    horizon: int = 1
    num_targets: int = 1

    def __post_init__(self):
        validate.positive_int("horizon", self.horizon)
        validate.positive_int("num_targets", self.num_targets)

    @classmethod
    def of(cls, data):
        """The head for data from `keras_rnn.data.prepare`."""
        return cls(horizon=data.horizon, num_targets=data.num_targets)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""
        if len(x.shape) == 3:
            return self._at_every_step(x)
        y = keras.layers.Dense(
            self.horizon * self.num_targets, dtype="float32"
        )(x)
        return keras.layers.Reshape(
            (self.horizon, self.num_targets), dtype="float32", name="forecast"
        )(y)

    def _at_every_step(self, x):
        if self.horizon > 1:
            raise ValueError(
                "A model with an answer at every step has no horizon. "
                f"Received: head={self!r}. "
                "Use Regression(num_targets=...), or many_to_one."
            )
        return keras.layers.Dense(
            self.num_targets, dtype="float32", name="forecast"
        )(x)


@dataclass(frozen=True)
class Binary:
    """The probability of the positive class, `(batch[, time], 1)`."""

    horizon: ClassVar[None] = None

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""
        return keras.layers.Dense(
            1, activation="sigmoid", dtype="float32", name="probability"
        )(x)


@dataclass(frozen=True)
class MultiClass:
    """Probabilities of the classes, `(batch[, time], num_classes)`.

    Args:
        num_classes: At least 2; classes are numbered from 0.
    """

    num_classes: int
    horizon: ClassVar[None] = None

    def __post_init__(self):
        validate.integer("num_classes", self.num_classes, minimum=2)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""
        return keras.layers.Dense(
            self.num_classes,
            activation="softmax",
            dtype="float32",
            name="probabilities",
        )(x)


@dataclass(frozen=True)
class NextToken:
    """Logits of the token that comes next, `(batch, time, vocabulary_size)`.

    The head of a language model: the target of a step is the input of the
    next one. `keras_rnn.models.generate` continues a text with such a model.

    Args:
        vocabulary_size: Ids lie in 0 .. vocabulary_size − 1.
        mask_zero: Whether id 0 is padding: a target that counts nothing.

    Both must agree with those of `Tokens`: `NextToken.of(tokens)` takes them
    from there.
    """

    vocabulary_size: int
    mask_zero: bool = True
    horizon: ClassVar[None] = None

    def __post_init__(self):
        validate.integer("vocabulary_size", self.vocabulary_size, minimum=2)
        validate.boolean("mask_zero", self.mask_zero)

    @classmethod
    def of(cls, tokens):
        """The head that predicts the ids which `tokens` lets in."""
        validate.instance("tokens", tokens, Tokens)
        return cls(tokens.vocabulary_size, mask_zero=tokens.mask_zero)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch, time, width)`."""
        return keras.layers.Dense(
            self.vocabulary_size, dtype="float32", name="logits"
        )(x)
