# SPDX-License-Identifier: Apache-2.0
"""Hypotheses: what has been written so far of several sequences per source."""

from typing import Any, NamedTuple, Self

from keras import ops

from keras_rnn._types import Tensor

#: Stands for log 0 where a sum of it has to stay finite.
LEAST = -1e9


class Hypotheses(NamedTuple):
    """Sequences that are being written, k per source.

    Attributes:
        ids: int32 `(batch, k, max_length)`, 0 where nothing is written.
        log_p: float32 `(batch, k)`, Σ log p of the written tokens.
        lengths: int32 `(batch, k)`, tokens written, the end included.
        finished: Boolean `(batch, k)`, whether the end is written.
    """

    ids: Tensor
    log_p: Tensor
    lengths: Tensor
    finished: Tensor

    @classmethod
    def none_written(cls, batch: Any, k: int, max_length: int) -> Self:
        """The hypotheses before the first step."""
        return cls(
            ops.zeros((batch, k, max_length), "int32"),
            ops.zeros((batch, k), "float32"),
            ops.zeros((batch, k), "int32"),
            ops.zeros((batch, k), "bool"),
        )

    def reordered(self, parents: Tensor) -> "Hypotheses":
        """The hypotheses that others go on from, `(batch, k)` positions."""
        return Hypotheses(*(reordered(v, parents) for v in self))

    def extended(
        self, tokens: Tensor, log_p: Tensor, step: Tensor, end_id: int
    ) -> "Hypotheses":
        """The hypotheses with one more token each.

        Args:
            tokens: int32 `(batch, k)`; 0 for those that are finished.
            log_p: The new Σ log p.
            step: Number of the step, a scalar.
            end_id: The token that finishes a sequence.
        """
        here = ops.arange(self.ids.shape[-1]) == step
        return Hypotheses(
            ops.where(here, tokens[..., None], self.ids),
            log_p,
            self.lengths + ops.cast(~self.finished, "int32"),
            self.finished | (tokens == end_id),
        )

    def next_log_p(self, logits: Tensor, forbidden: tuple[int, ...]) -> Tensor:
        """Log p of each next token, `(batch, k, vocabulary_size)`.

        A finished hypothesis goes on with padding, which costs nothing.

        Args:
            logits: Tensor `(batch, k, vocabulary_size)`.
            forbidden: Ids that are never written.
        """
        log_p = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
        ids = ops.arange(logits.shape[-1])
        for one in forbidden:
            log_p = ops.where(ids == one, LEAST, log_p)
        padding = ops.where(ids == 0, 0.0, LEAST)
        return ops.where(self.finished[..., None], padding, log_p)


def reordered(values: Tensor, parents: Tensor) -> Tensor:
    """Values `(batch, k, ...)` at the positions `(batch, k)`."""
    shape = (*ops.shape(parents), *[1] * (len(values.shape) - 2))
    return ops.take_along_axis(values, ops.reshape(parents, shape), axis=1)


def states_of(state: Tensor, parents: Tensor, k: int) -> Tensor:
    """A state `(batch × k, width)` of the hypotheses that go on.

    Args:
        state: The state of all hypotheses.
        parents: Positions `(batch, k)`.
        k: Hypotheses per source.
    """
    width = state.shape[-1]
    of_each = ops.reshape(state, (-1, k, width))
    return ops.reshape(reordered(of_each, parents), (-1, width))


def scored(log_p: Tensor, lengths: Tensor, length_penalty: float) -> Tensor:
    """Σ log p divided by ((5 + n) / 6)^α, for n tokens, the end included.

    Args:
        log_p: Σ log p.
        lengths: n, of the same shape.
        length_penalty: α; 0 leaves the sum as it is.

    Reference:
        Wu, Y. et al. (2016). Google's neural machine translation system.
        arXiv:1609.08144, equation 14, without coverage.
    """
    penalty = ((5.0 + ops.cast(lengths, "float32")) / 6) ** length_penalty
    return ops.divide(log_p, penalty)
