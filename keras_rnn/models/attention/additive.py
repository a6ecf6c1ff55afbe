# SPDX-License-Identifier: Apache-2.0
"""The score of a small network."""

from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.engine import backend
from keras_rnn.models.attention.score import Score

#: Queries that are computed at once; of more, one after the other.
AT_ONCE = 8


@keras.saving.register_keras_serializable(package="keras_rnn")
class AdditiveScore(Score):
    """score = v · tanh(q + k), with learned v, for queries q and keys k.

    The sums q + k of all queries and keys would fill the memory of batch ×
    queries × steps × width numbers. So there is one query at a time, and the
    gradient computes its sums anew.

    Reference:
        Bahdanau, D., Cho, K. & Bengio, Y. (2015). Neural machine translation
        by jointly learning to align and translate. ICLR.
    """

    def build(self, queries_shape: Any, keys_shape: Any) -> None:
        self.v = self.add_weight(
            name="v", shape=(keys_shape[-1],), initializer="glorot_uniform"
        )

    def call(self, queries: Tensor, keys: Tensor) -> Tensor:
        v = ops.cast(self.v, keys.dtype)
        count = queries.shape[1]
        if count is not None and count <= AT_ONCE:
            return _dot(ops.tanh(queries[:, :, None] + keys[:, None]), v)
        score = _scores
        if backend.BACKEND in backend.FUSED_BACKENDS:
            score = backend.with_gradient(_scores_and_gradient)
        (scores,) = score(ops.swapaxes(queries, 0, 1), keys, v)
        return ops.swapaxes(scores, 0, 1)


def _dot(values, v):
    # No product with a matrix of one column, which oneDNN of TensorFlow 2.18
    # computes beyond its memory.
    return ops.sum(values * v, axis=-1)


def _scores(queries, keys, v):
    """The scores, one query after the other, `(queries, batch, steps)`."""

    def step(states, query):
        return states, _dot(ops.tanh(query[:, None] + keys), v)

    _, scores = backend.time_loop(step, (), queries)
    return (scores,)


def _scores_and_gradient(queries, keys, v):
    def gradient(saved, d_scores):
        queries, keys, v = saved

        def step(sums, now):
            d_keys, d_v = sums
            y = ops.tanh(now["query"][:, None] + keys)
            d = now["d"][..., None]
            dz = d * v * (1 - y * y)
            d_v = d_v + ops.sum(d * y, axis=(0, 1))
            return (d_keys + dz, d_v), ops.sum(dz, axis=1)

        zeros = ops.zeros_like(keys), ops.zeros_like(v)
        sums, d_queries = backend.time_loop(
            step, zeros, {"query": queries, "d": d_scores}
        )
        return (d_queries, *sums)

    return _scores(queries, keys, v), (queries, keys, v), gradient
