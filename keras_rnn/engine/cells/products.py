# SPDX-License-Identifier: Apache-2.0
"""Products at one step and summed over all steps, and columns side by side."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from keras import ops

from keras_rnn._types import Tensor


def dot(v: Tensor, matrix: Tensor | None) -> Tensor:
    """The product v · matrix.

    A vector stands for a diagonal matrix, and None for a matrix that an option
    of the cell leaves out: the product is 0.
    """
    if matrix is None:
        return 0.0
    if len(matrix.shape) == 1:
        return v * matrix
    return ops.matmul(v, matrix)


def seen_through(recurrent_mask: Tensor | None) -> Callable[[Tensor], Tensor]:
    """The function by which recurrent dropout acts on a tensor v.

    Args:
        recurrent_mask: Tensor `(batch, width)`, the recurrent dropout, or None.

    Returns:
        A function v -> v ⊙ mask. The gradient of v passes through the same
        function.
    """
    if recurrent_mask is None:
        return lambda v: v
    return lambda v: v * recurrent_mask


def dot_t(d: Tensor, matrix: Tensor | None) -> Tensor:
    """The product d · matrixᵀ, with the matrices that `dot` takes."""
    return dot(d, None if matrix is None else ops.transpose(matrix))


def dot_gradient(v: Tensor, d: Tensor, matrix: Tensor) -> Tensor:
    """The gradient of the matrix in `dot(v, matrix)`, of all steps at once.

    Args:
        v: Tensor `(time, batch, width)`.
        d: Gradient of the product.
        matrix: The matrix, or the diagonal.
    """
    return total(v * d) if len(matrix.shape) == 1 else outer(v, d)


def total(v: Tensor) -> Tensor:
    """Sum over batch and time of `(time, batch, width)`: `(width,)`."""
    return ops.sum(v, axis=(0, 1))


def outer(a: Tensor, b: Tensor) -> Tensor:
    """Sum over batch and time of aᵀ b: `(width of a, width of b)`."""
    return ops.matmul(ops.transpose(flat(a)), flat(b))


def flat(v: Tensor) -> Tensor:
    """Time and batch as one axis: `(time × batch, width)`."""
    return ops.reshape(v, (-1, v.shape[-1]))


def columns_of(cell: Any) -> tuple[tuple[str, ...], ...]:
    """The names of z that are sums, of x alone, and of h alone.

    Raises:
        TypeError: If the sums do not stand first, in the same order.
    """
    of_x, of_h = cell.z_of_x, cell.z_of_h
    added = tuple(name for name in of_x if name in of_h)
    count = len(added)
    if of_h[:count] != added or of_x[:count] != added:
        raise TypeError(
            f"`z_of_x` and `z_of_h` of {type(cell).__name__} must begin with "
            "the names they share, in the same order. Received: "
            f"z_of_x={of_x}, z_of_h={of_h}. Move those names to the front."
        )
    return added, of_x[count:], of_h[count:]


def by_name(names: tuple[str, ...], tensor: Tensor) -> dict[str, Tensor]:
    """The columns of a tensor, equally wide, by name."""
    columns = ops.split(tensor, len(names), axis=-1) if names[1:] else [tensor]
    return dict(zip(names, columns, strict=True))


def side_by_side(columns: list[Tensor]) -> Tensor:
    """Columns side by side."""
    return ops.concatenate(columns, axis=-1) if columns[1:] else columns[0]


SUMS = SimpleNamespace(total=total, outer=outer, dot=dot_gradient)
