# SPDX-License-Identifier: Apache-2.0
"""Heads of numbers, of one probability, and of classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import keras
import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Floats, Tensor
from keras_rnn.metrics import MaskedAUC, Perplexity, as_levels
from keras_rnn.models.blocks.inputs import Inputs, Tokens
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.heads.contract import (
    Answers,
    ForecastHead,
    Head,
    as_answers,
)


@dataclass(frozen=True)
class Regression(ForecastHead):
    """Numbers: the whole horizon at once, or an estimate at every step.

    Args:
        horizon: Steps predicted; 1 in a model that answers at every step.
        num_targets: Numbers predicted per step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets)`; on
        `(batch, time, width)`: `(batch, time, num_targets)`.
    """

    horizon: int = 1
    num_targets: int = 1
    factories: ClassVar[tuple[str, ...]] = (
        "many_to_one",
        "many_to_many",
        "seq2seq",
        "stateful_forecaster",
    )
    layer_name = "forecast"
    #: Its best answer is the median, and outliers weigh less than with mse.
    loss: ClassVar[str] = "mae"
    metrics: ClassVar[tuple[str, ...]] = ("mae",)

    def __call__(self, x: Tensor) -> Tensor:
        """Builds the head on a symbolic tensor `(batch[, time], width)`."""
        if len(x.shape) == 3:
            return self._at_every_step(x)
        y = keras.layers.Dense(
            self.horizon * self.num_targets, dtype="float32"
        )(x)
        return keras.layers.Reshape(
            (self.horizon, self.num_targets),
            dtype="float32",
            name=self.layer_name,
        )(y)

    def _at_every_step(self, x: Tensor) -> Tensor:
        if self.horizon > 1:
            raise ValueError(
                "A model with an answer at every step has no horizon. "
                f"Received: head={self!r}. "
                "Use Regression(num_targets=...), or many_to_one."
            )
        return keras.layers.Dense(
            self.num_targets, dtype="float32", name=self.layer_name
        )(x)

    def quantiles(self, prediction: Tensor, levels: Sequence[float]) -> Floats:
        """The numbers themselves, which stand for the median."""
        if as_levels("levels", levels) != (0.5,):
            raise ValueError(
                "A number is no other quantile than the median. Received: "
                f"levels={levels!r}. Use a distribution, e.g. Gaussian()."
            )
        return as_answers(prediction)[..., np.newaxis]


@dataclass(frozen=True)
class Binary(Head):
    """The probability of the positive class, `(batch[, time], 1)`."""

    factories: ClassVar[tuple[str, ...]] = (
        "many_to_one",
        "many_to_many",
        "conv_lstm",
    )
    layer_name = "probability"
    loss: ClassVar[str] = "binary_crossentropy"

    @property
    def metrics(self) -> Sequence[str | keras.metrics.Metric]:
        """Accuracy, and the area under the ROC curve."""
        return ["accuracy", MaskedAUC()]

    def __call__(self, x: Tensor) -> Tensor:
        return keras.layers.Dense(
            1, activation="sigmoid", dtype="float32", name=self.layer_name
        )(x)


@dataclass(frozen=True)
class MultiClass(Head):
    """Probabilities of the classes, `(batch[, time], num_classes)`.

    Args:
        num_classes: Number of classes, at least 2; they are numbered from 0.
    """

    num_classes: int
    factories: ClassVar[tuple[str, ...]] = (
        "many_to_one",
        "many_to_many",
        "conv_lstm",
    )
    answers = Answers.CLASSES
    layer_name = "probabilities"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy",)

    def __post_init__(self) -> None:
        validate.integer("num_classes", self.num_classes, minimum=2)

    def __call__(self, x: Tensor) -> Tensor:
        return keras.layers.Dense(
            self.num_classes,
            activation="softmax",
            dtype="float32",
            name=self.layer_name,
        )(x)


@dataclass(frozen=True)
class NextToken(Head):
    """Logits of the token that comes next, `(batch, time, vocabulary_size)`.

    The head of a language model (`many_to_many`): the target of a step is the
    input of the next one, and `keras_rnn.models.generate` continues a text. Its
    ids must be those of `Tokens`: `NextToken.of(tokens)` takes them from there.
    It is also the head of decoders that write a sequence (`seq2seq`,
    `one_to_many`), with a vocabulary of their own.

    Args:
        vocabulary_size: Ids lie in 0 .. vocabulary_size − 1.
        mask_zero: Whether id 0 is padding, a target without weight.
        embedding_units: Width of the embedding by which a decoder reads what
            it wrote; a language model has that of its inputs.
    """

    vocabulary_size: int
    mask_zero: bool = True
    embedding_units: int = 32
    factories: ClassVar[tuple[str, ...]] = (
        "many_to_many",
        "seq2seq",
        "one_to_many",
    )
    answers = Answers.CLASSES
    layer_name = "logits"

    def __post_init__(self) -> None:
        validate.integer("vocabulary_size", self.vocabulary_size, minimum=2)
        validate.boolean("mask_zero", self.mask_zero)
        validate.positive_int("embedding_units", self.embedding_units)

    @classmethod
    def of(cls, tokens: Tokens) -> Self:
        """The head that predicts the ids of a `Tokens`."""
        validate.instance("tokens", tokens, Tokens)
        return cls(
            tokens.vocabulary_size,
            mask_zero=tokens.mask_zero,
            embedding_units=tokens.embedding_units,
        )

    @property
    def padding(self) -> int | None:
        """The target without weight, or None."""
        return 0 if self.mask_zero else None

    @property
    def loss(self) -> keras.losses.Loss:
        """Cross-entropy of the logits, without padding."""
        return keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, ignore_class=self.padding
        )

    @property
    def metrics(self) -> Sequence[keras.metrics.Metric]:
        """Perplexity, without padding."""
        return [Perplexity(from_logits=True, ignore_class=self.padding)]

    def check(self, stack: Stack, inputs: Inputs) -> None:
        """Raises an error if the model saw the future, or read other ids."""
        tokens = validate.instance(
            "inputs",
            inputs,
            Tokens,
            "NextToken predicts what it reads; MultiClass predicts other "
            "classes.",
        )
        if stack.bidirectional:
            raise ValueError(
                "A bidirectional stack sees the token it is to predict. "
                "Received: bidirectional=True with a NextToken head. "
                "Use bidirectional=False."
            )
        expected = NextToken.of(tokens)
        if (self.vocabulary_size, self.mask_zero) != (
            expected.vocabulary_size,
            expected.mask_zero,
        ):
            raise ValueError(
                "`vocabulary_size` and `mask_zero` must be those of the "
                f"inputs, {expected!r}. Received: head={self!r}. "
                "Use NextToken.of(tokens)."
            )

    def __call__(self, x: Tensor) -> Tensor:
        return keras.layers.Dense(
            self.vocabulary_size, dtype="float32", name=self.layer_name
        )(x)
