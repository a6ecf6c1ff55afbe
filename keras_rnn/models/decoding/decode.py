# SPDX-License-Identifier: Apache-2.0
"""decode: a trained model writes a sequence for each source."""

import inspect
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.checked import answers
from keras_rnn.models.decoders.encoder_decoder import EncoderDecoder
from keras_rnn.models.decoding.decoded import Decoded
from keras_rnn.models.decoding.table import DECODERS
from keras_rnn.models.decoding.transcripts.table import CTC_DECODERS
from keras_rnn.models.decoding.transcripts.transcriber import transcribed
from keras_rnn.models.decoding.writing import written
from keras_rnn.models.heads.contract import Answers

#: Arguments of `decode` that every method of writing heeds.
OF_WRITING = ("max_length", "length_penalty", "seed")


def decode(
    model: keras.Model,
    x: Any,
    *,
    method: str = "greedy",
    max_length: int | None = None,
    beam_width: int | None = None,
    num_best: int = 1,
    length_penalty: float = 0.0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    language_model: keras.Model | None = None,
    language_weight: float = 0.0,
    insertion_bonus: float = 0.0,
    batch_size: int = 256,
) -> Decoded:
    """Writes sequences with a model of `seq2seq`, `one_to_many` or `ctc`.

    A decoder, of `seq2seq` or `one_to_many`, writes token by token until it
    writes the end. It never writes padding or `start_id`. A model of `ctc` has
    logits at every frame, from which labels are read.

    Args:
        model: `EncoderDecoder`, or a model made by `ctc`.
        x: The sources, as `fit` takes them: token ids `(batch, time)`, frames
            `(batch, time, features)`, or what `one_to_many` reads.
        method: A key of `DECODERS`, or of `CTC_DECODERS` for `ctc`:
            `"greedy"` takes the likeliest next token, or the likeliest class of
            each frame; `"beam"` keeps the best sequences so far; `"sample"`
            draws tokens.
        max_length: Most tokens that a decoder writes, the end included, which
            it needs to know; a sequence without end by then is cut off.
        beam_width: Of `"beam"`: sequences that are kept; None for 4, or 20 of
            `ctc`.
        num_best: Sequences to return per source; more than 1 of `"beam"` and
            `"sample"`.
        length_penalty: α of a decoder, from 0: how much longer sequences are
            preferred.
        temperature: Of `"sample"`: positive number that log p is divided by.
        top_k: Of `"sample"`: number of the likeliest tokens to draw from.
        top_p: Of `"sample"`: draw from the likeliest tokens that have this
            probability together.
        seed: Of `"sample"`: integer that makes the draws repeatable, whatever
            `batch_size` is.
        language_model: Of `"beam"` of `ctc`: a model of the same ids, made by
            `many_to_many` with `NextToken`. It says nothing about the first
            label.
        language_weight: Of `"beam"` of `ctc`: weight of the log p of the
            language model.
        insertion_bonus: Of `"beam"` of `ctc`: what each label adds to the
            score.
        batch_size: Sources that are decoded side by side.

    Returns:
        `Decoded`.

    Raises:
        TypeError: If the model writes nothing.
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
        >>> model = ctc(Stack("gru", 8), Sequences(4), Characters(20))
        >>> decoded = decode(model, np.ones((5, 30, 4)), method="beam")
        >>> decoded.scores.shape
        (5, 1)
    """
    validate.positive_int("batch_size", batch_size)
    settings = {
        "max_length": max_length,
        "beam_width": beam_width,
        "num_best": num_best,
        "length_penalty": length_penalty,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "seed": seed,
        "language_model": language_model,
        "language_weight": language_weight,
        "insertion_bonus": insertion_bonus,
    }
    if isinstance(model, EncoderDecoder):
        return written(
            model,
            x,
            _method(DECODERS, method, settings, OF_WRITING),
            max_length=validate.positive_int("max_length", max_length),
            length_penalty=length_penalty,
            seed=seed,
            batch_size=batch_size,
        )
    if not _transcribes(model):
        raise TypeError(
            "`model` must be made by seq2seq of tokens, one_to_many or ctc. "
            f"{validate.received('model', model)} Use predict with others."
        )
    reading = _method(CTC_DECODERS, method, settings, ())
    return transcribed(model, x, reading, batch_size=batch_size)


def _transcribes(model: Any) -> bool:
    output = getattr(model, "output", None)
    return (
        isinstance(output, keras.KerasTensor)
        and answers.kind_of(output) is Answers.TRANSCRIPT
    )


def _method(table: Any, key: str, settings: dict[str, Any], also: Any) -> Any:
    """The method with those settings that are its own.

    Args:
        table: Key -> class of methods.
        key: The key that was asked for.
        settings: All arguments that methods may take.
        also: Names of those that all methods of the table heed.
    """
    cls = table[validate.one_of("method", key, tuple(table))]
    own = set(inspect.signature(cls).parameters)
    defaults = inspect.signature(decode).parameters
    given = {
        name: value
        for name, value in settings.items()
        if value is not defaults[name].default
        and value != defaults[name].default
    }
    for name in given.keys() - own - set(also):
        raise ValueError(
            f"`{name}` is for {_takers(name)}. Received: "
            f"{name}={settings[name]!r}, method={key!r}. Leave it out."
        )
    return cls(**{name: v for name, v in given.items() if name in own})


def _takers(name: str) -> str:
    """What takes an argument, for an error."""
    if name in OF_WRITING:
        return "models of seq2seq and one_to_many"
    return " or ".join(
        f"method={key!r} of {models}"
        for models, table in (
            ("seq2seq and one_to_many", DECODERS),
            ("ctc", CTC_DECODERS),
        )
        for key, kind in table.items()
        if name in inspect.signature(kind).parameters
    )
