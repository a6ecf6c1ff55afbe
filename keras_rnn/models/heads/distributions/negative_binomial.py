# SPDX-License-Identifier: Apache-2.0
"""NegativeBinomial: counts that vary more than those of `Poisson`."""

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
class NegativeBinomial(OfCounts):
    """A distribution of counts per step and target: sales, visits, cases.

        mean       = size · (softplus(a) + 1e−6)
        dispersion = softplus(b) + 1e−6
        variance   = mean + dispersion · mean²

    The targets must be the counts themselves, neither standardised nor
    differenced: `prepare(..., representation=Counts())`. From such data
    `NegativeBinomial.of(data)` also takes the size of the counts.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.
        size: Usual size of the counts, one number per target; with it large
            counts are learned as fast as small ones. None means 1.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 2)`, mean
        and dispersion.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = NegativeBinomial(horizon=1)
        >>> prediction = np.array([[[[1.0, 1.0]]]])  # p = 1/2, 1/4, 1/8 ...
        >>> head.quantiles(prediction, levels=(0.4, 0.7)).tolist()
        [[[[0.0, 1.0]]]]

    Reference:
        Salinas et al. (2020), as for `Gaussian`; samples are independent from
        step to step here, too. Their size is 1 + the mean of each series. Here
        it is 1 + the mean of all series, and the network sees the size of a
        series in its inputs.
    """

    parameters: ClassVar[dict[str, float]] = {"mean": 0, "dispersion": 0}

    @property
    def loss(self) -> keras.losses.Loss:
        """The loss to compile with, a new `NegativeBinomialLikelihood`."""
        return NegativeBinomialLikelihood()

    def parameter_layer(self) -> Positive:
        """A new layer that makes mean and dispersion of `(..., 2)`."""
        return self.positive_parameters("negative_binomial")

    def ppf(self, levels: Floats, mean: Floats, dispersion: Floats) -> Floats:
        from scipy.stats import nbinom

        return nbinom.ppf(levels, *gamma_poisson(mean, dispersion))

    def draw(
        self,
        generator: np.random.Generator,
        shape: tuple[int, ...],
        mean: Floats,
        dispersion: Floats,
    ) -> Array:
        r, chance = gamma_poisson(mean, dispersion)
        return generator.negative_binomial(r, chance, shape)


def gamma_poisson(mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """The parameters of SciPy and NumPy: r, and the chance of a success."""
    return 1 / dispersion, 1 / (1 + dispersion * mean)


@keras.saving.register_keras_serializable(package="keras_rnn")
class NegativeBinomialLikelihood(DistributionLoss):
    """Negative log-likelihood of counts with more spread than Poisson's.

    With mean μ, dispersion α and r = 1 / α:

        variance = μ + α μ²
        p(y)     = Γ(y + r) / (Γ(r) y!) · (r / (r + μ))^r · (μ / (r + μ))^y

    For α → 0 that is Poisson's distribution. The logarithms of the three Γ
    cancel each other almost; here they are put together by hand, from
    Stirling's series, so that float32 is enough for any counts and α.

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`, counts 0, 1, 2 ...
        y_pred: `(batch, ..., 2)`: mean, dispersion.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import NegativeBinomialLikelihood
        >>> loss = NegativeBinomialLikelihood()  # p(0) = (1 / (1 + 1))^1
        >>> round(float(loss(np.array([0.0]), np.array([[1.0, 1.0]]))), 3)
        0.693

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        The terms are arranged as in C. Loader (2000), "Fast and accurate
        computation of binomial probabilities".
    """

    def __init__(
        self, name: str = "negative_binomial_likelihood", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        mean, r = y_pred[..., 0], 1 / y_pred[..., 1]
        y = y_true
        return (
            r * log_ratio(r, mean, y)
            + y * ops.log((y + 1) / (r + y) * ((r + mean) / mean))
            + 0.5 * (ops.log(y + 1) + ops.log1p(y / r))
            + 0.5 * math.log(2 * math.pi)
            - 1
            + stirling_error(y + 1)
            + stirling_error(r)
            - stirling_error(y + r)
        )
