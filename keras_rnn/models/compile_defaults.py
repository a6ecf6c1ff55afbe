# SPDX-License-Identifier: Apache-2.0
"""compile_defaults: what `compile` is usually told, by head."""

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.heads.contract import Head


def compile_defaults(
    head, *, learning_rate=1e-3, clipnorm="auto", clipvalue=None
):
    """Arguments for `model.compile` that fit a head.

    | head | loss | metrics |
    |---|---|---|
    | `Regression` | `mse` | `mae` |
    | a distribution, such as `Gaussian` | its likelihood | |
    | `Binary` | `binary_crossentropy` | accuracy, area under the ROC curve |
    | `MultiClass` | `sparse_categorical_crossentropy` | accuracy |
    | `NextToken` | the same from logits, without padding | perplexity |

    The head says both, `head.loss` and `head.metrics`. The optimizer is Adam.
    Gradients through time can explode, so it clips.

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
    validate.instance("head", head, Head, "Use e.g. Regression(horizon=3).")
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
    return {
        "optimizer": optimizer,
        "loss": head.loss,
        "metrics": list(head.metrics),
    }
