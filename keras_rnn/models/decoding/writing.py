# SPDX-License-Identifier: Apache-2.0
"""How a decoder writes: a sequence for each source."""

from typing import Any

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import ArrayLike
from keras_rnn.models.checked import token_ids
from keras_rnn.models.decoders.encoder_decoder import EncoderDecoder
from keras_rnn.models.decoding.decoded import Decoded
from keras_rnn.models.decoding.hypotheses import scored
from keras_rnn.models.decoding.method import Method
from keras_rnn.models.decoding.writer import Writer


def written(
    model: EncoderDecoder,
    x: ArrayLike,
    method: Method,
    *,
    max_length: int,
    length_penalty: float,
    seed: int | None,
    batch_size: int,
) -> Decoded:
    """Writes with a model, as `decode` says.

    Args:
        model: `EncoderDecoder`.
        x: The sources.
        method: How tokens are chosen.
        max_length: As in `decode`.
        length_penalty: As in `decode`.
        seed: As in `decode`.
        batch_size: As in `decode`.
    """
    if length_penalty != 0:
        validate.positive_number("length_penalty", length_penalty)
    top_k = getattr(method, "top_k", None)
    if top_k is not None:  # neither padding nor the start are drawn
        token_ids.check_top_k(top_k, model.decoder.vocabulary_size - 2)
    source: Any = model.incoming().source("x", x)
    if seed is not None:
        validate.integer("seed", seed, minimum=0)
    shape = (len(source), method.num_hypotheses, max_length)
    draws = np.zeros(shape, "float32")
    if method.draws:
        draws = np.random.default_rng(seed).random(shape, "float32")
    writing = model.remembered(
        (method, max_length), lambda: _writing(model, method, max_length)
    )
    found = writing.predict([source, draws], batch_size=batch_size, verbose=0)
    return _best(found, model.decoder.end_id, method.num_best, length_penalty)


def _writing(model, method, max_length):
    """A model that writes, of sources and draws; it has no own weights."""
    draws = keras.Input((method.num_hypotheses, max_length), name="draws")
    source, states, read = model.read()
    reads = {} if read is None else {"source": read}
    found = Writer(model.decoder, method, max_length)(
        draws, initial_state=states, **reads
    )
    return keras.Model([source, draws], found)


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
