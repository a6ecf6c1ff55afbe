# SPDX-License-Identifier: Apache-2.0
"""Head and ForecastHead: all that depends on what leaves a model."""

import abc
import enum
import math
from typing import ClassVar

import numpy as np
from keras import ops

from keras_rnn import _validation as validate


class Answers(enum.Enum):
    """What the last axis of a model's outputs holds."""

    NUMBERS = "numbers"  #: answers, one a number
    CLASSES = "classes"  #: one answer: a number for each class
    DISTRIBUTION = "distribution"  #: one answer: numbers that describe it


class Head(abc.ABC):
    """What leaves a model, and what follows from it.

    A head says what one answer looks like; the factory says how often it is
    given: once a sequence (`many_to_one` calls the head on `(batch, width)`),
    once a step (`many_to_many` calls it on `(batch, time, width)`), or by a
    decoder (`seq2seq`).

    A subclass is a frozen dataclass of its settings: one file, and one row in
    `HEADS`, from which the factories, `compile_defaults`, the checks of
    targets, the tuner and the tests know it. `Binary` is an example.

    A head works in float32 whatever the layers below compute in: losses and
    probabilities lose too much in half precision.
    """

    #: Names of the factories that it suits.
    factories: ClassVar[tuple[str, ...]] = ()
    #: What the last axis of its answers holds.
    answers: ClassVar[Answers] = Answers.NUMBERS
    #: Name of its last layer. It survives saving, which the head does not: a
    #: loaded model knows by it how targets lie along its answers.
    layer_name: ClassVar[str]
    #: Steps that it forecasts; None where it forecasts none.
    horizon: ClassVar[int | None] = None

    @abc.abstractmethod
    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""

    @property
    @abc.abstractmethod
    def loss(self):
        """What to compile with: a name, or a new loss."""

    @property
    def forecast_loss(self):
        """What forecasters and searches train with, unless the user says."""
        return self.loss

    @property
    def metrics(self):
        """What to watch beside the loss: a list of names and new metrics."""
        return []

    def check(self, stack, inputs):
        """Raises an error for what it cannot stand on.

        Args:
            stack: `Stack` of the model.
            inputs: `Sequences` or `Tokens` of the model.
        """
        return


class ForecastHead(Head):
    """A head that forecasts numbers, `num_targets` at each step of a horizon.

    Forecasters draw, sort and cut what it says: quantiles and samples of it
    are NumPy arrays, float64.
    """

    factories: ClassVar[tuple[str, ...]] = ("many_to_one", "seq2seq")
    #: How many numbers describe one step and target.
    numbers: ClassVar[int] = 1
    #: Nothing below it can happen.
    minimum: ClassVar[float] = -math.inf
    #: Whether there is a distribution to draw from: `sample` works.
    draws: ClassVar[bool] = False
    #: Whether its answers are the quantiles of an argument `levels`.
    has_levels: ClassVar[bool] = False
    #: Key of `keras_rnn.data.REPRESENTATIONS`: what a network sees of its
    #: targets, unless the user says.
    representation: ClassVar[str] = "change"
    #: Of a decoder that a forecaster trains. Told the truth, it learns how far
    #: a step is from the one before, and not from the cutoff.
    teacher_forcing: ClassVar[float] = 1.0

    def __post_init__(self):
        validate.positive_int("horizon", self.horizon)
        validate.positive_int("num_targets", self.num_targets)

    @classmethod
    def of(cls, data, **settings):
        """The head for data from `keras_rnn.data.prepare`."""
        return cls(
            horizon=data.horizon, num_targets=data.num_targets, **settings
        )

    def shaping(self):
        """A new layer from any numbers to the answer's; None for themselves.

        Returns:
            A `ParameterLayer`, called on `(..., num_targets, numbers)`.
        """
        return

    @abc.abstractmethod
    def quantiles(self, prediction, levels):
        """Quantiles of answers.

        Args:
            prediction: What the model returned, `(..., num_targets[,
                numbers])`.
            levels: Increasing numbers between 0 and 1.

        Returns:
            float64, shape `(..., num_targets, levels)`.
        """

    def sample(self, prediction, num_samples, seed=None):
        """Draws of answers, each step by itself.

        Args:
            prediction: What the model returned.
            num_samples: How many draws.
            seed: Integer or generator of NumPy; None: any.

        Returns:
            Shape `(num_samples, ..., num_targets)`.

        Raises:
            TypeError: If there is no distribution to draw from.
        """
        raise TypeError(f"{type(self).__name__} has no distribution to draw.")


def as_answers(prediction):
    """What a model returned, float64."""
    return np.asarray(ops.convert_to_numpy(prediction), dtype=np.float64)
