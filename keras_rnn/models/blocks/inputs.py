# SPDX-License-Identifier: Apache-2.0
"""The inputs of models: numbers, token ids or pictures at each step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.frames import Frames
from keras_rnn.models.blocks.padding import check_mask_value

if TYPE_CHECKING:
    from keras_rnn.data import PreparedData


@dataclass(frozen=True)
class Sequences:
    """Sequences of numbers, with future and static covariates.

    Without covariates a model takes the past alone, `(batch, length,
    num_features)`; with covariates it takes a dict with the past as `"past"`.

    Args:
        num_features: Numbers per step of the past.
        length: Steps of the past; None means any length.
        num_future: Numbers per step of the horizon that are known beforehand,
            `"future"` of the dict, `(batch, horizon, num_future)`.
        num_static: Numbers per sequence, `"static"` of the dict, `(batch,
            num_static)`.
        mask_value: Steps of the past all of whose features equal this number
            are padding, which the layers above skip; None means no padding.
        num_observed: How many numbers of the past, the first ones, may be
            missing. The last 2 · num_observed then tell whether each is known
            and how long ago it was, as `keras_rnn.data.with_elapsed` makes
            them; `keras_rnn.GRUD` reads them so, other layers as numbers.
    """

    num_features: int = 1
    length: int | None = None
    num_future: int = 0
    num_static: int = 0
    mask_value: float | None = None
    num_observed: int = 0

    def __post_init__(self) -> None:
        validate.positive_int("num_features", self.num_features)
        if self.length is not None:
            validate.positive_int("length", self.length)
        validate.integer("num_future", self.num_future, minimum=0)
        validate.integer("num_static", self.num_static, minimum=0)
        if self.mask_value is not None:
            check_mask_value(self.mask_value)
        self._check_num_observed()

    def _check_num_observed(self) -> None:
        validate.integer("num_observed", self.num_observed, minimum=0)
        if 3 * self.num_observed > self.num_features:
            raise ValueError(
                f"num_observed={self.num_observed} needs num_features of at "
                f"least {3 * self.num_observed}: the numbers, whether each is "
                "known, and how long ago it was. Received: "
                f"num_features={self.num_features}. Count them all."
            )

    @classmethod
    def of(cls, data: "PreparedData") -> Self:
        """The inputs for data from `keras_rnn.data.prepare`."""
        return cls(
            num_features=data.num_features,
            length=data.lookback,
            num_future=data.num_future,
            num_static=data.num_static,
            mask_value=data.mask_value,
            num_observed=data.num_observed,
        )

    def __call__(self, horizon: int | None) -> tuple[Any, Tensor, list[Tensor]]:
        """New symbolic inputs.

        Args:
            horizon: Steps of the future covariates; None without a horizon.

        Returns:
            The inputs of the model, the sequence `(batch, time, features)`
            for the stack, and a list of vectors `(batch, width)` for the head.
        """
        past = keras.Input((self.length, self.num_features), name="past")
        inputs, vectors = {"past": past}, []
        sequence = past
        if self.mask_value is not None:
            sequence = keras.layers.Masking(self.mask_value)(past)
        if self.num_future:
            future = keras.Input((horizon, self.num_future), name="future")
            inputs["future"] = future
            vectors.append(keras.layers.Flatten()(future))
        if self.num_static:
            inputs["static"] = keras.Input((self.num_static,), name="static")
            vectors.append(inputs["static"])
        return (inputs if vectors else past), sequence, vectors


@dataclass(frozen=True)
class Tokens:
    """Sequences of token ids, embedded.

    Args:
        vocabulary_size: Ids lie in 0 .. vocabulary_size − 1.
        embedding_units: Width of the embedding.
        length: Steps; None means any length.
        mask_zero: Whether id 0 is padding, which the layers above skip.
    """

    vocabulary_size: int
    embedding_units: int = 32
    length: int | None = None
    mask_zero: bool = True

    #: An id is never missing.
    num_observed: ClassVar[int] = 0

    def __post_init__(self) -> None:
        validate.positive_int("vocabulary_size", self.vocabulary_size)
        validate.positive_int("embedding_units", self.embedding_units)
        if self.length is not None:
            validate.positive_int("length", self.length)
        validate.boolean("mask_zero", self.mask_zero)

    def __call__(self, horizon: int | None) -> tuple[Any, Tensor, list[Tensor]]:
        """New symbolic inputs, as those of `Sequences` but without vectors."""
        ids = keras.Input((self.length,), dtype="int32", name="tokens")
        return ids, self.embedded(ids), []

    def embedded(self, ids: Tensor) -> Tensor:
        """The tokens of a symbolic tensor, by a new embedding."""
        return keras.layers.Embedding(
            self.vocabulary_size, self.embedding_units, mask_zero=self.mask_zero
        )(ids)


#: What a factory that reads a sequence takes.
Inputs: TypeAlias = Sequences | Tokens | Frames
INPUTS = (Sequences, Tokens, Frames)
