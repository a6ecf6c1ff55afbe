# SPDX-License-Identifier: Apache-2.0
"""The metrics Keras lacks, and the scores of forecasts."""

import warnings
from typing import Any

import keras

from keras_rnn.metrics.area import MaskedAUC
from keras_rnn.metrics.axes import laid_along, spread
from keras_rnn.metrics.forecast import (
    errors,
    finite,
    mae,
    mase,
    naive_scale,
    rmse,
)
from keras_rnn.metrics.labels import to_iob
from keras_rnn.metrics.masked import Masked
from keras_rnn.metrics.perplexity import Perplexity
from keras_rnn.metrics.quantiles import (
    as_levels,
    coverage,
    covered,
    pinball,
    pinball_losses,
    weighted_quantile_loss,
)
from keras_rnn.metrics.relative import (
    mean_ratio,
    owa,
    percentage_errors,
    rmsse,
    smape,
)
from keras_rnn.metrics.spans import span_f1, span_scores, spans
from keras_rnn.metrics.transcripts.edits import (
    character_error_rate,
    edit_distance,
)
from keras_rnn.metrics.transcripts.error_rate import CharacterErrorRate
from keras_rnn.metrics.transcripts.frames import (
    CERTAIN,
    best_path,
    collapsed,
    first_those,
    is_padding,
    packed,
)

__all__ = [
    "CERTAIN",
    "CharacterErrorRate",
    "Masked",
    "MaskedAUC",
    "Perplexity",
    "as_levels",
    "best_path",
    "character_error_rate",
    "collapsed",
    "coverage",
    "covered",
    "edit_distance",
    "errors",
    "finite",
    "first_those",
    "is_padding",
    "laid_along",
    "mae",
    "mase",
    "mean_ratio",
    "naive_scale",
    "owa",
    "packed",
    "percentage_errors",
    "pinball",
    "pinball_losses",
    "rmse",
    "rmsse",
    "smape",
    "span_f1",
    "span_scores",
    "spans",
    "spread",
    "to_iob",
    "weighted_quantile_loss",
]

#: Losses of distributions, which version 0.1 had here. They are now defined
#: with their heads, on a floor from which this one must not import.
MOVED: tuple[str, ...] = (
    "GaussianLikelihood",
    "NegativeBinomialLikelihood",
    "PinballLoss",
)


def __getattr__(name: str) -> Any:
    """A loss that has moved, taken from Keras's registry."""
    if name not in MOVED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(
        f"keras_rnn.metrics.{name} is now keras_rnn.models.{name}.",
        DeprecationWarning,
        stacklevel=2,
    )
    return keras.saving.get_registered_object(f"keras_rnn>{name}")
