# SPDX-License-Identifier: Apache-2.0
"""DISTRIBUTIONS, the one table of the distributions that models can predict.

`Forecaster(distribution=...)`, the tuner, error messages and tests read it;
`keras_rnn.models` exports the names in `__all__`.
"""

from keras_rnn.models.heads.distributions.base import Distribution
from keras_rnn.models.heads.distributions.gaussian import (
    Gaussian,
    GaussianLikelihood,
)
from keras_rnn.models.heads.distributions.negative_binomial import (
    NegativeBinomial,
    NegativeBinomialLikelihood,
)
from keras_rnn.models.heads.distributions.poisson import (
    Poisson,
    PoissonLikelihood,
)
from keras_rnn.models.heads.distributions.quantiles import (
    PinballLoss,
    Quantiles,
)
from keras_rnn.models.heads.distributions.student_t import (
    StudentT,
    StudentTLikelihood,
)

__all__ = [
    "Gaussian",
    "GaussianLikelihood",
    "NegativeBinomial",
    "NegativeBinomialLikelihood",
    "PinballLoss",
    "Poisson",
    "PoissonLikelihood",
    "Quantiles",
    "StudentT",
    "StudentTLikelihood",
]

#: Key, as in `Forecaster(distribution="gaussian")` -> class of the head.
DISTRIBUTIONS: dict[str, type[Distribution]] = {
    "quantiles": Quantiles,
    "gaussian": Gaussian,
    "student_t": StudentT,
    "negative_binomial": NegativeBinomial,
    "poisson": Poisson,
}
