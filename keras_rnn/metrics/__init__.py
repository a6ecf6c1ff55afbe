# SPDX-License-Identifier: Apache-2.0
"""The metrics and losses Keras lacks."""

from keras_rnn.metrics.area import MaskedAUC
from keras_rnn.metrics.forecast import mae, mase, rmse
from keras_rnn.metrics.labels import to_iob
from keras_rnn.metrics.likelihoods import (
    GaussianLikelihood,
    NegativeBinomialLikelihood,
    PinballLoss,
)
from keras_rnn.metrics.masked import Masked
from keras_rnn.metrics.perplexity import Perplexity
from keras_rnn.metrics.quantiles import (
    coverage,
    pinball,
    weighted_quantile_loss,
)
from keras_rnn.metrics.relative import owa, rmsse, smape
from keras_rnn.metrics.spans import span_f1, span_scores, spans

__all__ = [
    "GaussianLikelihood",
    "Masked",
    "MaskedAUC",
    "NegativeBinomialLikelihood",
    "Perplexity",
    "PinballLoss",
    "coverage",
    "mae",
    "mase",
    "owa",
    "pinball",
    "rmse",
    "rmsse",
    "smape",
    "span_f1",
    "span_scores",
    "spans",
    "to_iob",
    "weighted_quantile_loss",
]
