# SPDX-License-Identifier: Apache-2.0
"""The products a cell may use: at one step, and summed over all of them."""

from types import SimpleNamespace

from keras import ops


def dot(v, matrix):
    """The product v matrix, where a vector stands for a diagonal matrix."""
    if len(matrix.shape) == 1:
        return v * matrix
    return ops.matmul(v, matrix)


def seen_through(recurrent_mask):
    """The function that leaves of v what a recurrent kernel sees of it.

    Args:
        recurrent_mask: Tensor `(batch, width)`, the recurrent dropout, or None.

    Returns:
        A function v -> v ⊙ mask, its own mirror on the way back.
    """
    if recurrent_mask is None:
        return lambda v: v
    return lambda v: v * recurrent_mask


def total(v):
    """Sum over batch and time of `(time, batch, width)`: `(width,)`."""
    return ops.sum(v, axis=(0, 1))


def outer(a, b):
    """Sum over batch and time of aᵀ b: `(width of a, width of b)`."""
    return ops.matmul(ops.transpose(flat(a)), flat(b))


def flat(v):
    """Time and batch as one axis: `(time × batch, width)`."""
    return ops.reshape(v, (-1, v.shape[-1]))


SUMS = SimpleNamespace(total=total, outer=outer)
