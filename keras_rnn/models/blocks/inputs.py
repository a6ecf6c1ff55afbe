# SPDX-License-Identifier: Apache-2.0
"""What enters a model: numbers a step, or token ids."""

import math
import numbers
from dataclasses import dataclass

import keras

from keras_rnn import _validation as validate


@dataclass(frozen=True)
class Sequences:
    """Numeric sequences, with covariates of the future and static ones.

    Args:
        num_features: Numbers a step of the past.
        length: Steps of the past; None means any length.
        num_future: Known numbers a step of the horizon; the model then takes
            a dict with the key `"future"`, `(batch, horizon, num_future)`.
        num_static: Numbers a sequence; key `"static"`, `(batch, num_static)`.
        mask_value: Steps of the past all of whose features equal this number
            are padding, skipped by the layers above; None means no padding.
    """

    num_features: int = 1
    length: int | None = None
    num_future: int = 0
    num_static: int = 0
    mask_value: float | None = None

    def __post_init__(self):
        validate.positive_int("num_features", self.num_features)
        if self.length is not None:
            validate.positive_int("length", self.length)
        validate.integer("num_future", self.num_future, minimum=0)
        validate.integer("num_static", self.num_static, minimum=0)
        if self.mask_value is not None:
            self._check_mask_value()

    def _check_mask_value(self):
        # NaN equals nothing, itself included: no step would ever be masked.
        if not (
            isinstance(self.mask_value, numbers.Real)
            and not isinstance(self.mask_value, bool)
            and math.isfinite(self.mask_value)
        ):
            raise ValueError(
                "`mask_value` must be a finite number or None. "
                f"{validate.received('mask_value', self.mask_value)} "
                "Pad with a number that no step consists of."
            )

    @classmethod
    def of(cls, data):
        """The inputs of data from `keras_rnn.data.prepare`."""
        return cls(
            num_features=data.num_features,
            length=data.lookback,
            num_future=data.num_future,
            num_static=data.num_static,
            mask_value=data.mask_value,
        )

    def __call__(self, horizon):
        """Symbolic inputs.

        Args:
            horizon: Steps of the future covariates; None where there is none.

        Returns:
            What the model takes, the sequence `(batch, time, features)`, and
            a list of vectors `(batch, width)` for the head.
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
        mask_zero: Whether id 0 is padding, skipped by the layers above.
    """

    vocabulary_size: int
    embedding_units: int = 32
    length: int | None = None
    mask_zero: bool = True

    def __post_init__(self):
        validate.positive_int("vocabulary_size", self.vocabulary_size)
        validate.positive_int("embedding_units", self.embedding_units)
        if self.length is not None:
            validate.positive_int("length", self.length)
        validate.boolean("mask_zero", self.mask_zero)

    def __call__(self, horizon):
        """Symbolic inputs, as `Sequences` gives them; there are no vectors."""
        ids = keras.Input((self.length,), dtype="int32", name="tokens")
        embedding = keras.layers.Embedding(
            self.vocabulary_size, self.embedding_units, mask_zero=self.mask_zero
        )
        return ids, embedding(ids), []
