# SPDX-License-Identifier: Apache-2.0
"""The contract of a score of attention."""

from typing import Any

import keras

from keras_rnn._types import Tensor


class Score(keras.layers.Layer):
    """How well each step of a source suits a query.

    A subclass is one file and one row in `ATTENTIONS`.
    """

    def build(self, queries_shape: Any, keys_shape: Any) -> None:
        """Creates the weights of the score, if it has any."""

    def call(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores before the softmax.

        Args:
            queries: Tensor `(batch, queries, width)`.
            keys: Tensor `(batch, steps, width)`.

        Returns:
            Tensor `(batch, queries, steps)`.
        """
        raise NotImplementedError
