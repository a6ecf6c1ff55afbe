# SPDX-License-Identifier: Apache-2.0
"""DISTRIBUTIONS, the one table of what may be said of a number.

`Forecaster(distribution=...)`, the tuner, error messages and tests read it;
`keras_rnn.models` exports what stands in `__all__`.
"""

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

#: Key -> head.
DISTRIBUTIONS = {
    "quantiles": Quantiles,
    "gaussian": Gaussian,
    "student_t": StudentT,
    "negative_binomial": NegativeBinomial,
    "poisson": Poisson,
}
