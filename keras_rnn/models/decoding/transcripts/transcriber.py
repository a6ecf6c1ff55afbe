# SPDX-License-Identifier: Apache-2.0
"""Transcriber: the layer that reads labels, and the call that runs it."""

from typing import Any

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.engine import backend
from keras_rnn.metrics import packed
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.decoding.decoded import Decoded
from keras_rnn.models.decoding.hypotheses import LEAST
from keras_rnn.models.decoding.transcripts.reading import Labels, Reading


def transcribed(
    model: Any, x: Any, method: Reading, *, batch_size: int
) -> Decoded:
    """Reads with a model, as `decode` says.

    Args:
        model: A model made by `ctc`.
        x: The sources.
        method: How labels are read.
        batch_size: As in `decode`.
    """
    validate.instance("model", model, RecurrentModel, "Use ctc(...).")
    if hasattr(x, "element_spec"):
        raise TypeError(
            "`x` must be arrays, as their batches may differ in length. "
            f"Received: {type(x).__name__}. Decode batch by batch."
        )
    method.check(model.output.shape[-1])
    reading = model.remembered(
        method,
        lambda: keras.Model(model.input, Transcriber(method)(model.output)),
    )
    x, _, _ = model.incoming().data("x", x)
    ids, lengths, scores = reading.predict(x, batch_size=batch_size, verbose=0)
    # Places in a beam that there were too few sequences to fill.
    empty = scores < LEAST / 2
    scores = np.where(empty, -np.inf, scores)
    lengths = np.where(empty, 0, lengths)
    ids = np.where(empty[..., None], 0, ids)
    longest = max(int(lengths.max(initial=0)), 1)
    return Decoded(ids[:, :, :longest], lengths, scores)


class Transcriber(keras.layers.Layer):
    """Reads labels off logits.

    Args:
        method: How.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        logits: Tensor `(batch, time, num_classes)`.

    Returns:
        `Labels`.
    """

    def __init__(self, method: Reading, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.method = method
        # Its weights are those of this layer, too: a compiled function would
        # take them for constants otherwise.
        self.language_model: Any = getattr(method, "language_model", None)

    def call(self, logits: Tensor) -> Labels:
        # A new function at each call: programs are kept by function, and this
        # one may hold the traced weights of a language model.
        read = backend.compiled(lambda x: self.method(packed(x)), time_axis=1)
        return Labels(*read(logits))

    def compute_output_spec(self, logits: Tensor) -> Labels:
        batch, time, _ = logits.shape
        k = self.method.num_best
        return Labels(
            keras.KerasTensor((batch, k, time), "int32"),
            keras.KerasTensor((batch, k), "int32"),
            keras.KerasTensor((batch, k), "float32"),
        )
