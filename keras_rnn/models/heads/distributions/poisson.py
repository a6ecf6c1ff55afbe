# SPDX-License-Identifier: Apache-2.0
"""Poisson: counts of events that happen at a rate."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.models.heads.distributions.base import DistributionLoss
from keras_rnn.models.heads.distributions.counts import OfCounts
from keras_rnn.models.heads.distributions.log_gamma import (
    log_ratio,
    stirling_error,
)
from keras_rnn.models.heads.distributions.positive import Positive


@dataclass(frozen=True)
class Poisson(OfCounts):
    """A distribution of counts per step and target, with one parameter.

        rate = size · (softplus(a) + 1e−6) = mean = variance

    Use it for events that happen independently of each other. If the counts
    vary more than that, as sales do, its intervals are too narrow: use
    `NegativeBinomial`. The targets must be the counts themselves, as for
    `NegativeBinomial`.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.
        size: Usual size of the counts, one number per target; with it large
            counts are learned as fast as small ones. None means 1.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 1)`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = Poisson(horizon=1)
        >>> prediction = np.array([[[[4.0]]]])
        >>> head.quantiles(prediction, levels=(0.1, 0.5, 0.9)).tolist()
        [[[[2.0, 4.0, 7.0]]]]

    Reference:
        A. Alexandrov et al. (2020), "GluonTS: probabilistic and neural time
        series modeling in Python", Journal of Machine Learning Research
        21(116), whose output has the same rate.
    """

    parameters: ClassVar[dict[str, float]] = {"rate": 0}

    @property
    def loss(self) -> keras.losses.Loss:
        """The loss to compile with, a new `PoissonLikelihood`."""
        return PoissonLikelihood()

    def parameter_layer(self) -> Positive:
        """A new layer that makes the rate of `(..., 1)`."""
        return self.positive_parameters("poisson")

    def ppf(self, levels: Floats, rate: Floats) -> Floats:
        from scipy.stats import poisson

        return poisson.ppf(levels, rate)

    def draw(
        self,
        generator: np.random.Generator,
        shape: tuple[int, ...],
        rate: Floats,
    ) -> Array:
        return generator.poisson(rate, shape)


@keras.saving.register_keras_serializable(package="keras_rnn")
class PoissonLikelihood(DistributionLoss):
    """Negative log-likelihood of Poisson distributions, y! included.

        −log p(y) = rate − y log rate + log y!

    The three terms almost cancel if y is large and close to the rate. With
    n = y + 1 and Stirling's formula for log y! their sum is

        n (rate / n − 1 − log(rate / n)) + log(rate / n) + ½ log n + ½ log 2π

    plus the error of the formula: in this form float32 is precise enough for
    counts of any size.

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`, counts 0, 1, 2 ...
        y_pred: `(batch, ..., 1)`: rate.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import PoissonLikelihood
        >>> loss = PoissonLikelihood()  # p(0) = exp(−2)
        >>> y_pred = np.array([[2.0]], dtype="float32")
        >>> round(float(loss(np.array([0.0]), y_pred)), 3)
        2.0

    Reference:
        The terms are arranged as in C. Loader (2000), "Fast and accurate
        computation of binomial probabilities".
    """

    num_parameters = 1

    def __init__(self, name: str = "poisson_likelihood", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        rate, n = y_pred[..., 0], y_true + 1
        ratio = log_ratio(0.0, rate, n)
        return (
            n * ((rate - n) / n - ratio)
            + ratio
            + 0.5 * ops.log(n)
            + 0.5 * math.log(2 * math.pi)
            + stirling_error(n)
        )
