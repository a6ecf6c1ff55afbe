# SPDX-License-Identifier: Apache-2.0
"""seq2seq: an encoder reads the past, a decoder writes the horizon."""

from dataclasses import replace

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.feedback_decoder import FeedbackDecoder
from keras_rnn.models.blocks.inputs import Sequences
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.teacher_forcing import TeacherForced
from keras_rnn.models.heads.table import head_for


def seq2seq(stack, inputs, head, *, teacher_forcing=1.0, name="seq2seq"):
    """A model that forecasts step by step, each step from the one before.

    Inputs and outputs are those of `many_to_one`, so that one can stand for
    the other; the decoder has the cells and units of the encoder. Its states
    begin where those of the encoder end. At each step it sees its output of
    the step before, what the encoder returned at the end, the future
    covariates of that step and the static ones.

    Args:
        stack: `Stack`, the layers of the encoder, and of the decoder. A
            bidirectional encoder hands over its states, both ways joined,
            through a dense layer each; the decoder reads one way.
        inputs: `Sequences`, what enters.
        head: `Regression` or a distribution: horizon, and what is written a
            step. Of a distribution the middle quantile, the mean or the
            location is fed back.
        teacher_forcing: Probability, in [0, 1], that a step sees the true
            output before it while `fit` trains, instead of the decoder's own.
            1 trains fastest, 0 trains what is used; see `FeedbackDecoder`.
            Told the truth, a distribution learns how far a step is from the
            one before, not how far from the past: with 0 it is that of the
            step as seen from where the decoder starts.
        name: Name of the model.

    Returns:
        An uncompiled `keras.Model`, `(batch, time, features)` or a dict of
        the inputs to `(batch, horizon, num_targets)`, with the last axis of a
        distribution if the head is one.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the stack cannot decode, or a fraction is none.

    Example:
        >>> from keras_rnn.models import Regression, Sequences, Stack
        >>> model = seq2seq(
        ...     Stack("peephole_lstm", units=[16, 16]),
        ...     Sequences(num_features=3, length=24, num_future=2),
        ...     Regression(horizon=12),
        ... )
        >>> model.output_shape
        (None, 12, 1)

    Reference:
        Sutskever, I., Vinyals, O. & Le, Q. V. (2014). Sequence to sequence
        learning with neural networks. NeurIPS. The encoder's output at every
        step is from Cho, K. et al. (2014). Learning phrase representations
        using RNN encoder-decoder. EMNLP.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance("inputs", inputs, Sequences, "Use Sequences.of(data).")
    head_for("seq2seq", head).check(stack, inputs)
    decoder = FeedbackDecoder(
        replace(stack, bidirectional=False),
        head.num_targets,
        numbers=head.numbers,
        shaping=head.shaping(),
        teacher_forcing=teacher_forcing,
        name="decoder",
    )
    encoder = _encoder(stack, decoder, inputs)
    widths = {"future": inputs.num_future, "static": inputs.num_static}
    return _connected(encoder, decoder, widths, head.horizon, name)


def with_horizon(model, horizon):
    """The same model, the same weights, for another number of steps.

    Args:
        model: A model made by `seq2seq`.
        horizon: Steps to forecast.

    Returns:
        An uncompiled `keras.Model` that shares all weights with `model`.

    Raises:
        ValueError: If the model has no encoder and decoder.

    Example:
        >>> from keras_rnn.models import Regression, Sequences, Stack
        >>> model = seq2seq(Stack("gru", 8), Sequences(), Regression(horizon=6))
        >>> with_horizon(model, 24).output_shape
        (None, 24, 1)
    """
    validate.instance("model", model, keras.Model)
    validate.positive_int("horizon", horizon)
    found = {layer.name: layer for layer in model.layers}
    if not isinstance(found.get("decoder"), FeedbackDecoder):
        raise ValueError(
            "Only a model made by seq2seq can change its horizon. Received "
            f"a model with the layers {list(found)}. "
            "Build a new one, and train it."
        )
    widths = {"future": 0, "static": 0}
    widths |= {given.name: given.shape[-1] for given in model.inputs}
    return _connected(
        found["encoder"], found["decoder"], widths, horizon, model.name
    )


def _encoder(stack, decoder, inputs):
    """A model from the past to what the decoder needs of it."""
    past_only = replace(inputs, num_future=0, num_static=0)
    past, sequence, _ = past_only(None)
    context, states = stack.with_states(sequence)
    if stack.bidirectional:
        states = [
            _both_ways_joined(k, of_layer, layer.state_size)
            for k, (of_layer, layer) in enumerate(
                zip(states, decoder.recurrent, strict=True)
            )
        ]
    return keras.Model(past, [context, states], name="encoder")


def _both_ways_joined(k, states, widths):
    forward, backward = states[: len(widths)], states[len(widths) :]
    return [
        keras.layers.Dense(width, name=f"state_{k}_{j}")(
            keras.layers.Concatenate()([forward[j], backward[j]])
        )
        for j, width in enumerate(widths)
    ]


def _connected(encoder, decoder, widths, horizon, name):
    """The model, on new inputs.

    Args:
        encoder: A model of the past, from `_encoder`.
        decoder: `FeedbackDecoder`.
        widths: Dict, numbers of `"future"` and `"static"` covariates.
        horizon: Steps to write.
        name: Name of the model.
    """
    inputs = {"past": keras.Input(encoder.input_shape[1:], name="past")}
    context, states = encoder(inputs["past"])
    each_step = [keras.layers.RepeatVector(horizon)(context)]
    if widths["static"]:
        inputs["static"] = keras.Input((widths["static"],), name="static")
        static = keras.layers.RepeatVector(horizon)(inputs["static"])
        each_step.append(static)
    if widths["future"]:
        shape = (horizon, widths["future"])
        inputs["future"] = keras.Input(shape, name="future")
        each_step.append(inputs["future"])
    if each_step[1:]:
        each_step = [keras.layers.Concatenate()(each_step)]
    return TeacherForced(
        inputs=inputs if inputs.keys() - {"past"} else inputs["past"],
        outputs=decoder(*each_step, initial_state=states),
        name=name,
    )
