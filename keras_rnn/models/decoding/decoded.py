# SPDX-License-Identifier: Apache-2.0
"""Decoded: what a model has written."""

from dataclasses import dataclass

from keras_rnn._types import Array


@dataclass(frozen=True, eq=False)
class Decoded:
    """What `decode` wrote, best sequence first.

    Attributes:
        ids: int32 `(batch, num_best, max_length)`, without `end_id`, padded
            with 0; of `ctc` `(batch, num_best, longest)`.
        lengths: int32 `(batch, num_best)`, the number of ids.
        scores: float32 `(batch, num_best)`: Σ log p, that of the end included,
            divided by ((5 + n) / 6)^α with n tokens, the end included. A
            sequence that is cut off at `max_length` has no end. Of `ctc`: log p
            of the labels over all paths, or over those that a beam held, and
            what the language model and the insertion bonus add; −inf where a
            row has fewer sequences.
        attention: float32 `(batch, num_best, max_length, source length)`,
            where each token, and the end, looked; zeros after it. None without
            attention.
    """

    ids: Array
    lengths: Array
    scores: Array
    attention: Array | None = None
