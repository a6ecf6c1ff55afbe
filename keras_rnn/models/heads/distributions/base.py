# SPDX-License-Identifier: Apache-2.0
"""Distribution, its parameters as a layer, and its loss: what all share.

A distribution is a head, the layer that makes its parameters of any numbers,
and a loss, all three in one file. Its answers have one axis more than the
targets, the last one, and are in the network's units; each level goes back to
the data's units by itself: `part.invert(quantiles[..., k])`.
"""

import math
from typing import ClassVar

import keras
import numpy as np
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn.metrics import as_levels, laid_along, spread
from keras_rnn.models.heads.contract import Answers, ForecastHead, as_answers


class Distribution(ForecastHead):
    """A head that says how sure it is, in the place of `Regression`.

    A subclass names its parameters, and writes `loss`, `shaping`, `ppf` and
    `draw`; it gets one row in `DISTRIBUTIONS`, whose key is then known to
    `Forecaster(distribution=...)`, to the tuner and to the tests. `Gaussian`
    is an example.
    """

    answers = Answers.DISTRIBUTION
    draws = True
    teacher_forcing = 0.0
    #: Names of the parameters on the last axis -> what each lies above.
    parameters: ClassVar[dict[str, float]] = {}

    @property
    def numbers(self):
        return len(self.parameters)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch, width)`."""
        shape = (self.horizon, self.num_targets, self.numbers)
        y = keras.layers.Dense(math.prod(shape), dtype="float32")(x)
        y = keras.layers.Reshape(shape, dtype="float32")(y)
        return self.shaping()(y)

    def quantiles(self, prediction, levels):
        levels = np.array(as_levels("levels", levels))
        values = [v[..., np.newaxis] for v in self.values(prediction)]
        return self.ppf(levels, *values)

    def sample(self, prediction, num_samples, seed=None):
        validate.positive_int("num_samples", num_samples)
        values = self.values(prediction)
        generator = np.random.default_rng(seed)
        return self.draw(generator, (num_samples, *values[0].shape), *values)

    def values(self, prediction):
        """The parameters, a float64 array each, without their axis.

        Raises:
            ValueError: If `prediction` is none of this distribution.
        """
        found = as_answers(prediction)
        if not found.ndim or found.shape[-1] != self.numbers:
            raise ValueError(
                f"`prediction` must have the {self.numbers} parameters of the "
                f"distribution, {', '.join(self.parameters)}, on its last "
                f"axis. Received: shape {found.shape}. Pass what the model "
                "returned."
            )
        for k, (name, bound) in enumerate(self.parameters.items()):
            if not np.all(found[..., k] > bound):
                raise ValueError(
                    f"The parameter {name!r} must be above {bound}. Received: "
                    f"{found[..., k].min()}. Pass what the model returned."
                )
        return list(np.moveaxis(found, -1, 0))

    def ppf(self, levels, *parameters):
        """Quantiles, of parameters `(..., 1)`: shape `(..., levels)`."""
        raise NotImplementedError

    def draw(self, generator, shape, *parameters):
        """Draws by a generator of NumPy, of a shape that ends like theirs."""
        raise NotImplementedError


class ParameterLayer(keras.layers.Layer):
    """Any numbers to the parameters of a distribution, shape kept.

    Models know by it that the last axis of their outputs describes one
    answer.
    """

    #: Position of the number that stands for the distribution: a decoder
    #: feeds it back.
    point = 0

    def compute_output_shape(self, input_shape):
        return input_shape


class DistributionLoss(keras.losses.Loss):
    """A loss of predictions with one axis more than the targets, the last.

    Targets and weights lie along the other axes, as `keras_rnn.metrics.axes`
    says: those of size 1 may be left out, nothing is broadcast.
    """

    #: How many numbers describe a distribution.
    numbers = 2

    def __call__(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.convert_to_tensor(y_true), _with_mask(y_pred)
        shape, rank = tuple(y_pred.shape), len(y_pred.shape) - 1
        if rank < 1 or shape[-1] != self.numbers:
            raise ValueError(
                f"The last axis of the predictions must have {self.numbers} "
                f"numbers for the loss {self.name!r}. Received: predictions "
                f"of shape {shape}. Compile a model with the loss of its head."
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


def _with_mask(y_pred):
    """A tensor; converting one to another would lose its mask."""
    if get_keras_mask(y_pred) is not None:
        return y_pred
    return ops.convert_to_tensor(y_pred)


def _spread(sample_weight, y_pred, rank):
    weights = ops.convert_to_tensor(sample_weight)
    if not weights.shape:
        return weights  # one for all
    fitting = spread(weights, y_pred, rank)
    if fitting is None:
        raise ValueError(
            "`sample_weight` must lie along the first axes of the targets, "
            f"{tuple(y_pred.shape[:-1])}: (batch,), (batch, horizon) or all. "
            f"Received: weights of shape {tuple(weights.shape)}. Give one "
            "weight per sequence, or one per step."
        )
    return fitting
