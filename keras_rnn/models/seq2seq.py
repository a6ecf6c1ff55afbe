# SPDX-License-Identifier: Apache-2.0
"""seq2seq: models of an encoder of the past and a decoder of the horizon."""

from dataclasses import replace

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.feedback_decoder import FeedbackDecoder
from keras_rnn.models.blocks.inputs import Sequences
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.teacher_forcing import TeacherForced
from keras_rnn.models.heads.contract import ForecastHead
from keras_rnn.models.heads.table import head_for


def seq2seq(
    stack: Stack,
    inputs: Sequences,
    head: ForecastHead,
    *,
    teacher_forcing: float = 1.0,
    name: str = "seq2seq",
) -> TeacherForced:
    """A model that forecasts step by step, each step from the one before.

    It has the inputs and outputs of `many_to_one`, so that either model can
    replace the other. The decoder has the cells and units of the encoder, and
    starts with the last states of the encoder. At each step it reads its
    output of the step before, the last output of the encoder, the future
    covariates of that step, and the static covariates.

    Args:
        stack: `Stack`, the layers of the encoder, and of the decoder. The
            decoder reads one way; if the encoder is bidirectional, a dense
            layer per state makes it of the states of both ways.
        inputs: `Sequences`, the inputs of the model.
        head: `Regression` or a distribution: the horizon, and what the model
            predicts at each step. Of a distribution the decoder reads the
            middle quantile, the mean or the location.
        teacher_forcing: Probability, in [0, 1], that a step reads the true
            output before it while `fit` trains, instead of the decoder's own.
            1 trains fastest; with 0 the decoder trains as it predicts (see
            `FeedbackDecoder`). A distribution that is trained with 1 learns
            how far each step is from the step before; with 0 it learns how
            far the step is from the last known one.
        name: Name of the model.

    Returns:
        An uncompiled `keras.Model`. It takes `(batch, time, features)` or a
        dict of the inputs, and returns `(batch, horizon, num_targets)`, with
        the last axis of a distribution if the head is one.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the stack cannot decode, or `teacher_forcing` is not in
            [0, 1].

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
        num_parameters=head.num_parameters,
        parameter_layer=head.parameter_layer(),
        teacher_forcing=teacher_forcing,
        name="decoder",
    )
    encoder = _encoder(stack, decoder, inputs)
    widths = {"future": inputs.num_future, "static": inputs.num_static}
    return _connected(encoder, decoder, widths, head.horizon, name)


def with_horizon(model: keras.Model, horizon: int) -> TeacherForced:
    """The same model with the same weights, for another number of steps.

    Args:
        model: A model made by `seq2seq`.
        horizon: Number of steps to forecast.

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
    """A model from the past to its last output and its last states."""
    past_only = replace(inputs, num_future=0, num_static=0)
    past, sequence, _ = past_only(None)
    context, states = stack.with_states(sequence, inputs.num_observed)
    if stack.bidirectional:
        states = [
            _both_ways_joined(k, of_layer, layer.state_size)
            for k, (of_layer, layer) in enumerate(
                zip(states, decoder.recurrent, strict=True)
            )
        ]
    return keras.Model(past, [context, states], name="encoder")


def _both_ways_joined(k, states, widths):
    """The states of layer k of the decoder, made of those of both ways."""
    forward, backward = states[: len(widths)], states[len(widths) :]
    return [
        keras.layers.Dense(width, name=f"state_{k}_{j}")(
            keras.layers.Concatenate()([forward[j], backward[j]])
        )
        for j, width in enumerate(widths)
    ]


def _connected(
    encoder: keras.Model,
    decoder: FeedbackDecoder,
    widths: dict[str, int],
    horizon: int,
    name: str,
) -> TeacherForced:
    """Connects encoder and decoder to a model on new inputs.

    Args:
        encoder: A model of the past, from `_encoder`.
        decoder: `FeedbackDecoder`.
        widths: Dict of the numbers of `"future"` and `"static"` covariates.
        horizon: Number of steps to write.
        name: Name of the model.
    """
    inputs: dict[str, Tensor] = {
        "past": keras.Input(encoder.input_shape[1:], name="past")
    }
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
