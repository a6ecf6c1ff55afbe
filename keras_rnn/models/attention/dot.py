# SPDX-License-Identifier: Apache-2.0
"""The score of a dot product."""

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.attention.score import Score


@keras.saving.register_keras_serializable(package="keras_rnn")
class DotScore(Score):
    """score = q · k, for queries q and keys k.

    Reference:
        Luong, M.-T., Pham, H. & Manning, C. D. (2015). Effective approaches to
        attention-based neural machine translation. EMNLP, "dot"; with the
        projections of `Attention` it is their "general".
    """

    def call(self, queries: Tensor, keys: Tensor) -> Tensor:
        return ops.matmul(queries, ops.swapaxes(keys, 1, 2))
