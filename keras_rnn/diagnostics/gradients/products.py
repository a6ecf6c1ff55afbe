# SPDX-License-Identifier: Apache-2.0
"""Norms of the products of Jacobians over many steps."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from keras import ops

from keras_rnn._types import Array, Floats

#: First steps of the products of one sequence, evenly spread over it.
MOST_STARTS = 16


@dataclass(frozen=True)
class Spans:
    """Which products are made: from where, and over how many steps.

    Attributes:
        distances: Numbers of factors, ascending.
        most_starts: From so many steps of a sequence products begin.
    """

    distances: list[int]
    most_starts: int = MOST_STARTS

    def starts(self, steps: int) -> Array:
        """The steps from which products begin: the first, and others."""
        count = min(steps, self.most_starts)
        return np.unique(np.linspace(0, steps - 1, count).round().astype(int))

    def pairs(self, steps: int) -> Array:
        """First step and number of factors of each product, `(pairs, 2)`."""
        found = [
            (start, distance)
            for distance in self.distances
            for start in self.starts(steps)
            if start + distance <= steps
        ]
        return np.array(found, int).reshape(-1, 2)


def products(
    jacobians: Array, spans: Spans
) -> Iterator[tuple[int, Floats, Floats]]:
    """The products of Jacobians over some distances.

    A product is kept as a matrix with a largest entry of 1 and the logarithm
    of its size: over many steps it may be smaller or larger than any number.

    Args:
        jacobians: The steps of one sequence, `(steps, width, width)`, or their
            diagonals, `(steps, width)`.
        spans: Which products are made.

    Yields:
        A distance, the products over as many steps, one from each start that
        has as many steps after it, and the logarithms of their sizes.
    """
    steps = len(jacobians)
    starts, wanted = spans.starts(steps), set(spans.distances)
    found = np.ones((len(starts), *jacobians.shape[1:]), np.float32)
    if jacobians.ndim == 3:
        found *= np.eye(jacobians.shape[-1], dtype=np.float32)
    sizes = np.zeros(len(starts))
    for distance in range(1, min(steps, spans.distances[-1]) + 1):
        count = int(np.sum(starts + distance <= steps))
        last = jacobians[starts[:count] + distance - 1]
        found = found[:count]
        if last.ndim == 3:
            # Threads of NumPy's BLAS wait for each other on a busy machine.
            found = np.array(ops.convert_to_numpy(ops.matmul(last, found)))
        else:
            found = last * found
        largest = np.abs(found).reshape(count, -1).max(axis=1)
        largest[largest == 0] = 1
        found /= largest.reshape(-1, *[1] * (found.ndim - 1))
        sizes = sizes[:count] + np.log(largest.astype(float))
        if distance in wanted:
            yield distance, found, sizes


def largest_singular_values(matrices: Floats) -> Floats:
    """‖P‖₂ of each matrix of a stack, `(..., rows, columns)`.

    That of a matrix with numbers that are not finite is NaN.
    """
    finite = np.all(np.isfinite(matrices), axis=(-2, -1), keepdims=True)
    # NumPy raises an error where eigenvalues do not converge.
    matrices = np.where(finite, matrices, 0)
    # The eigenvalues of the smaller Gram matrix cost a tenth of an SVD, and
    # the largest one is as exact.
    if matrices.shape[-2] < matrices.shape[-1]:
        matrices = np.swapaxes(matrices, -1, -2)
    matrices = matrices.astype(float)
    gram = np.swapaxes(matrices, -1, -2) @ matrices
    norms = np.sqrt(np.maximum(np.linalg.eigvalsh(gram)[..., -1], 0))
    return np.where(finite[..., 0, 0], norms, np.nan)
