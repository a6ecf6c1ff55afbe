# SPDX-License-Identifier: Apache-2.0
"""The base classes of distributions: head, layer of parameters, and loss.

Each distribution has one file with these three. Its answers have one axis more
than the targets, the last one. They are in the network's units; quantiles are
inverted to the data's units level by level: `part.invert(quantiles[..., k])`.
"""

import abc
import math
from collections.abc import Sequence
from typing import ClassVar

import keras
import numpy as np
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Floats, Shape, Tensor
from keras_rnn.metrics import as_levels, laid_along, spread
from keras_rnn.models.heads.contract import Answers, ForecastHead, as_answers


class Distribution(ForecastHead):
    """A head that predicts a distribution, where `Regression` predicts numbers.

    A subclass names its parameters, and defines `loss`, `parameter_layer`,
    `ppf` and `draw`. It gets one row in `DISTRIBUTIONS`: the key of this row
    is then known to `Forecaster(distribution=...)`, to the tuner and to the
    tests. `Gaussian` is an example.
    """

    answers = Answers.DISTRIBUTION
    can_sample = True
    teacher_forcing: ClassVar[float] = 0.0
    #: Names of the parameters on the last axis -> lower bound of each.
    parameters: ClassVar[dict[str, float]] = {}

    @property
    def num_parameters(self) -> int:
        return len(self.parameters)

    @abc.abstractmethod
    def parameter_layer(self) -> keras.layers.Layer:
        """A new `ParameterLayer`, called on `(..., num_parameters)`."""

    def __call__(self, x: Tensor) -> Tensor:
        """Builds the head on a symbolic tensor `(batch, width)`."""
        shape = (self.horizon, self.num_targets, self.num_parameters)
        y = keras.layers.Dense(math.prod(shape), dtype="float32")(x)
        y = keras.layers.Reshape(shape, dtype="float32")(y)
        return self.parameter_layer()(y)

    def quantiles(self, prediction: Tensor, levels: Sequence[float]) -> Floats:
        ordered = np.array(as_levels("levels", levels))
        values = [v[..., np.newaxis] for v in self.values(prediction)]
        return self.ppf(ordered, *values)

    def sample(
        self,
        prediction: Tensor,
        num_samples: int,
        seed: int | np.random.Generator | None = None,
    ) -> Floats:
        validate.positive_int("num_samples", num_samples)
        values = self.values(prediction)
        generator = np.random.default_rng(seed)
        return self.draw(generator, (num_samples, *values[0].shape), *values)

    def values(self, prediction: Tensor) -> list[Floats]:
        """The values of each parameter, float64, without the last axis.

        Raises:
            ValueError: If `prediction` does not hold the parameters of this
                distribution.
        """
        found = as_answers(prediction)
        if not found.ndim or found.shape[-1] != self.num_parameters:
            raise ValueError(
                f"`prediction` must have the {self.num_parameters} parameters "
                f"of the distribution, {', '.join(self.parameters)}, on its "
                f"last axis. Received: shape {found.shape}. Pass what the "
                "model returned."
            )
        for k, (name, bound) in enumerate(self.parameters.items()):
            if not np.all(found[..., k] > bound):
                raise ValueError(
                    f"The parameter {name!r} must be above {bound}. Received: "
                    f"{found[..., k].min()}. Pass what the model returned."
                )
        return list(np.moveaxis(found, -1, 0))

    def ppf(self, levels: Floats, *parameters: Floats) -> Floats:
        """Quantiles of the distribution.

        Args:
            levels: Shape `(levels,)`.
            *parameters: Values of each parameter, shape `(..., 1)`.

        Returns:
            float64, shape `(..., levels)`.
        """
        raise NotImplementedError

    def draw(
        self,
        generator: np.random.Generator,
        shape: tuple[int, ...],
        *parameters: Floats,
    ) -> Array:
        """Draws from the distribution.

        Args:
            generator: The generator of NumPy to draw with.
            shape: Shape of the result; its last axes are those of the
                parameters.
            *parameters: Values of each parameter.
        """
        raise NotImplementedError


class ParameterLayer(keras.layers.Layer):
    """Turns any numbers into parameters of a distribution, of the same shape.

    A model knows by this layer that the last axis of its outputs describes one
    answer.
    """

    #: Position of the parameter that a decoder feeds back.
    point_index = 0

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


class DistributionLoss(keras.losses.Loss):
    """A loss of predictions with one axis more than the targets, the last.

    Targets and weights lie along the other axes by the rules of
    `keras_rnn.metrics.axes`: axes of size 1 may be left out, and nothing is
    broadcast.
    """

    #: How many numbers describe a distribution.
    num_parameters: int = 2

    def __call__(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        y_true, y_pred = ops.convert_to_tensor(y_true), _with_mask(y_pred)
        shape, rank = tuple(y_pred.shape), len(y_pred.shape) - 1
        if rank < 1 or shape[-1] != self.num_parameters:
            raise ValueError(
                "The last axis of the predictions must have "
                f"{self.num_parameters} numbers for the loss {self.name!r}. "
                f"Received: predictions of shape {shape}. Compile a model with "
                "the loss of its head."
            )
        targets = laid_along(y_true, y_pred, rank)
        if targets is None:
            raise ValueError(
                f"Targets must have the shape {shape[:-1]} of the predictions "
                "without their last axis; axes of size 1 may be left out. "
                f"Received: targets of shape {tuple(y_true.shape)} for "
                f"predictions of shape {shape}. Reshape the targets."
            )
        if sample_weight is not None:
            sample_weight = _spread(sample_weight, y_pred, rank)
        return super().__call__(targets, y_pred, sample_weight)


def _with_mask(y_pred: Tensor) -> Tensor:
    """The predictions as a tensor, with their mask.

    Converting a tensor to a tensor would lose the mask.
    """
    if get_keras_mask(y_pred) is not None:
        return y_pred
    return ops.convert_to_tensor(y_pred)


def _spread(sample_weight: Tensor, y_pred: Tensor, rank: int) -> Tensor:
    weights = ops.convert_to_tensor(sample_weight)
    if not weights.shape:
        return weights  # one weight for all answers
    fitting = spread(weights, y_pred, rank)
    if fitting is None:
        raise ValueError(
            "`sample_weight` must lie along the first axes of the targets, "
            f"{tuple(y_pred.shape[:-1])}: (batch,), (batch, horizon) or all. "
            f"Received: weights of shape {tuple(weights.shape)}. Give one "
            "weight per sequence, or one per step."
        )
    return fitting
