# SPDX-License-Identifier: Apache-2.0
"""The forms of the recurrent kernel R: dense, diagonal, block-diagonal.

A form makes the product h' R at one step, its gradient by h', and the gradient
of R over all steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.engine.cells.products import flat, outer, total


class RecurrentKernel(Protocol):
    """A form of R."""

    def shape(self, seen: int, width: int) -> tuple[int, ...]:
        """Shape of the weight.

        Args:
            seen: Width of the states that R sees.
            width: Width of h' R.
        """
        ...

    def product(self, h: Tensor, R: Tensor) -> Tensor:
        """H' R `(batch, width)` of what R sees, `(batch, seen)`."""
        ...

    def transposed(self, R: Tensor, seen: int) -> Callable[[Tensor], Tensor]:
        """The function dz -> dz Rᵀ; what it reads of R is made once."""
        ...

    def gradient(self, h: Tensor, dz: Tensor) -> Tensor:
        """The gradient of R, of `(time, batch, ...)`."""
        ...


@dataclass(frozen=True)
class Dense:
    """A matrix: each unit sees all units."""

    def shape(self, seen: int, width: int) -> tuple[int, ...]:
        """`(seen, width)`."""
        return seen, width

    def product(self, h: Tensor, R: Tensor) -> Tensor:
        """As `RecurrentKernel.product`."""
        return ops.matmul(h, R)

    def transposed(self, R: Tensor, seen: int) -> Callable[[Tensor], Tensor]:
        """As `RecurrentKernel.transposed`."""
        R_transposed = ops.transpose(R)
        return lambda dz: ops.matmul(dz, R_transposed)

    def gradient(self, h: Tensor, dz: Tensor) -> Tensor:
        """As `RecurrentKernel.gradient`."""
        return outer(h, dz)


@dataclass(frozen=True)
class Diagonal:
    """A vector per gate: each unit sees itself alone."""

    def shape(self, seen: int, width: int) -> tuple[int, ...]:
        """`(width,)`; the width is a multiple of what R sees."""
        return (width,)

    def product(self, h: Tensor, R: Tensor) -> Tensor:
        """As `RecurrentKernel.product`."""
        return _repeated(h, R.shape[-1]) * R

    def transposed(self, R: Tensor, seen: int) -> Callable[[Tensor], Tensor]:
        """As `RecurrentKernel.transposed`."""
        count = R.shape[-1] // seen
        return lambda dz: sum(ops.split(dz * R, count, axis=-1))

    def gradient(self, h: Tensor, dz: Tensor) -> Tensor:
        """As `RecurrentKernel.gradient`."""
        return total(_repeated(h, dz.shape[-1]) * dz)


@dataclass(frozen=True)
class BlockDiagonal:
    """Matrices along the diagonal: each unit sees the units of its block.

    Attributes:
        blocks: Number of blocks, a divisor of the units.
    """

    blocks: int

    def shape(self, seen: int, width: int) -> tuple[int, ...]:
        """`(blocks, seen / blocks, width / blocks)`."""
        return self.blocks, seen // self.blocks, width // self.blocks

    def product(self, h: Tensor, R: Tensor) -> Tensor:
        """As `RecurrentKernel.product`."""
        z = ops.einsum("nbs,bsw->nbw", self._cut(h), R)
        return self._by_gate(z, h.shape[-1])

    def transposed(self, R: Tensor, seen: int) -> Callable[[Tensor], Tensor]:
        """As `RecurrentKernel.transposed`."""

        def back(dz):
            d_seen = ops.einsum("nbw,bsw->nbs", self._by_block(dz, seen), R)
            return ops.reshape(d_seen, (-1, seen))

        return back

    def gradient(self, h: Tensor, dz: Tensor) -> Tensor:
        """As `RecurrentKernel.gradient`."""
        seen = h.shape[-1]
        h, dz = self._cut(flat(h)), self._by_block(flat(dz), seen)
        return ops.einsum("nbs,nbw->bsw", h, dz)

    def _cut(self, h):
        return ops.reshape(h, (-1, self.blocks, h.shape[-1] // self.blocks))

    # The columns of h' R stand gate by gate, those of R block by block.

    def _by_gate(self, z, seen):
        gates, units = z.shape[-1] * self.blocks // seen, seen // self.blocks
        z = ops.reshape(z, (-1, self.blocks, gates, units))
        return ops.reshape(ops.transpose(z, (0, 2, 1, 3)), (-1, gates * seen))

    def _by_block(self, dz, seen):
        gates, units = dz.shape[-1] // seen, seen // self.blocks
        dz = ops.reshape(dz, (-1, gates, self.blocks, units))
        dz = ops.transpose(dz, (0, 2, 1, 3))
        return ops.reshape(dz, (-1, self.blocks, gates * units))


def _repeated(h, width):
    """H once per gate: `(..., width)`."""
    return ops.concatenate([h] * (width // h.shape[-1]), axis=-1)
