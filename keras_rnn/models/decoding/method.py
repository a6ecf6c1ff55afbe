# SPDX-License-Identifier: Apache-2.0
"""The contract of a method of decoding."""

import abc
from typing import ClassVar, NamedTuple

from keras_rnn._types import Tensor
from keras_rnn.models.decoding.hypotheses import Hypotheses


class Choice(NamedTuple):
    """The tokens that go on.

    Attributes:
        tokens: int32 `(batch, k)`.
        log_p: Σ log p of the sequences with these tokens, `(batch, k)`.
        parents: Positions `(batch, k)` of the hypotheses that they continue;
            None if each continues itself.
    """

    tokens: Tensor
    log_p: Tensor
    parents: Tensor | None = None


class Method(abc.ABC):
    """How the next tokens are chosen: one file, and one row in `DECODERS`.

    A subclass is a frozen dataclass of settings, some of the arguments of
    `decode`, which compares and hashes by them.
    """

    #: How many sequences are returned per source.
    num_best: int
    #: Whether it needs a random number per token.
    draws: ClassVar[bool] = False

    @property
    @abc.abstractmethod
    def num_hypotheses(self) -> int:
        """How many sequences are written per source."""

    @abc.abstractmethod
    def first_log_p(self, log_p: Tensor) -> Tensor:
        """Σ log p of the hypotheses before the first token; given zeros."""

    @abc.abstractmethod
    def choose(
        self, next_log_p: Tensor, written: Hypotheses, draws: Tensor
    ) -> Choice:
        """The tokens that go on.

        Args:
            next_log_p: log p of each next token, `(batch, k,
                vocabulary_size)`.
            written: The hypotheses so far.
            draws: Uniform random numbers in [0, 1), `(batch, k)`.
        """
