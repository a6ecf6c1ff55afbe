# SPDX-License-Identifier: Apache-2.0
"""Gaussian: normal distributions."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.models.heads.distributions.base import (
    Distribution,
    DistributionLoss,
)
from keras_rnn.models.heads.distributions.positive import Positive


@dataclass(frozen=True)
class Gaussian(Distribution):
    """A normal distribution per step and target.

        mean  = a
        scale = softplus(b) + 1e−6

    Args:
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 2)`, mean
        and scale (the standard deviation).

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = Gaussian(horizon=1)
        >>> prediction = np.array([[[[10.0, 2.0]]]])
        >>> head.quantiles(prediction, levels=(0.5, 0.975)).round(2).tolist()
        [[[[10.0, 13.92]]]]
        >>> head.sample(prediction, num_samples=100, seed=0).shape
        (100, 1, 1, 1)

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        There each step is drawn given a sample of the step before. Here all
        steps of the horizon are forecast at once, so that samples are
        independent from step to step: take quantiles of single steps from
        them, not of sums over steps.
    """

    horizon: int = 1
    num_targets: int = 1
    parameters: ClassVar[dict[str, float]] = {"mean": -math.inf, "scale": 0}

    @property
    def loss(self) -> keras.losses.Loss:
        """The loss to compile with, a new `GaussianLikelihood`."""
        return GaussianLikelihood()

    def parameter_layer(self) -> Positive:
        """A new layer that makes mean and scale of `(..., 2)`."""
        return Positive(first=1, dtype="float32", name="gaussian")

    def ppf(self, levels: Floats, mean: Floats, scale: Floats) -> Floats:
        z = [NormalDist().inv_cdf(level) for level in levels]
        return mean + scale * np.array(z)

    def draw(
        self,
        generator: np.random.Generator,
        shape: tuple[int, ...],
        mean: Floats,
        scale: Floats,
    ) -> Array:
        return generator.normal(mean, scale, shape)


@keras.saving.register_keras_serializable(package="keras_rnn")
class GaussianLikelihood(DistributionLoss):
    """Negative log-likelihood of normal distributions.

        −log p(y) = ½ ((y − mean) / scale)² + log scale + ½ log 2π

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`.
        y_pred: `(batch, ..., 2)`: mean, scale.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import GaussianLikelihood
        >>> loss = GaussianLikelihood()
        >>> round(float(loss(np.array([3.0]), np.array([[1.0, 2.0]]))), 3)
        2.112
    """

    def __init__(
        self, name: str = "gaussian_likelihood", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        mean, scale = y_pred[..., 0], y_pred[..., 1]
        distance = ops.square((y_true - mean) / scale)
        return 0.5 * distance + ops.log(scale) + 0.5 * math.log(2 * math.pi)
