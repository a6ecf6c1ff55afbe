# SPDX-License-Identifier: Apache-2.0
"""compile_defaults: what `compile` is usually told, by head."""

import keras

from keras_rnn import _validation as validate
from keras_rnn.metrics import MaskedAUC, Perplexity
from keras_rnn.models.heads.distributions import (
    Gaussian,
    NegativeBinomial,
    Quantiles,
)
from keras_rnn.models.heads.point import (
    Binary,
    MultiClass,
    NextToken,
    Regression,
)


def _of_regression(head):
    return {"loss": "mse", "metrics": ["mae"]}


def _of_distribution(head):
    return {"loss": head.loss, "metrics": []}


def _of_binary(head):
    return {
        "loss": "binary_crossentropy",
        "metrics": ["accuracy", MaskedAUC()],
    }


def _of_multi_class(head):
    return {
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    }


def _of_next_token(head):
    padding = 0 if head.mask_zero else None
    return {
        "loss": keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, ignore_class=padding
        ),
        "metrics": [Perplexity(from_logits=True, ignore_class=padding)],
    }


_OF_HEAD = {
    Regression: _of_regression,
    Quantiles: _of_distribution,
    Gaussian: _of_distribution,
    NegativeBinomial: _of_distribution,
    Binary: _of_binary,
    MultiClass: _of_multi_class,
    NextToken: _of_next_token,
}


def compile_defaults(
    head, *, learning_rate=1e-3, clipnorm="auto", clipvalue=None
):
    """Arguments for `model.compile` that fit a head.

    | head | loss | metrics |
    |---|---|---|
    | `Regression` | `mse` | `mae` |
    | `Quantiles`, `Gaussian`, `NegativeBinomial` | `head.loss` | |
    | `Binary` | `binary_crossentropy` | accuracy, area under the ROC curve |
    | `MultiClass` | `sparse_categorical_crossentropy` | accuracy |
    | `NextToken` | the same from logits, without padding | perplexity |

    The optimizer is Adam. Gradients through time can explode, so it clips.

    Args:
        head: The head the model was made with.
        learning_rate: Positive number, or a schedule of Keras.
        clipnorm: Largest norm of the gradient of each weight, a longer one is
            shortened; None does not clip; `"auto"` is 1.0, or None if
            `clipvalue` is given.
        clipvalue: Largest absolute value of each entry of a gradient.

    Returns:
        A dict with `optimizer`, `loss` and `metrics`, new ones at each call.

    Raises:
        TypeError: If `head` is no head.
        ValueError: If a number is not positive, or both ways of clipping are
            asked for.

    Example:
        >>> from keras_rnn.models import (
        ...     Regression, Sequences, Stack, compile_defaults, many_to_one
        ... )
        >>> head = Regression(horizon=3)
        >>> model = many_to_one(Stack("elman", 8), Sequences(), head)
        >>> model.compile(**compile_defaults(head, learning_rate=2e-3))
        >>> model.optimizer.clipnorm
        1.0
    """
    validate.instance("head", head, tuple(_OF_HEAD))
    if not isinstance(
        learning_rate, keras.optimizers.schedules.LearningRateSchedule
    ):
        validate.positive_number("learning_rate", learning_rate)
    if clipvalue is not None:
        validate.positive_number("clipvalue", clipvalue)
    if clipnorm == "auto":
        clipnorm = 1.0 if clipvalue is None else None
    elif clipnorm is not None:
        validate.positive_number("clipnorm", clipnorm)
    if clipnorm is not None and clipvalue is not None:
        raise ValueError(
            "Gradients are clipped by norm or by value, not by both. "
            f"Received: clipnorm={clipnorm}, clipvalue={clipvalue}. "
            "Leave out one of them."
        )
    optimizer = keras.optimizers.Adam(
        learning_rate, clipnorm=clipnorm, clipvalue=clipvalue
    )
    return {"optimizer": optimizer, **_OF_HEAD[type(head)](head)}
