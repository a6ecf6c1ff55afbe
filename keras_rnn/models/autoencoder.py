# SPDX-License-Identifier: Apache-2.0
"""sequence_autoencoder: autoencoders of sequences, whose code is a vector."""

from dataclasses import replace
from typing import Any, Literal, NamedTuple

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.inputs import Sequences
from keras_rnn.models.blocks.padding import RepeatOverSteps, Reverse, ValidSteps
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.stack_settings import PER_LAYER
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.decoders.feedback_decoder import FeedbackDecoder
from keras_rnn.models.decoders.teacher_forcing import TeacherForced

CODES = ("dense", "state")
READ_OUTS = ("linear", "recurrent")


class Autoencoder(NamedTuple):
    """Three models that share their weights.

    Attributes:
        autoencoder: The model to train with `fit(x, x)`, from `(batch, time,
            features)` to the same shape.
        encoder: The model from `(batch, time, features)` to codes `(batch,
            latent_units)`.
        decoder: The model from codes to sequences. If the length is fixed and
            there is no padding, it takes the codes; otherwise it takes a dict
            of `"code"` and `"steps"`, `(batch, time)`, 1 for each step to
            write and 0 for padding.
    """

    autoencoder: keras.Model
    encoder: keras.Model
    decoder: keras.Model


