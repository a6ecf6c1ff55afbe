# SPDX-License-Identifier: Apache-2.0
"""many_to_many: models that answer at every step of a sequence."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.models.blocks.inputs import INPUTS, Inputs
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.heads.contract import Head
from keras_rnn.models.heads.table import head_for


def many_to_many(
    stack: Stack,
    inputs: Inputs,
    head: Head,
    name: str = "many_to_many",
) -> RecurrentModel:
    """A model that reads a sequence and answers at every step of it.

    The head decides what the model is: `MultiClass` or `Binary` tag the steps,
    `Regression` estimates numbers at each step, and `NextToken` makes a
    language model, with which `keras_rnn.models.generate` writes text.

    Masked steps have no weight in the loss, nor in metrics that are the mean
    of a function, because the outputs of the model carry the mask. Wrap other
    metrics in `keras_rnn.metrics.Masked`.

    Args:
        stack: `Stack`, the recurrent layers. A bidirectional stack sees the
            whole sequence at every step.
        inputs: `Sequences`, `Tokens` or `Frames`, the inputs of the model.
            Static covariates reach the head at every step.
        head: `Regression` with horizon 1, `Binary`, `MultiClass` or
            `NextToken`: what the model predicts.
        name: Name of the model.

    Returns:
        An uncompiled `RecurrentModel`, a `keras.Model`. It takes `(batch,
        time, features)`, a dict of the inputs, token ids `(batch, time)`, or
        frames `(batch, time, height, width, channels)`, and returns answers
        `(batch, time, numbers)`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there are future covariates, a horizon, or a language
            model that would see the future or other tokens than it predicts.

    Example:
        >>> from keras_rnn.models import MultiClass, Stack, Tokens, many_to_many
        >>> tagger = many_to_many(
        ...     Stack("elman", units=16, bidirectional=True),
        ...     Tokens(vocabulary_size=1000),
        ...     MultiClass(num_classes=5),
        ... )
        >>> tagger.output_shape
        (None, None, 5)
    """
    head_for("many_to_many", head)
    return answering_each_step(stack, inputs, head, name)


def answering_each_step(
    stack: Stack,
    inputs: Inputs,
    head: Head,
    name: str,
    before: keras.layers.Layer | None = None,
) -> RecurrentModel:
    """A model whose head is called on all steps of a stack.

    Args:
        stack: As in `many_to_many`.
        inputs: As in `many_to_many`.
        head: The head, which takes all steps.
        name: Name of the model.
        before: A layer between the inputs and the stack, or None.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance(
        "inputs", inputs, INPUTS, "Use Sequences, Tokens or Frames."
    )
    head.check(stack, inputs)
    num_future = getattr(inputs, "num_future", 0)
    if num_future:
        raise ValueError(
            "A model with an answer at every step has no horizon for future "
            f"covariates. Received: num_future={num_future}. Make what "
            "is known at each step a feature of it, or use many_to_one."
        )
    model_inputs, sequence, vectors = inputs(None)
    if before is not None:
        sequence = before(sequence)
    x = stack(sequence, return_sequences=True, num_observed=inputs.num_observed)
    for vector in vectors:
        x = AtEveryStep()([x, vector])
    return RecurrentModel(model_inputs, head(x), name=name)


@keras.saving.register_keras_serializable(package="keras_rnn")
class AtEveryStep(keras.layers.Layer):
    """Appends a vector to every step of a sequence.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: List of a tensor `(batch, time, width)`, whose mask is kept,
            and a tensor `(batch, further)`.

    Returns:
        Tensor `(batch, time, width + further)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import AtEveryStep
        >>> y = AtEveryStep()([np.zeros((2, 5, 3)), np.ones((2, 4))])
        >>> tuple(y.shape)
        (2, 5, 7)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: list[Tensor]) -> Tensor:
        sequence, vector = inputs
        batch, time, _ = ops.shape(sequence)
        repeated = ops.broadcast_to(
            vector[:, None], (batch, time, vector.shape[-1])
        )
        return ops.concatenate([sequence, repeated], axis=-1)

    def compute_mask(self, inputs: list[Tensor], mask: Any = None) -> Any:
        return None if mask is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sequence, vector = input_shape
        return (*sequence[:-1], sequence[-1] + vector[-1])
