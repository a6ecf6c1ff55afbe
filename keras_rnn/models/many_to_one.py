# SPDX-License-Identifier: Apache-2.0
"""many_to_one: models that answer once per sequence."""

from typing import Literal

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.inputs import INPUTS, Inputs
from keras_rnn.models.blocks.pooling import POOLINGS
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.heads.contract import Head
from keras_rnn.models.heads.table import head_for


def many_to_one(
    stack: Stack,
    inputs: Inputs,
    head: Head,
    name: str = "many_to_one",
    *,
    pooling: Literal["last", "mean", "sum", "max", "attention"] = "last",
) -> RecurrentModel:
    """A model that reads a sequence and answers once, at its end.

    Args:
        stack: `Stack`, the recurrent layers.
        inputs: `Sequences`, `Tokens` or `Frames`, the inputs of the model.
        head: `Regression`, a distribution, `Binary` or `MultiClass`: what the
            model predicts.
        name: Name of the model.
        pooling: How the outputs of all steps become one vector for the head:
            `"last"` takes the output of the last step; `"mean"`, `"sum"` and
            `"max"` are taken over all steps; `"attention"` is a mean with
            learned weights. Masked steps have no weight in any of them.

    Returns:
        An uncompiled `RecurrentModel`, a `keras.Model`. It takes `(batch,
        time, features)`, a dict of the inputs, token ids `(batch, time)`, or
        frames `(batch, time, height, width, channels)`, and returns answers of
        the shape that the head states.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the pooling is unknown, or future covariates are given
            without a forecast head.

    Example:
        >>> from keras_rnn.models import Regression, Sequences
        >>> model = many_to_one(
        ...     Stack("peephole_lstm", units=16),
        ...     Sequences(num_features=3, length=24),
        ...     Regression(horizon=12),
        ... )
        >>> model.output_shape
        (None, 12, 1)
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance("inputs", inputs, INPUTS, "Use Sequences.of(data).")
    head_for("many_to_one", head).check(stack, inputs)
    validate.one_of("pooling", pooling, tuple(POOLINGS))
    num_future = getattr(inputs, "num_future", 0)
    if num_future and head.horizon is None:
        raise ValueError(
            "Future covariates need a head with a horizon. "
            f"Received: head={head!r}, num_future={num_future}. "
            "Use Regression(horizon=...), or num_future=0."
        )
    model_inputs, sequence, vectors = inputs(head.horizon)
    x = stack(
        sequence,
        return_sequences=pooling != "last",
        num_observed=inputs.num_observed,
    )
    if pooling != "last":
        x = POOLINGS[pooling]()(x)
    if vectors:
        x = keras.layers.Concatenate()([x, *vectors])
    return RecurrentModel(model_inputs, head(x), name=name)
