# SPDX-License-Identifier: Apache-2.0
"""one_to_many: models that write a sequence about a vector or a picture."""

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.whole_inputs import Image, Vector
from keras_rnn.models.decoders.encoder_decoder import (
    EncoderDecoder,
    connected,
    decoder_of,
)
from keras_rnn.models.heads.point import NextToken
from keras_rnn.models.heads.table import head_for


def one_to_many(
    stack: Stack,
    inputs: Vector | Image,
    head: NextToken,
    *,
    teacher_forcing: float = 1.0,
    tie_embeddings: bool = False,
    label_smoothing: float = 0.0,
    start_id: int,
    end_id: int,
    name: str = "one_to_many",
) -> EncoderDecoder:
    """A model that writes tokens about one thing, such as a caption.

    A dense layer per state of the decoder makes the initial states of what
    describes the thing. The rest is as in `seq2seq` of tokens: the targets of
    `fit` end in `end_id`, and `keras_rnn.models.decode` writes.

    Args:
        stack: `Stack`, the layers of the decoder; not bidirectional.
        inputs: `Vector` or `Image`.
        head: `NextToken`, the vocabulary and the width of its embedding.
        teacher_forcing: As in `seq2seq`.
        tie_embeddings: As in `seq2seq`.
        label_smoothing: As in `seq2seq`.
        start_id: The id that the decoder reads before the first token.
        end_id: The id that ends a target.
        name: Name of the model.

    Returns:
        An uncompiled `EncoderDecoder`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the stack cannot decode, or a value is wrong.

    Example:
        >>> from keras_rnn.models import (
        ...     Image, NextToken, Stack, decode, one_to_many
        ... )
        >>> model = one_to_many(
        ...     Stack("gru", 16), Image(8, 8), NextToken(12),
        ...     start_id=1, end_id=2,
        ... )
        >>> import numpy as np
        >>> decode(model, np.zeros((3, 8, 8, 1)), max_length=5).ids.shape
        (3, 1, 5)

    Reference:
        Vinyals, O. et al. (2015). Show and tell: a neural image caption
        generator. CVPR. There the picture is the first token.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance(
        "inputs", inputs, (Vector, Image), "Use Vector(width) or Image(...)."
    )
    decoder = decoder_of(
        stack,
        head_for("one_to_many", head),
        teacher_forcing=teacher_forcing,
        tie_embeddings=tie_embeddings,
        start_id=start_id,
        end_id=end_id,
    )
    if stack.bidirectional:
        raise ValueError(
            "A decoder reads one way. Received: bidirectional=True. "
            "Use bidirectional=False."
        )
    source, described = inputs()
    states = [
        keras.layers.Dense(width, name=f"state_{k}_{j}")(described)
        for k, layer in enumerate(decoder.recurrent)
        for j, width in enumerate(layer.state_size)
    ]
    return connected(
        source, decoder, states, label_smoothing=label_smoothing, name=name
    )
