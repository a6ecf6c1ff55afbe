# SPDX-License-Identifier: Apache-2.0
"""generate: a language model continues a prompt, one token at a time."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike
from keras_rnn.models.checked import token_ids
from keras_rnn.models.online.for_inference import for_inference
from keras_rnn.models.online.language_model import (
    embedding_of_language_model,
)
from keras_rnn.models.online.predict_online import predict_online


def generate(
    model: keras.Model,
    prompt: ArrayLike | Sequence[ArrayLike],
    num_tokens: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int | None = None,
) -> Array:
    """Continues prompts with a language model.

    The prompt is read once. The recurrent layers then keep their states, so
    that each token costs one step however long the text is. Padding, id 0 of a
    model with `mask_zero=True`, is never generated.

    Args:
        model: A model made with a `NextToken` head, or any other with one
            input of token ids `(batch, time)`, an `Embedding`, and logits
            `(batch, time, vocabulary_size)`. It is not changed.
        prompt: Token ids: one prompt (a list, or an array `(time,)`) or a
            batch of them (lists, or an array `(batch, time)`). Prompts of
            unequal length need a model that masks id 0.
        num_tokens: How many tokens to generate.
        temperature: Positive number that the logits are divided by: below 1
            the likely tokens become likelier, above 1 the unlikely ones.
        top_k: Number of the likeliest tokens to draw from; 1 always takes the
            likeliest. None draws from all tokens.
        seed: Integer that makes the draws repeatable.

    Returns:
        Array of the new ids, without the prompt: `(num_tokens,)` for one
        prompt, `(batch, num_tokens)` for a batch.

    Raises:
        TypeError: If `model` is no Keras model, or the prompt does not hold
            token ids.
        ValueError: If the model is no language model, an id is outside its
            vocabulary, a prompt is empty, or a setting has a wrong value.

    Example:
        >>> from keras_rnn.models import (
        ...     NextToken, Stack, Tokens, generate, many_to_many
        ... )
        >>> tokens = Tokens(vocabulary_size=50)
        >>> model = many_to_many(
        ...     Stack("elman", units=8), tokens, NextToken.of(tokens)
        ... )
        >>> generate(model, [4, 8, 15], num_tokens=5, seed=0).shape
        (5,)
    """
    embedding = embedding_of_language_model(model)
    vocabulary_size, mask_zero = embedding.input_dim, embedding.mask_zero
    validate.positive_int("num_tokens", num_tokens)
    if temperature == 0:
        raise ValueError(
            "`temperature` must be a number above 0. Received: temperature=0. "
            "Use top_k=1 to always take the likeliest token."
        )
    validate.positive_number("temperature", temperature)
    if top_k is not None:
        token_ids.check_top_k(top_k, vocabulary_size - mask_zero)
    if seed is not None:
        validate.integer("seed", seed, minimum=0)
    one_prompt, prompts = _padded(prompt, vocabulary_size, mask_zero)
    generator = np.random.default_rng(seed)
    online = for_inference(model, batch_size=len(prompts))
    logits = _logits_after(online, prompts, mask_zero)
    generated = np.zeros((len(prompts), num_tokens), dtype="int32")
    for k in range(num_tokens):
        if k > 0:
            logits = predict_online(online, generated[:, k - 1])
        scaled = logits.astype("float64") / temperature
        if mask_zero:
            scaled[:, 0] = -np.inf
        generated[:, k] = _drawn(scaled, top_k, generator)
    return generated[0] if one_prompt else generated


def _padded(prompt, vocabulary_size, mask_zero):
    """Whether there is only one prompt, and all as int32 (batch, time)."""
    if not isinstance(prompt, (list, tuple)):
        prompt = np.atleast_1d(np.asarray(prompt))
    one_prompt = len(prompt) > 0 and np.ndim(prompt[0]) == 0
    rows = [np.asarray(row) for row in ([prompt] if one_prompt else prompt)]
    if not rows or any(row.size == 0 for row in rows):
        raise ValueError(
            "A prompt must hold at least one token. "
            f"{validate.received('prompt', prompt)} "
            "Begin with a token that starts texts."
        )
    for row in rows:
        _check_ids(row, vocabulary_size, mask_zero)
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1 and not mask_zero:
        raise ValueError(
            "Prompts of unequal length need a model that masks padding. "
            f"Received: lengths {lengths} for mask_zero=False. "
            "Pass them one by one, or use Tokens(..., mask_zero=True)."
        )
    padded = np.zeros((len(rows), max(lengths)), dtype="int32")
    for line, row in zip(padded, rows, strict=True):
        line[: len(row)] = row
    return one_prompt, padded


def _check_ids(row, vocabulary_size, mask_zero):
    if row.ndim != 1 or not np.issubdtype(row.dtype, np.integer):
        raise TypeError(
            "`prompt` must hold token ids, integers: one prompt or a batch of "
            f"them. {validate.received('prompt', row)} "
            "Turn text into ids first."
        )
    token_ids.check("prompt", row, vocabulary_size)
    if mask_zero and not row.any():
        raise ValueError(
            "A prompt must hold a token besides the padding 0. "
            f"{validate.received('prompt', row)} "
            "Begin with a token that starts texts."
        )


def _logits_after(online, prompts, mask_zero):
    """The logits after the last token of each prompt.

    The model reads one step per call, so that prompts of all lengths use the
    same compiled function.
    """
    logits: Any = 0.0
    for ids in prompts.T:
        answer = predict_online(online, ids)
        # The answer of a model to a single masked step is not defined.
        skipped = (ids == 0)[:, None] & mask_zero
        logits = np.where(skipped, logits, answer)
    return logits


def _drawn(logits, top_k, generator):
    """One id per row, drawn from the softmax of the logits."""
    if np.isnan(logits).any():
        raise ValueError(
            "The model gives logits that are not numbers. "
            "Received: NaN. Train again with a lower learning rate or clipnorm."
        )
    if top_k is not None:
        others = np.argsort(-logits, axis=1, kind="stable")[:, top_k:]
        np.put_along_axis(logits, others, -np.inf, axis=1)
    # argmax of logits plus Gumbel noise is a draw from their softmax.
    return np.argmax(logits + generator.gumbel(size=logits.shape), axis=1)