def sequence_autoencoder(
    stack: Stack,
    inputs: Sequences,
    latent_units: int | None = None,
    *,
    code: Literal["dense", "state"] = "dense",
    reverse: bool = False,
    conditional: bool = False,
    read_out: Literal["linear", "recurrent"] = "linear",
    name: str = "sequence_autoencoder",
) -> Autoencoder:
    """An autoencoder, which encodes a sequence as one vector and decodes it.

    The decoder has the layers of the encoder in reverse order. It reads the
    code at every step. Encoder and decoder skip padding (`inputs.mask_value`),
    and padding has no weight in a loss.

    Args:
        stack: `Stack`, the layers of the encoder, and of the decoder.
        inputs: `Sequences`, without covariates.
        latent_units: Width of the code, if it is dense.
        code: With `"dense"` a dense layer makes the code of the last output of
            the encoder. With `"state"` this output is the code, as wide as the
            last layer of the stack; together with `read_out="recurrent"` this
            is the autoencoder of two recurrent layers that Keras's guides
            build.
        reverse: Whether the decoder writes the last step first, as the steps
            that the encoder saw last are the easiest to write. The output is
            then put back into the order of time, so that the target is still
            the input.
        conditional: Whether each step of the decoder also reads the output of
            the step before: the true output while `fit` trains, its own
            otherwise (`FeedbackDecoder`). Such a decoder reads one way, even
            if the encoder is bidirectional.
        read_out: With `"linear"` a dense layer writes each step, and the
            output has no bounds. With `"recurrent"` the last layer of the
            decoder has as many units as there are features, and its output is
            that of the decoder, within (−1, 1) for the activation tanh. Elman
            and Jordan layers have a linear read-out of their own, unless
            `stack.options` has `{"output_activation": "tanh"}`. Neither
            normalization nor dropout follow that layer.
        name: Name of the autoencoder.

    Returns:
        `Autoencoder`: three uncompiled models, the autoencoder, its encoder
        and its decoder.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If settings contradict each other.

    Example:
        >>> from keras_rnn.models import Sequences, Stack
        >>> models = sequence_autoencoder(
        ...     Stack("peephole_lstm", units=[32, 16]),
        ...     Sequences(num_features=2, length=24),
        ...     latent_units=3,
        ... )
        >>> models.encoder.output_shape, models.autoencoder.output_shape
        ((None, 3), (None, 24, 2))

    Reference:
        Srivastava, N., Mansimov, E. & Salakhutdinov, R. (2015). Unsupervised
        learning of video representations using LSTMs. ICML. There the decoder
        starts from the states of the encoder; here it reads the code at every
        step.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance("inputs", inputs, Sequences, "Use Sequences(features).")
    validate.one_of("code", code, CODES)
    _check_width(code, latent_units)
    validate.boolean("reverse", reverse)
    validate.boolean("conditional", conditional)
    validate.one_of("read_out", read_out, READ_OUTS)
    _refuse_contradictions(stack, inputs, reverse, conditional, read_out)

    past, sequence, _ = inputs(None)
    encoded = stack(sequence, num_observed=inputs.num_observed)
    if code == "dense":
        encoded = keras.layers.Dense(latent_units, name="code")(encoded)
    encoder = RecurrentModel(past, encoded, name="encoder")

    given, repeated = _repeated_code(inputs, encoded.shape[-1])
    write = _recurrent_decoder if read_out == "recurrent" else _linear_decoder
    if conditional:
        write = _conditional_decoder
    output = write(_mirrored(stack), inputs.num_features, repeated, reverse)
    decoder = RecurrentModel(given, output, name="decoder")

    past = keras.Input((inputs.length, inputs.num_features), name="past")
    to_decode = encoder(past)
    if isinstance(given, dict):
        steps = ValidSteps(inputs.mask_value, name="steps")(past)
        to_decode = {"code": to_decode, "steps": steps}
    kind = TeacherForced if conditional else RecurrentModel
    autoencoder = kind(inputs=past, outputs=decoder(to_decode), name=name)
    return Autoencoder(autoencoder, encoder, decoder)


def as_autoencoder(autoencoder: keras.Model) -> Autoencoder:
    """Finds encoder and decoder in an autoencoder, such as a loaded one.

    Args:
        autoencoder: A model made by `sequence_autoencoder`.

    Returns:
        `Autoencoder`.

    Raises:
        ValueError: If the model has no layers `"encoder"` and `"decoder"`.

    Example:
        >>> from keras_rnn.models import Sequences, Stack
        >>> models = sequence_autoencoder(Stack("gru", 8), Sequences(), 2)
        >>> models.autoencoder.save("/tmp/autoencoder.keras")
        >>> loaded = keras.models.load_model("/tmp/autoencoder.keras")
        >>> as_autoencoder(loaded).encoder.output_shape
        (None, 2)
    """
    validate.instance("autoencoder", autoencoder, keras.Model)
    names = [layer.name for layer in autoencoder.layers]
    if not {"encoder", "decoder"} <= set(names):
        raise ValueError(
            "The model must have layers named 'encoder' and 'decoder'. "
            f"Received a model with the layers {names}. "
            "Use one made by sequence_autoencoder."
        )
    return Autoencoder(
        autoencoder,
        autoencoder.get_layer("encoder"),
        autoencoder.get_layer("decoder"),
    )


def _check_width(code: str, latent_units: int | None) -> None:
    """Raises a ValueError unless the width of the code is given once."""
    if code == "dense":
        validate.positive_int("latent_units", latent_units)
    elif latent_units is not None:
        raise ValueError(
            "With code='state' the last layer of the stack is as wide as the "
            f"code. Received: latent_units={latent_units!r}. Leave it out, and "
            "give the stack these units."
        )


def _refuse_contradictions(stack, inputs, reverse, conditional, read_out):
    if inputs.num_future or inputs.num_static:
        raise ValueError(
            "An autoencoder takes no covariates. "
            f"Received: inputs={inputs!r}. Use Sequences(num_features)."
        )
    if reverse and stack.bidirectional and not conditional:
        raise ValueError(
            "A bidirectional decoder has no first step to reverse. Received: "
            "reverse=True and bidirectional=True. Use one of them."
        )
    if read_out == "recurrent" and conditional:
        raise ValueError(
            "A conditional decoder has a linear read-out. Received: "
            "conditional=True and read_out='recurrent'. Use one of them."
        )
    if read_out == "recurrent" and (
        stack.bidirectional or stack.residual or stack.is_dilated
    ):
        raise ValueError(
            "A recurrent layer that is itself the output can neither be "
            "bidirectional nor dilated, nor have a residual connection. "
            f"Received: stack={stack!r}. Use read_out='linear'."
        )


def _mirrored(stack: Stack) -> Stack:
    """The stack with its layers in reverse order."""
    settings: dict[str, Any] = {
        name: list(value)[::-1]
        for name in PER_LAYER
        if isinstance(value := getattr(stack, name), (list, tuple))
    }
    return replace(stack, **settings)


def _repeated_code(inputs, latent_units):
    """The inputs of the decoder, and the code repeated over the steps."""
    code = keras.Input((latent_units,), name="code")
    if inputs.length is not None and inputs.mask_value is None:
        return code, keras.layers.RepeatVector(inputs.length)(code)
    steps = keras.Input((inputs.length,), name="steps")
    masked = inputs.mask_value is not None
    given = {"code": code, "steps": steps}
    return given, RepeatOverSteps(masked=masked)([code, steps])


def _linear_decoder(stack, num_features, x, reverse):
    x = Reverse()(x) if reverse else x
    x = stack(x, return_sequences=True)
    x = keras.layers.Dense(num_features, dtype="float32", name="read_out")(x)
    return Reverse(dtype="float32")(x) if reverse else x


def _recurrent_decoder(
    stack: Stack, num_features: int, x: Tensor, reverse: bool
) -> Tensor:
    x = Reverse()(x) if reverse else x
    units = [*stack.layer_units[:-1], num_features]
    *below, last = replace(stack, units=units).new_layers()
    if below:
        cells = stack.cell
        if isinstance(cells, (list, tuple)):
            cells = cells[:-1]
        x = replace(stack, cell=cells, units=units[:-1])(
            x, return_sequences=True
        )
    x = last(x)
    if x.shape[-1] != num_features:
        raise ValueError(
            "With read_out='recurrent' the last layer must put out the "
            f"{num_features} features. Received: options={stack.options!r}, "
            f"which make it put out {x.shape[-1]}. Use read_out='linear'."
        )
    return Reverse()(x) if reverse else x


def _conditional_decoder(stack, num_features, x, reverse):
    one_way = replace(stack, bidirectional=False)
    decoder = FeedbackDecoder(
        one_way, num_features, go_backwards=reverse, name="feedback"
    )
    return decoder(x)
