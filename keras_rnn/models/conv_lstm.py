# SPDX-License-Identifier: Apache-2.0
"""conv_lstm: models that read the pixels of a video where they are."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.engine import backend
from keras_rnn.models.blocks.frames import Frames
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.heads.next_frame import NextFrame
from keras_rnn.models.heads.point import Binary, MultiClass
from keras_rnn.models.heads.table import head_for


def conv_lstm(
    filters: int | list[int],
    inputs: Frames,
    head: NextFrame | MultiClass | Binary,
    *,
    kernel_size: int = 3,
    dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    name: str = "conv_lstm",
) -> RecurrentModel:
    """A model whose states are pictures: an LSTM with convolutions.

    Each pixel of a state sees the pixels around it, in the frame and in the
    state before. The states are as large as the frames. With `NextFrame` the
    first frame is made of the last states; each further one, after the layers
    have read the frame predicted before it. With other heads the means of the
    last state over all pixels are classified, wherever something moves.

    A step costs a convolution of all pixels; see that `Frames` are small. On
    JAX give them a `length`: JAX is slow at convolutions inside of loops on
    CPUs, and steps of a known number are written out.

    Args:
        filters: Pictures per state; a list has one number per layer, the
            layers on top of each other.
        inputs: `Frames`; their `convolutions` are not used.
        head: `NextFrame`, `MultiClass` or `Binary`: what the model predicts.
        kernel_size: Rows and columns of pixels that a pixel sees.
        dropout: Share of the numbers of a frame, or of the layer below, that
            training leaves out.
        recurrent_dropout: As `dropout`, of the state before.
        name: Name of the model.

    Returns:
        An uncompiled `RecurrentModel`, a `keras.Model`. It takes `(batch,
        time, height, width, channels)` and returns answers of the shape that
        the head states.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a number is out of range, or `Frames` have convolutions
            of their own.

    Example:
        >>> from keras_rnn.models import Frames, NextFrame, conv_lstm
        >>> model = conv_lstm([8, 8], Frames(16, 20), NextFrame(horizon=3))
        >>> model.output_shape
        (None, 3, 16, 20, 1)

    Reference:
        Shi, X. et al. (2015). Convolutional LSTM network: a machine learning
        approach for precipitation nowcasting. NIPS. There the gates have
        peepholes, which `keras.layers.ConvLSTM2D` leaves out, and the states
        of all layers make the frames, which a second stack writes.
    """
    validate.instance("inputs", inputs, Frames, "Use Frames(height, width).")
    head_for("conv_lstm", head)
    if inputs.convolutions != Frames.convolutions:
        raise ValueError(
            "conv_lstm reads the pixels themselves, without the convolutions "
            f"of Frames. Received: convolutions={inputs.convolutions}. Leave "
            "them out, and set `filters` and `kernel_size`."
        )
    layers = _layers(
        filters,
        kernel_size=validate.positive_int("kernel_size", kernel_size),
        dropout=validate.dropout_rate("dropout", dropout),
        recurrent_dropout=validate.dropout_rate(
            "recurrent_dropout", recurrent_dropout
        ),
        unroll=backend.LOOPS_SLOW_CONVOLUTIONS and inputs.length is not None,
    )
    frames, x = inputs.pixels()
    states = _read(layers, x)
    if isinstance(head, NextFrame):
        return RecurrentModel(
            frames, head(_ahead(layers, states, inputs, head)), name=name
        )
    x = keras.layers.GlobalAveragePooling2D()(states[-1][0])
    return RecurrentModel(frames, head(x), name=name)


def _layers(filters, **settings):
    numbers = list(filters) if isinstance(filters, (list, tuple)) else [filters]
    if not numbers:
        raise ValueError(
            "`filters` must name at least one layer. Received: filters=[]. "
            "Use filters=16, say."
        )
    return [
        MaskedConvLSTM2D(
            validate.positive_int("filters", number),
            padding="same",
            return_sequences=k < len(numbers) - 1,
            return_state=True,
            **settings,
        )
        for k, number in enumerate(numbers)
    ]


def _read(layers, x, before=None):
    """The states of all layers after the frames x, from those before."""
    states = []
    for k, layer in enumerate(layers):
        x, *after = layer(x, initial_state=before and before[k])
        states.append(after)
    return states


def _ahead(layers, states, inputs, head):
    """The predicted frames, each of which is read before the next one."""
    pixels = head.pixels(inputs.channels)
    as_step = keras.layers.Reshape(
        (1, inputs.height, inputs.width, inputs.channels), dtype="float32"
    )
    frames = [as_step(pixels(states[-1][0]))]
    while len(frames) < head.horizon:
        states = _read(layers, frames[-1], states)
        frames.append(as_step(pixels(states[-1][0])))
    return frames


@keras.saving.register_keras_serializable(package="keras_rnn")
class MaskedConvLSTM2D(keras.layers.ConvLSTM2D):
    """`keras.layers.ConvLSTM2D`, with masks on every backend.

    Keras's layer fails at masks on JAX, where it lays the mask of a sequence
    along the columns of pixels.

    Args:
        *args: As of `keras.layers.ConvLSTM2D`.
        **kwargs: As of `keras.layers.ConvLSTM2D`.

    Call arguments:
        sequences: Tensor `(batch, time, height, width, channels)`.
        mask: Tensor `(batch, time)` or None. A masked frame changes no state.

    Returns:
        As of `keras.layers.ConvLSTM2D`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import MaskedConvLSTM2D
        >>> layer = MaskedConvLSTM2D(4, 3, padding="same")
        >>> x = np.ones((2, 5, 6, 7, 1))
        >>> y = layer(x, mask=np.array([[True] * 5, [True] * 3 + [False] * 2]))
        >>> tuple(y.shape)
        (2, 6, 7, 4)
    """

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: Any,
        mask: Tensor | None,
        training: bool = False,
    ) -> Any:
        if mask is not None:
            mask = mask[:, :, None, None, None]
        return super().inner_loop(sequences, initial_state, mask, training)
