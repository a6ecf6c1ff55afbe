# SPDX-License-Identifier: Apache-2.0
"""What leaves a model: numbers, a probability, or probabilities of classes.

A head works in float32 whatever the layers below compute in: losses and
probabilities lose too much in half precision.
"""

from dataclasses import dataclass
from typing import ClassVar

import keras

from keras_rnn import _validation as validate


@dataclass(frozen=True)
class Regression:
    """Numbers: all steps of the horizon at once.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers a step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets)`.
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
        """Builds the head on a symbolic tensor `(batch, width)`."""
        y = keras.layers.Dense(
            self.horizon * self.num_targets, dtype="float32"
        )(x)
        return keras.layers.Reshape(
            (self.horizon, self.num_targets), dtype="float32", name="forecast"
        )(y)


@dataclass(frozen=True)
class Binary:
    """The probability of the positive class, `(batch, 1)`."""

    horizon: ClassVar[None] = None

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch, width)`."""
        return keras.layers.Dense(
            1, activation="sigmoid", dtype="float32", name="probability"
        )(x)


@dataclass(frozen=True)
class MultiClass:
    """Probabilities of the classes, `(batch, num_classes)`.

    Args:
        num_classes: At least 2; classes are numbered from 0.
    """

    num_classes: int
    horizon: ClassVar[None] = None

    def __post_init__(self):
        validate.integer("num_classes", self.num_classes, minimum=2)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch, width)`."""
        return keras.layers.Dense(
            self.num_classes,
            activation="softmax",
            dtype="float32",
            name="probabilities",
        )(x)
