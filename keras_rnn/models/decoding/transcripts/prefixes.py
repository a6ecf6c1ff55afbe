# SPDX-License-Identifier: Apache-2.0
"""Prefixes: the beginnings of labels that a beam holds, each only once."""

from typing import Any, NamedTuple, Self

from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.decoding.hypotheses import LEAST, reordered

#: Multipliers of two hashes of int32, whose products wrap around. Both must
#: collide, at equal lengths, for two prefixes to be taken for one.
MULTIPLIERS = (1_000_003, 69_069)


class Prefixes(NamedTuple):
    """k prefixes per row.

    Attributes:
        ids: int32 `(batch, k, time)`, 0 after the end of each.
        lengths: int32 `(batch, k)`.
        last: int32 `(batch, k)`, the last label, 0 of the empty prefix.
        names: int32 `(batch, k, 2)`, hashes of the prefix.
        parents: int32 `(batch, k, 2)`, hashes of the prefix without `last`.
        blank: float32 `(batch, k)`, log p of the paths that end in a blank.
        label: float32 `(batch, k)`, log p of those that end in `last`.
        bonus: float32 `(batch, k)`, what else counts for the prefix.
    """

    ids: Tensor
    lengths: Tensor
    last: Tensor
    names: Tensor
    parents: Tensor
    blank: Tensor
    label: Tensor
    bonus: Tensor

    @classmethod
    def empty(cls, batch: Any, k: int, time: Any) -> Self:
        """The empty prefix, and k − 1 places without one."""
        whole = ops.zeros((batch, k), "int32")
        least = ops.full((batch, k), LEAST, "float32")
        hashes = ops.zeros((batch, k, 2), "int32")
        return cls(
            ops.zeros((batch, k, time), "int32"),
            whole,
            whole,
            hashes,
            hashes,
            ops.where(ops.arange(k) == 0, 0.0, least),
            least,
            ops.zeros((batch, k), "float32"),
        )

    @property
    def log_p(self) -> Tensor:
        """The log p of all paths that give the prefix, `(batch, k)`."""
        return ops.logaddexp(self.blank, self.label)

    def children(self) -> Tensor:
        """Whether prefix q is prefix p and one more label, `(batch, p, q)`."""
        exists = self.log_p > LEAST / 2
        same = ops.all(self.names[:, :, None] == self.parents[:, None], axis=-1)
        longer = self.lengths[:, None] == self.lengths[:, :, None] + 1
        return same & longer & exists[:, None] & exists[:, :, None]

    def continued(
        self, places: Tensor, labels: Tensor, **log_p: Tensor
    ) -> "Prefixes":
        """The prefixes of the next frame.

        Args:
            places: int32 `(batch, k)`, the prefix that each continues.
            labels: int32 `(batch, k)`, the label that is appended, or 0.
            **log_p: The new `blank`, `label` and `bonus`.
        """
        old = Prefixes(*(reordered(v, places) for v in self))
        grows = labels != 0
        here = ops.arange(ops.shape(old.ids)[-1]) == old.lengths[..., None]
        names = (
            old.names * ops.convert_to_tensor(MULTIPLIERS, "int32")
            + labels[..., None]
        )
        return Prefixes(
            ops.where(here & grows[..., None], labels[..., None], old.ids),
            old.lengths + ops.cast(grows, "int32"),
            ops.where(grows, labels, old.last),
            ops.where(grows[..., None], names, old.names),
            ops.where(grows[..., None], old.names, old.parents),
            **log_p,
        )
