# SPDX-License-Identifier: Apache-2.0
"""Poisson: counts of what happens at a rate."""

import math
from dataclasses import dataclass
from typing import ClassVar

import keras
from keras import ops

from keras_rnn.models.heads.distributions.base import DistributionLoss
from keras_rnn.models.heads.distributions.counts import OfCounts
from keras_rnn.models.heads.distributions.log_gamma import (
    log_ratio,
    stirling_error,
)


@dataclass(frozen=True)
class Poisson(OfCounts):
    """A distribution of counts a step and target, by their rate alone.

        rate = size · (softplus(a) + 1e−6) = mean = variance

    For events that happen independently of each other. Where the counts vary
    more than that, as sales do, its intervals are too narrow: take
    `NegativeBinomial`. The targets must be counts as they are, as there.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers a step.
        size: Usual size of the counts, a number a target, so that large ones
            are learned as soon as small ones; None means 1.

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

    parameters: ClassVar = {"rate": 0}

    @property
    def loss(self):
        """The loss to compile with, a new `PoissonLikelihood`."""
        return PoissonLikelihood()

    def shaping(self):
        """A new layer that makes the rate of `(..., 1)`."""
        return self.above_zero("poisson")

    def ppf(self, levels, rate):
        from scipy.stats import poisson

        return poisson.ppf(levels, rate)

    def draw(self, generator, shape, rate):
        return generator.poisson(rate, shape)


@keras.saving.register_keras_serializable(package="keras_rnn")
class PoissonLikelihood(DistributionLoss):
    """Negative log-likelihood of Poisson distributions, y! included.

        −log p(y) = rate − y log rate + log y!

    The three almost cancel where y is large and close to the rate; with
    n = y + 1 and log y! by Stirling's formula they are

        n (rate / n − 1 − log(rate / n)) + log(rate / n) + ½ log n + ½ log 2π

    and its error, so that float32 is enough for any counts.

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

    numbers = 1

    def __init__(self, name="poisson_likelihood", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        rate, n = y_pred[..., 0], y_true + 1
        ratio = log_ratio(0.0, rate, n)
        return (
            n * ((rate - n) / n - ratio)
            + ratio
            + 0.5 * ops.log(n)
            + 0.5 * math.log(2 * math.pi)
            + stirling_error(n)
        )
