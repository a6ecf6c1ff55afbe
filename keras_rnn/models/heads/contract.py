# SPDX-License-Identifier: Apache-2.0
"""Head and ForecastHead: all that depends on what a model predicts."""

import abc
import enum
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Floats, Tensor
from keras_rnn.models.blocks.inputs import Inputs
from keras_rnn.models.blocks.stack import Stack

if TYPE_CHECKING:
    from keras_rnn.data import PreparedData


class Answers(enum.Enum):
    """What the last axis of a model's outputs holds."""

    NUMBERS = "numbers"  #: One answer per entry.
    CLASSES = "classes"  #: One answer, as one number per class.
    DISTRIBUTION = "distribution"  #: One answer, as the numbers describing it.
    #: One number per class, for labels that lie anywhere along the steps.
    TRANSCRIPT = "transcript"


class Head(abc.ABC):
    """What a model predicts, and what follows from it.

    A head says what one answer looks like; the factory says how often it is
    given: once per sequence (`many_to_one` calls the head on `(batch,
    width)`), once per step (`many_to_many` calls it on `(batch, time,
    width)`), or by a decoder (`seq2seq`).

    A subclass is a frozen dataclass of its settings. It takes one file and one
    row in `HEADS`: the factories, `Training.compile`, the checks of targets,
    the tuner and the tests read that table. `Binary` is an example.

    A head works in float32 whatever the layers below compute in: losses and
    probabilities lose too much in half precision.
    """

    #: Names of the factories that take it.
    factories: ClassVar[tuple[str, ...]] = ()
    #: What the last axis of its answers holds.
    answers: ClassVar[Answers] = Answers.NUMBERS
    #: Name of its last layer. A saved model keeps this name, but not its head:
    #: a loaded model knows by the name how targets lie along its answers.
    layer_name: ClassVar[str]
    #: Number of steps that it forecasts; None if it forecasts none.
    horizon: int | None = None

    @abc.abstractmethod
    def __call__(self, x: Tensor) -> Tensor:
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""

    @property
    @abc.abstractmethod
    def loss(self) -> str | keras.losses.Loss:
        """The loss to compile with: a name, or a new loss."""

    @property
    def metrics(self) -> Sequence[str | keras.metrics.Metric]:
        """The metrics to report beside the loss: names and new metrics."""
        return []

    def check(self, stack: Stack, inputs: Inputs) -> None:
        """Raises an error if the head does not fit the rest of the model.

        Args:
            stack: `Stack` of the model.
            inputs: `Sequences`, `Tokens` or `Frames` of the model.
        """
        return


class ForecastHead(Head):
    """A head that forecasts numbers, `num_targets` at each step of a horizon.

    Its quantiles and samples are NumPy arrays of float64: forecasters draw
    paths, sort them and cut them.
    """

    factories: ClassVar[tuple[str, ...]] = ("many_to_one", "seq2seq")
    #: Number of steps that it forecasts.
    horizon: int
    #: How many numbers it forecasts at each step.
    num_targets: int
    #: The smallest value that a target can have.
    minimum: ClassVar[float] = -math.inf
    #: Whether there is a distribution to draw from, so that `sample` works.
    can_sample: ClassVar[bool] = False
    #: Whether its answers are the quantiles of an argument `levels`.
    has_levels: ClassVar[bool] = False
    #: Key of `keras_rnn.data.REPRESENTATIONS`: how a network sees its targets,
    #: unless the user chooses.
    representation: ClassVar[str] = "change"
    #: Teacher forcing of a decoder that a forecaster trains. A decoder that
    #: reads true outputs learns how far each step is from the one before, and
    #: not how far it is from the cutoff.
    teacher_forcing: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        validate.positive_int("horizon", self.horizon)
        validate.positive_int("num_targets", self.num_targets)

    @classmethod
    def of(cls, data: "PreparedData", **settings: Any) -> Self:
        """The head for data from `keras_rnn.data.prepare`.

        Args:
            data: `PreparedData`, which has the horizon and the targets.
            **settings: Further settings of the head.
        """
        # Subclasses are dataclasses, with these two among their fields.
        return cls(
            horizon=data.horizon,  # pyright: ignore[reportCallIssue]
            num_targets=data.num_targets,  # pyright: ignore[reportCallIssue]
            **settings,
        )

    @property
    def num_parameters(self) -> int:
        """How many numbers describe the answer for one step and target."""
        return 1

    def parameter_layer(self) -> keras.layers.Layer | None:
        """A new layer that turns any numbers into parameters.

        Returns:
            A `ParameterLayer`, called on `(..., num_targets,
            num_parameters)`; None if the numbers are the answers themselves.
        """
        return None

    @abc.abstractmethod
    def quantiles(self, prediction: Tensor, levels: Sequence[float]) -> Floats:
        """Quantiles of answers.

        Args:
            prediction: What the model returned, `(..., num_targets[,
                num_parameters])`.
            levels: Increasing numbers between 0 and 1.

        Returns:
            float64, shape `(..., num_targets, levels)`.
        """

    def sample(
        self,
        prediction: Tensor,
        num_samples: int,
        seed: int | np.random.Generator | None = None,
    ) -> Floats:
        """Draws of answers; every step is drawn independently.

        Args:
            prediction: What the model returned.
            num_samples: How many draws.
            seed: Integer or generator of NumPy; with None each call draws
                other numbers.

        Returns:
            Shape `(num_samples, ..., num_targets)`.

        Raises:
            TypeError: If there is no distribution to draw from.
        """
        raise TypeError(f"{type(self).__name__} has no distribution to draw.")


def as_answers(prediction: Tensor) -> Floats:
    """What a model returned, as an array of float64."""
    return np.asarray(ops.convert_to_numpy(prediction), dtype=np.float64)
