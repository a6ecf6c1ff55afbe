# SPDX-License-Identifier: Apache-2.0
"""Greedy decoding: always the likeliest next token."""

from dataclasses import dataclass

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.decoding.hypotheses import Hypotheses
from keras_rnn.models.decoding.method import Choice, Method


@dataclass(frozen=True)
class Greedy(Method):
    """Writes the likeliest next token.

    Args:
        num_best: 1, as there is only one such sequence.
    """

    num_best: int = 1

    def __post_init__(self) -> None:
        if validate.positive_int("num_best", self.num_best) > 1:
            raise ValueError(
                "Greedy decoding writes one sequence per source. Received: "
                f"num_best={self.num_best}. Use method='beam' or 'sample'."
            )

    @property
    def num_hypotheses(self) -> int:
        return 1

    def first_log_p(self, log_p: Tensor) -> Tensor:
        return log_p

    def choose(
        self, next_log_p: Tensor, written: Hypotheses, draws: Tensor
    ) -> Choice:
        tokens = ops.cast(ops.argmax(next_log_p, axis=-1), "int32")
        return Choice(tokens, written.log_p + ops.max(next_log_p, axis=-1))
