# SPDX-License-Identifier: Apache-2.0
"""TiedReadOut: logits by the embedding of the tokens."""

from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor


class TiedReadOut(keras.layers.Layer):
    """logits = (x P) Eᵀ + b, with the embedding E of the tokens.

    P is a learned projection, which is left out where x is as wide as E.

    Args:
        embedding_units: Width of the embedding.
        **kwargs: Arguments of `keras.layers.Layer`.

    Reference:
        Press, O. & Wolf, L. (2017). Using the output embedding to improve
        language models. EACL.
    """

    def __init__(self, embedding_units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedding_units = embedding_units
        self.projection: keras.layers.Dense | None = None

    def build_for(self, width: int, vocabulary_size: int) -> None:
        """Builds the layer for x of a width."""
        if width != self.embedding_units:
            projection = keras.layers.Dense(
                self.embedding_units, use_bias=False, dtype=self.dtype_policy
            )
            projection.build((None, None, width))
            self.projection = projection
        self.bias: Tensor = self.add_weight(
            name="bias", shape=(vocabulary_size,), initializer="zeros"
        )
        self.built = True

    def call(self, x: Tensor, embeddings: Tensor) -> Tensor:
        if self.projection is not None:
            x = self.projection(x)
        kernel = ops.transpose(ops.cast(embeddings, self.compute_dtype))
        return ops.matmul(x, kernel) + self.bias
