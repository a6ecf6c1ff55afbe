# SPDX-License-Identifier: Apache-2.0
"""The score of a small network."""

from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.attention.score import Score


@keras.saving.register_keras_serializable(package="keras_rnn")
class AdditiveScore(Score):
    """score = v · tanh(q + k), with learned v, for queries q and keys k.

    Reference:
        Bahdanau, D., Cho, K. & Bengio, Y. (2015). Neural machine translation
        by jointly learning to align and translate. ICLR.
    """

    is_wide = True

    def build(self, queries_shape: Any, keys_shape: Any) -> None:
        self.v = self.add_weight(
            name="v", shape=(keys_shape[-1], 1), initializer="glorot_uniform"
        )

    def call(self, queries: Tensor, keys: Tensor) -> Tensor:
        both = ops.tanh(queries[:, :, None] + keys[:, None])
        return ops.squeeze(ops.matmul(both, self.v), -1)
