# SPDX-License-Identifier: Apache-2.0
"""What a decoder of tokens knows of a source."""

from dataclasses import dataclass

from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.attention.attention import Attention


@dataclass(frozen=True)
class Source:
    """What a decoder knows of a source, computed once per sequence.

    Attributes:
        context: Tensor `(batch, width)` that it reads at each step, or None.
        steps: Tensor `(batch, steps, width)` that it looks at, or None.
        keys: What `Attention.keys_of` made of the steps.
        mask: Boolean tensor `(batch, steps)`, which of them are valid, or None.
    """

    context: Tensor | None = None
    steps: Tensor | None = None
    keys: Tensor | None = None
    mask: Tensor | None = None

    def joined_to(self, x: Tensor, per_source: int | None = None) -> Tensor:
        """The inputs of steps, with the context beside them.

        Args:
            x: Tensor `(batch, time, width)`; of one step of several sequences
                per source `(batch × per_source, width)`.
            per_source: How many sequences there are of each source.
        """
        if self.context is None:
            return x
        if per_source is not None:
            context = ops.repeat(self.context, per_source, axis=0)
        else:
            context = self.context[:, None]
            context = ops.repeat(context, ops.shape(x)[1], axis=1)
        return ops.concatenate([x, context], axis=-1)

    def looked_at_by(
        self, attention: Attention, h: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What attention makes of h `(batch, time, width)`, and weights."""
        return attention(h, self.steps, keys=self.keys, source_mask=self.mask)
