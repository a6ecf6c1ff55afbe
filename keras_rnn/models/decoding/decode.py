# SPDX-License-Identifier: Apache-2.0
"""decode: a trained model writes a sequence for each source."""

import inspect
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike
from keras_rnn.models.checked import token_ids
from keras_rnn.models.decoders.encoder_decoder import EncoderDecoder
from keras_rnn.models.decoding.hypotheses import scored
from keras_rnn.models.decoding.method import Method
from keras_rnn.models.decoding.table import DECODERS
from keras_rnn.models.decoding.writer import Writer


@dataclass(frozen=True, eq=False)
class Decoded:
    """What `decode` wrote, best sequence first.

    Attributes:
        ids: int32 `(batch, num_best, max_length)`, without `end_id`, padded
            with 0.
        lengths: int32 `(batch, num_best)`, the number of ids.
        scores: float32 `(batch, num_best)`: Σ log p, that of the end included,
            divided by ((5 + n) / 6)^α with n tokens, the end included. A
            sequence that is cut off at `max_length` has no end.
        attention: float32 `(batch, num_best, max_length, source length)`,
            where each token, and the end, looked; zeros after it. None without
            attention.
    """

    ids: Array
    lengths: Array
    scores: Array
    attention: Array | None = None


def decode(
    model: keras.Model,
    x: ArrayLike,
    *,
    method: str = "greedy",
    max_length: int,
    beam_width: int = 4,
    num_best: int = 1,
    length_penalty: float = 0.0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    batch_size: int = 256,
) -> Decoded:
    """Writes sequences with a model that `seq2seq` or `one_to_many` made.

    Padding and `start_id` are never written.

    Args:
        model: `EncoderDecoder`.
        x: The sources, as `fit` takes them: token ids `(batch, time)`, or what
            `one_to_many` reads.
        method: A key of `DECODERS`: `"greedy"` takes the likeliest next token,
            `"beam"` keeps the best sequences so far, `"sample"` draws.
        max_length: Most tokens to write, the end included; a sequence that has
            no end by then is cut off.
        beam_width: Of `"beam"`: sequences that are kept.
        num_best: Sequences to return per source; more than 1 of `"beam"` and
            `"sample"`.
        length_penalty: α, from 0: how much longer sequences are preferred.
        temperature: Of `"sample"`: positive number that log p is divided by.
        top_k: Of `"sample"`: number of the likeliest tokens to draw from.
        top_p: Of `"sample"`: draw from the likeliest tokens that have this
            probability together.
        seed: Of `"sample"`: integer that makes the draws repeatable, whatever
            `batch_size` is.
        batch_size: Sources that are decoded side by side.

    Returns:
        `Decoded`.

    Raises:
        TypeError: If the model writes no tokens.
        ValueError: If an argument is out of range or of another method, or a
            source has ids outside the vocabulary.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import *
        >>> model = seq2seq(
        ...     Stack("gru", 8), Tokens(20), NextToken(20),
        ...     start_id=1, end_id=2,
        ... )
        >>> x = np.array([[5, 9, 4], [7, 3, 0]])
        >>> decoded = decode(model, x, max_length=6, method="beam", num_best=2)
        >>> decoded.ids.shape, decoded.scores.shape
        ((2, 2, 6), (2, 2))
    """
    validate.instance(
        "model", model, EncoderDecoder, "Use seq2seq(stack, Tokens(...), ...)."
    )
    validate.positive_int("max_length", max_length)
    validate.positive_int("batch_size", batch_size)
    if length_penalty != 0:
        validate.positive_number("length_penalty", length_penalty)
    settings = {
        "num_best": num_best,
        "beam_width": beam_width,
        "length_penalty": length_penalty,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
    }
    chosen = _method(method, settings)
    if top_k is not None:  # neither padding nor the start are drawn
        token_ids.check_top_k(top_k, model.decoder.vocabulary_size - 2)
    source: Any = model.incoming().source("x", x)
    if seed is not None:
        validate.integer("seed", seed, minimum=0)
    shape = (len(source), chosen.num_hypotheses, max_length)
    draws = np.zeros(shape, "float32")
    if chosen.draws:
        draws = np.random.default_rng(seed).random(shape, "float32")
    writing = model.remembered(
        (chosen, max_length), lambda: _writing(model, chosen, max_length)
    )
    found = writing.predict([source, draws], batch_size=batch_size, verbose=0)
    return _best(found, model.decoder.end_id, num_best, length_penalty)


def _writing(model, method, max_length):
    """A model that writes, of sources and draws; it has no own weights."""
    draws = keras.Input((method.num_hypotheses, max_length), name="draws")
    source, states, read = model.read()
    reads = {} if read is None else {"source": read}
    found = Writer(model.decoder, method, max_length)(
        draws, initial_state=states, **reads
    )
    return keras.Model([source, draws], found)


def _method(key: str, settings: dict[str, Any]) -> Method:
    """The method with those settings that are its own."""
    cls = DECODERS[validate.one_of("method", key, tuple(DECODERS))]
    own = set(inspect.signature(cls).parameters)
    for name in settings.keys() - own - {"length_penalty"}:  # scores read it
        default = inspect.signature(decode).parameters[name].default
        if settings[name] != default:
            takes = [
                other
                for other, kind in DECODERS.items()
                if name in inspect.signature(kind).parameters
            ]
            raise ValueError(
                f"`{name}` is for method={' or '.join(map(repr, takes))}. "
                f"Received: {name}={settings[name]!r}, method={key!r}. Leave "
                "it out."
            )
    return cls(**{name: v for name, v in settings.items() if name in own})


def _best(found, end_id, num_best, length_penalty):
    """The best hypotheses in order, without their end."""
    scores = keras.ops.convert_to_numpy(
        scored(found["log_p"], found["lengths"], length_penalty)
    )
    order = np.argsort(-scores, axis=1, kind="stable")[:, :num_best]
    ids, lengths, scores = (
        np.take_along_axis(v, order[..., None] if v.ndim == 3 else order, 1)
        for v in (found["ids"], found["lengths"], scores)
    )
    ended = (ids == end_id).any(axis=-1)
    attention = found.get("attention")
    if attention is not None:
        attention = np.take_along_axis(attention, order[..., None, None], 1)
        attention = attention.astype("float32")
    return Decoded(
        np.where(ids == end_id, 0, ids).astype("int32"),
        (lengths - ended).astype("int32"),
        scores.astype("float32"),
        attention,
    )
