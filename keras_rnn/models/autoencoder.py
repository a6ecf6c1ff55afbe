# SPDX-License-Identifier: Apache-2.0
"""sequence_autoencoder: a sequence through one short vector, and back."""

from dataclasses import replace
from typing import NamedTuple

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.feedback_decoder import FeedbackDecoder
from keras_rnn.models.blocks.inputs import Sequences
from keras_rnn.models.blocks.padding import RepeatOverSteps, Reverse, ValidSteps
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.teacher_forcing import TeacherForced
from keras_rnn.models.checked.recurrent_model import RecurrentModel

READ_OUTS = ("linear", "recurrent")


class Autoencoder(NamedTuple):
    """Three models on the same weights.

    Attributes:
        autoencoder: `(batch, time, features)` to the same shape; train this
            one, `fit(x, x)`.
        encoder: `(batch, time, features)` to codes `(batch, latent_units)`.
        decoder: Codes to sequences. If the length is fixed and there is no
            padding it takes the codes; otherwise a dict of `"code"` and
            `"steps"`, `(batch, time)`, 1 for each step to write and 0 for
            padding.
    """

    autoencoder: keras.Model
    encoder: keras.Model
    decoder: keras.Model


def sequence_autoencoder(
    stack,
    inputs,
    latent_units,
    *,
    reverse=False,
    conditional=False,
    read_out="linear",
    name="sequence_autoencoder",
):
    """Reads a sequence into a code, and writes the sequence from the code.

    The decoder is the mirror of the encoder: its layers in reverse order. The
    code is put before every step of it. Padded steps (`inputs.mask_value`)
    are skipped by both, and count in no loss.

    Args:
        stack: `Stack`, the layers of the encoder, and of the decoder.
        inputs: `Sequences`, without covariates.
        latent_units: Width of the code.
        reverse: Whether the decoder writes the last step first: what the
            encoder saw last is easiest to write. The output is put back into
            the order of time, so that target and input stay the same.
        conditional: Whether each step of the decoder also sees the output of
            the step before: the true one while `fit` trains, its own one
            otherwise (`FeedbackDecoder`). Such a decoder reads one way, even
            if the encoder is bidirectional.
        read_out: `"linear"`: a dense layer writes each step, any number.
            `"recurrent"`: the last layer of the decoder has as many units as
            there are features and is itself the output, within (−1, 1) for
            the activation tanh; Elman and Jordan layers have a linear
            read-out of their own, unless `stack.options` says
            `{"output_activation": "tanh"}`. Neither normalization nor dropout
            follow that layer.
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
        learning of video representations using LSTMs. ICML. There the state,
        not a dense code, passes from encoder to decoder.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance("inputs", inputs, Sequences, "Use Sequences(features).")
    validate.positive_int("latent_units", latent_units)
    validate.boolean("reverse", reverse)
    validate.boolean("conditional", conditional)
    validate.one_of("read_out", read_out, READ_OUTS)
    _refuse_contradictions(stack, inputs, reverse, conditional, read_out)

    past, sequence, _ = inputs(None)
    code = keras.layers.Dense(latent_units, name="code")(stack(sequence))
    encoder = RecurrentModel(past, code, name="encoder")

    given, repeated = _repeated_code(inputs, latent_units)
    write = _recurrent_decoder if read_out == "recurrent" else _linear_decoder
    if conditional:
        write = _conditional_decoder
    output = write(_mirrored(stack), inputs.num_features, repeated, reverse)
    decoder = RecurrentModel(given, output, name="decoder")

    past = keras.Input((inputs.length, inputs.num_features), name="past")
    code = encoder(past)
    if isinstance(given, dict):
        steps = ValidSteps(inputs.mask_value, name="steps")(past)
        code = {"code": code, "steps": steps}
    kind = TeacherForced if conditional else RecurrentModel
    autoencoder = kind(inputs=past, outputs=decoder(code), name=name)
    return Autoencoder(autoencoder, encoder, decoder)


def parts(autoencoder):
    """Encoder and decoder of an autoencoder, one loaded from a file, say.

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
        >>> parts(loaded).encoder.output_shape
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
    if read_out == "recurrent" and (stack.bidirectional or stack.residual):
        raise ValueError(
            "A recurrent layer that is itself the output can neither be "
            "bidirectional nor have a residual connection. Received: "
            f"stack={stack!r}. Use read_out='linear'."
        )


def _mirrored(stack):
    """The stack with its layers in reverse order."""
    settings = {
        name: list(value)[::-1]
        for name in ("cell", "units")
        if isinstance(value := getattr(stack, name), (list, tuple))
    }
    return replace(stack, **settings)


def _repeated_code(inputs, latent_units):
    """Inputs of the decoder, and the code at every step to write."""
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


def _recurrent_decoder(stack, num_features, x, reverse):
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
