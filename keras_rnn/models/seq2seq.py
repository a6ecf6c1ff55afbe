# SPDX-License-Identifier: Apache-2.0
"""seq2seq: models of an encoder, and of a decoder that writes step by step."""

from dataclasses import replace

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.inputs import Sequences, Tokens
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.decoders.encoder_decoder import (
    EncoderDecoder,
    connected,
    decoder_of,
)
from keras_rnn.models.decoders.feedback_decoder import FeedbackDecoder
from keras_rnn.models.decoders.teacher_forcing import TeacherForced
from keras_rnn.models.heads.contract import ForecastHead
from keras_rnn.models.heads.point import NextToken
from keras_rnn.models.heads.table import head_for


def seq2seq(
    stack: Stack,
    inputs: Sequences | Tokens,
    head: ForecastHead | NextToken,
    *,
    teacher_forcing: float = 1.0,
    attention: str | None = None,
    input_feeding: bool = False,
    tie_embeddings: bool = False,
    label_smoothing: float = 0.0,
    start_id: int | None = None,
    end_id: int | None = None,
    name: str = "seq2seq",
) -> TeacherForced | EncoderDecoder:
    """A model of an encoder, and of a decoder that writes step by step.

    Of numbers, `Sequences`, it forecasts, each step from the one before. It has
    the inputs and outputs of `many_to_one`, so that either model can replace
    the other. At each step the decoder reads its output of the step before,
    the last output of the encoder, the future covariates of that step, and the
    static covariates.

    Of `Tokens` it writes a sequence of any length, such as a translation. The
    targets of `fit` are token ids, each row ending in `end_id` and padded with
    0. `keras_rnn.models.decode` writes with the trained model.

    In both the decoder has the cells and units of the encoder, starts with its
    last states, and reads its last output at each step, unless attention looks
    at all outputs.

    Args:
        stack: `Stack`, the layers of the encoder, and of the decoder. The
            decoder reads one way; if the encoder is bidirectional, a dense
            layer per state makes it of the states of both ways.
        inputs: `Sequences` or `Tokens`, the inputs of the model.
        head: Of numbers `Regression` or a distribution: the horizon, and what
            the model predicts at each step; of a distribution the decoder
            reads the middle quantile, the mean or the location. Of tokens
            `NextToken`, the vocabulary of the target and the width of its
            embedding.
        teacher_forcing: Probability, in [0, 1], that a step reads the true
            output before it while `fit` trains, instead of the decoder's own;
            of tokens the own one is the likeliest. 1 trains fastest; with 0
            the decoder trains as it predicts (see `FeedbackDecoder`). A
            distribution that is trained with 1 learns how far each step is
            from the step before; with 0 it learns how far the step is from the
            last known one.
        attention: Of tokens: how the decoder looks at the outputs of the
            encoder, a key of `ATTENTIONS` such as `"dot"`. None: it reads the
            last output at each step.
        input_feeding: Of tokens: whether each step also reads what attention
            made of the step before. It then runs step by step.
        tie_embeddings: Of tokens: whether the kernel of the logits is the
            embedding of the target.
        label_smoothing: Of tokens: share of the training loss that is the mean
            over all tokens (see `EncoderDecoder`).
        start_id: Of tokens: the id that the decoder reads before the first
            token, 1 or more.
        end_id: Of tokens: the id that ends a target.
        name: Name of the model.

    Returns:
        An uncompiled `keras.Model`. Of numbers it takes `(batch, time,
        features)` or a dict of the inputs, and returns `(batch, horizon,
        num_targets)`, with the last axis of a distribution if the head is one.
        Of tokens it is an `EncoderDecoder`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the stack cannot decode, or an argument has a wrong
            value or is for the other kind of inputs.

    Example:
        >>> from keras_rnn.models import Regression, Sequences, Stack
        >>> model = seq2seq(
        ...     Stack("peephole_lstm", units=[16, 16]),
        ...     Sequences(num_features=3, length=24, num_future=2),
        ...     Regression(horizon=12),
        ... )
        >>> model.output_shape
        (None, 12, 1)
        >>> from keras_rnn.models import NextToken, Tokens
        >>> translator = seq2seq(
        ...     Stack("lstm", 16, bidirectional=True),
        ...     Tokens(vocabulary_size=50),
        ...     NextToken(40),
        ...     attention="dot",
        ...     start_id=1,
        ...     end_id=2,
        ... )
        >>> translator.output_shape
        (None, None, 40)

    Reference:
        Sutskever, I., Vinyals, O. & Le, Q. V. (2014). Sequence to sequence
        learning with neural networks. NeurIPS. The encoder's output at every
        step is from Cho, K. et al. (2014). Learning phrase representations
        using RNN encoder-decoder. EMNLP. Attention and input feeding are of
        Luong, M.-T. et al. (2015). Effective approaches to attention-based
        neural machine translation. EMNLP.
    """
    validate.instance("stack", stack, Stack, "Use Stack(cell, units).")
    validate.instance(
        "inputs", inputs, (Sequences, Tokens), "Use Sequences.of(data)."
    )
    head = head_for("seq2seq", head)
    of_tokens = {
        "attention": attention,
        "input_feeding": input_feeding,
        "tie_embeddings": tie_embeddings,
        "start_id": start_id,
        "end_id": end_id,
    }
    if isinstance(inputs, Tokens):
        of_target = validate.instance(
            "head", head, NextToken, "Use NextToken.of(target)."
        )
        decoder = decoder_of(
            stack, of_target, teacher_forcing=teacher_forcing, **of_tokens
        )
        source, *read = _read(stack, inputs, decoder)
        return connected(
            source, decoder, *read, label_smoothing=label_smoothing, name=name
        )
    of_horizon = validate.instance(
        "head", head, ForecastHead, "Use Tokens as inputs of a NextToken."
    )
    _refuse_for_numbers({**of_tokens, "label_smoothing": label_smoothing})
    of_horizon.check(stack, inputs)
    decoder = FeedbackDecoder(
        replace(stack, bidirectional=False),
        of_horizon.num_targets,
        num_parameters=of_horizon.num_parameters,
        parameter_layer=of_horizon.parameter_layer(),
        teacher_forcing=teacher_forcing,
        name="decoder",
    )
    encoder = _encoder(stack, decoder, inputs)
    widths = {"future": inputs.num_future, "static": inputs.num_static}
    return _connected(encoder, decoder, widths, of_horizon.horizon, name)


def _refuse_for_numbers(of_tokens):
    for name, value in of_tokens.items():
        if value:
            raise ValueError(
                f"`{name}` is for tokens. {validate.received(name, value)} "
                "Leave it out, or use Tokens as inputs."
            )


def _read(stack, tokens, decoder):
    """The source, the states of the decoder, and what else it reads."""
    source = keras.Input((tokens.length,), dtype="int32", name="source")
    sequence = tokens.embedded(source)
    steps, states = stack.with_states(
        sequence, return_sequences=decoder.attention is not None
    )
    states = _of_decoder(stack, decoder, states)
    return source, [state for of_layer in states for state in of_layer], steps


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
            "Only a model of numbers made by seq2seq has a horizon. Received "
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
    states = _of_decoder(stack, decoder, states)
    return keras.Model(past, [context, states], name="encoder")


def _of_decoder(stack, decoder, states):
    """The states of each layer of the decoder, of those of the encoder."""
    if not stack.bidirectional:
        return states
    return [
        _both_ways_joined(k, of_layer, layer.state_size)
        for k, (of_layer, layer) in enumerate(
            zip(states, decoder.recurrent, strict=True)
        )
    ]


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
