# SPDX-License-Identifier: Apache-2.0
"""Sampling: tokens are drawn by their probabilities."""

from dataclasses import dataclass
from typing import ClassVar

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.decoding.hypotheses import Hypotheses
from keras_rnn.models.decoding.method import Choice, Method


@dataclass(frozen=True)
class Sample(Method):
    """Draws each next token.

    Args:
        num_best: Sequences to draw per source, the likeliest first.
        temperature: Positive number that log p is divided by before drawing.
        top_k: Number of the likeliest tokens to draw from, or None.
        top_p: Only the likeliest tokens that together have this probability
            are drawn from, at least one (nucleus sampling), or None.

    Reference:
        Holtzman, A. et al. (2020). The curious case of neural text
        degeneration. ICLR, for `top_p`.
    """

    num_best: int = 1
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    draws: ClassVar[bool] = True

    def __post_init__(self) -> None:
        validate.positive_int("num_best", self.num_best)
        validate.positive_number("temperature", self.temperature)
        if self.top_k is not None:
            validate.positive_int("top_k", self.top_k)
        if self.top_p is None:
            return
        if validate.fraction("top_p", self.top_p) == 0:
            raise ValueError(
                "`top_p` must be above 0. Received: top_p=0. Use "
                "method='greedy' to always take the likeliest token."
            )

    @property
    def num_hypotheses(self) -> int:
        return self.num_best

    def first_log_p(self, log_p: Tensor) -> Tensor:
        return log_p

    def choose(
        self, next_log_p: Tensor, written: Hypotheses, draws: Tensor
    ) -> Choice:
        count = self.top_k or next_log_p.shape[-1]
        likeliest, ids = ops.top_k(next_log_p, count)
        p = ops.exp((likeliest - likeliest[..., :1]) / self.temperature)
        up_to = ops.cumsum(p, axis=-1)
        if self.top_p is not None:
            least = self.top_p * up_to[..., -1:]
            p = ops.where(up_to - p < least, p, 0)
            up_to = ops.cumsum(p, axis=-1)
        # The first token up to which there is more than the drawn share.
        drawn = draws[..., None] * up_to[..., -1:]
        place = ops.sum(ops.cast(up_to <= drawn, "int32"), axis=-1)
        place = ops.minimum(place, count - 1)[..., None]
        tokens = ops.take_along_axis(ids, place, axis=-1)[..., 0]
        log_p = ops.take_along_axis(likeliest, place, axis=-1)[..., 0]
        return Choice(ops.cast(tokens, "int32"), written.log_p + log_p)
