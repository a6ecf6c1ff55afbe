# SPDX-License-Identifier: Apache-2.0
"""Beam search: the best sequences so far go on together."""

from dataclasses import dataclass

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.decoding.hypotheses import LEAST, Hypotheses, scored
from keras_rnn.models.decoding.method import Choice, Method


@dataclass(frozen=True)
class Beam(Method):
    """Keeps the best sequences of each source, finished or not.

    Finished sequences keep their place only as long as no others score better,
    so they compete to the end. Scores of all of them are divided by the length
    penalty.

    Args:
        num_best: Sequences to return per source, at most `beam_width`.
        beam_width: Sequences to keep per source.
        length_penalty: α in ((5 + n) / 6)^α.
    """

    num_best: int = 1
    beam_width: int = 4
    length_penalty: float = 0.0

    def __post_init__(self) -> None:
        check_beam(self.num_best, self.beam_width)

    @property
    def num_hypotheses(self) -> int:
        return self.beam_width

    def first_log_p(self, log_p: Tensor) -> Tensor:
        # All are alike before the first token: one of them is enough.
        first = ops.arange(self.beam_width) == 0
        return ops.where(first, log_p, LEAST)

    def choose(
        self, next_log_p: Tensor, written: Hypotheses, draws: Tensor
    ) -> Choice:
        vocabulary_size = next_log_p.shape[-1]
        log_p = written.log_p[..., None] + next_log_p
        lengths = written.lengths + ops.cast(~written.finished, "int32")
        scores = scored(log_p, lengths[..., None], self.length_penalty)
        flat = (-1, self.beam_width * vocabulary_size)
        _, best = ops.top_k(ops.reshape(scores, flat), self.beam_width)
        best = ops.cast(best, "int32")
        log_p = ops.take_along_axis(ops.reshape(log_p, flat), best, axis=1)
        parents = best // vocabulary_size
        return Choice(best - parents * vocabulary_size, log_p, parents)


def check_beam(num_best: int, beam_width: int) -> None:
    """Raises a ValueError unless a beam holds as many as are returned."""
    validate.positive_int("beam_width", beam_width)
    if validate.positive_int("num_best", num_best) > beam_width:
        raise ValueError(
            "`num_best` must be at most `beam_width`. Received: "
            f"num_best={num_best}, beam_width={beam_width}. Raise beam_width."
        )
