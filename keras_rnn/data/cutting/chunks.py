# SPDX-License-Identifier: Apache-2.0
"""From series to chunks, and from chunks to strips that are read in batches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keras_rnn._types import Array, Tensor
from keras_rnn.data.representations.arithmetic import take


@dataclass(frozen=True, eq=False)
class Rows:
    """Plain arrays, cut as a `WindowCutter` cuts windows of lookback 1.

    Args:
        values: float32, shape (rows, features).
        targets: float32, shape (rows, targets).
        horizon: Number of rows that a model forecasts.
    """

    values: Array
    targets: Array
    horizon: int

    def window(self, cutoffs: Tensor) -> tuple[Tensor, Tensor]:
        """The inputs and the targets of a batch of windows.

        Args:
            cutoffs: Row positions, int64, shape (steps,).

        Returns:
            The rows, shape (steps, 1, features), and the targets after them,
            shape (steps, horizon, targets).
        """
        ahead = np.arange(1, self.horizon + 1)
        targets = take(self.targets, cutoffs[:, np.newaxis] + ahead)
        return take(self.values, cutoffs)[:, np.newaxis], targets


def runs(cutoffs: Array) -> tuple[list[int], list[int]]:
    """Finds the runs of successive rows.

    Args:
        cutoffs: Increasing row positions, int64, shape (windows,).

    Returns:
        The first cutoff and the length of each run.
    """
    begins = np.flatnonzero(np.diff(cutoffs, prepend=cutoffs[0] - 2) != 1)
    lengths = np.diff(begins, append=len(cutoffs))
    return cutoffs[begins].tolist(), lengths.tolist()


def whole_chunks(
    first_steps: Sequence[int], lengths: Sequence[int], chunk_length: int
) -> tuple[Array, Array]:
    """Cuts series into whole chunks; steps at their beginning are left over.

    Args:
        first_steps: The first step of each series.
        lengths: Number of steps of each series.
        chunk_length: Number of steps of a chunk.

    Returns:
        The first step of each chunk, int64, shape (chunks,), and whether a
        series begins with it, bool, the same shape.

    Raises:
        ValueError: If one of several series is too short for a chunk.
    """
    firsts, begins = [], []
    for number, (first, length) in enumerate(
        zip(first_steps, lengths, strict=True)
    ):
        count = max(length, 0) // chunk_length
        if not count and len(lengths) > 1:
            raise ValueError(
                f"Series {number} has {max(length, 0)} steps with a target; "
                f"chunk_length={chunk_length} needs {chunk_length}. "
                "Lower `chunk_length` or leave the series out."
            )
        rest = max(length, 0) - count * chunk_length
        firsts += [first + rest + k * chunk_length for k in range(count)]
        begins += [k == 0 for k in range(count)]
    return np.array(firsts, dtype=np.int64), np.array(begins, dtype=bool)


def strips(
    chunks: Array, begins: Array, batch_size: int, chunk_length: int
) -> tuple[Array, Array]:
    """Lays chunks out in strips; the first chunks may be left over.

    Args:
        chunks: First step of each chunk, int64, shape (chunks,).
        begins: Whether a series begins with it, bool, the same shape.
        batch_size: Number of strips.
        chunk_length: Number of steps of a chunk.

    Returns:
        `chunks` and `begins`, of shape (batches, batch_size): column i is
        strip i, in order of time.

    Raises:
        ValueError: If there are not enough chunks for one batch.
    """
    num_batches = len(chunks) // batch_size
    if not num_batches:
        raise ValueError(
            f"The series gives {len(chunks)} chunks of {chunk_length} steps "
            f"with a target; batch_size={batch_size} needs {batch_size}. "
            "Lower `chunk_length`, `batch_size` or `horizon`."
        )
    used = slice(len(chunks) - num_batches * batch_size, None)
    chunks = chunks[used].reshape(batch_size, num_batches).T
    begins = begins[used].reshape(batch_size, num_batches).T.copy()
    begins[0] = True  # nothing is known of the time before a strip
    return chunks, begins
