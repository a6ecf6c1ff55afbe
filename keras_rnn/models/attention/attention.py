# SPDX-License-Identifier: Apache-2.0
"""Attention: a decoder looks at the steps of what was encoded."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.attention.table import ATTENTIONS

#: The score of a step that is not looked at.
LEAST = -1e9


@keras.saving.register_keras_serializable(package="keras_rnn")
class Attention(keras.layers.Layer):
    """Joins what a decoder says with what it looks at in a source.

        q = h W_q, k_s = S_s W_k           query, keys of the steps s
        α = softmax(score(q, k))           over the valid steps s
        a = Σ α_s S_s                      what is looked at
        h̃ = tanh([h, a] W)                 (batch, time, units)

    with h `(batch, time, units)` from the top layer of a decoder and S `(batch,
    steps, width)` from an encoder.

    Args:
        score: A key of `keras_rnn.models.ATTENTIONS`, `"additive"` or `"dot"`.
        units: Positive integer, the width of q, k and h̃.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        h: Tensor `(batch, time, width)`.
        source: Tensor `(batch, steps, width)`.
        keys: What `keys_of(source)` returned; None computes it.
        source_mask: Boolean tensor `(batch, steps)` or None; steps where it is
            False are not looked at.

    Returns:
        h̃, and the weights α `(batch, time, steps)`.

    Example:
        >>> import keras
        >>> from keras_rnn.models import Attention
        >>> h, source = keras.ops.ones((4, 5, 8)), keras.ops.ones((4, 9, 16))
        >>> joined, weights = Attention("dot", 8)(h, source)
        >>> tuple(joined.shape), tuple(weights.shape)
        ((4, 5, 8), (4, 5, 9))

    Reference:
        Luong, M.-T., Pham, H. & Manning, C. D. (2015). Effective approaches to
        attention-based neural machine translation. EMNLP, global attention.
    """

    def __init__(self, score: str, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.score = validate.one_of("score", score, tuple(ATTENTIONS))
        self.units = validate.positive_int("units", units)
        self.supports_masking = True
        self.query_layer = keras.layers.Dense(units, use_bias=False)
        self.key_layer = keras.layers.Dense(units, use_bias=False)
        self.score_layer = ATTENTIONS[score]()
        self.joining_layer = keras.layers.Dense(
            units, activation="tanh", use_bias=False
        )

    def build(self, h_shape: Any, source_shape: Any) -> None:
        projected = (None, None, self.units)
        self.query_layer.build(h_shape)
        self.key_layer.build(source_shape)
        self.score_layer.build(projected, projected)
        self.joining_layer.build((None, None, h_shape[-1] + source_shape[-1]))

    def keys_of(self, source: Tensor) -> Tensor:
        """The keys of a source, the same for all queries."""
        return self.key_layer(source)

    def call(
        self,
        h: Tensor,
        source: Tensor,
        keys: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        keys = self.keys_of(source) if keys is None else keys
        scores = ops.cast(
            self.score_layer(self.query_layer(h), keys), "float32"
        )
        if source_mask is not None:
            valid = ops.cast(source_mask, "bool")[:, None]
            scores = ops.where(valid, scores, LEAST)
        weights = ops.cast(ops.softmax(scores), self.compute_dtype)
        seen = ops.matmul(weights, source)
        return self.joining_layer(ops.concatenate([h, seen], -1)), weights

    def compute_output_spec(
        self, h: Tensor, source: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        batch, time = h.shape[:2]
        return (
            keras.KerasTensor((batch, time, self.units), self.compute_dtype),
            keras.KerasTensor(
                (batch, time, source.shape[1]), self.compute_dtype
            ),
        )

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "score": self.score, "units": self.units}
