# SPDX-License-Identifier: Apache-2.0
"""From sequences of different lengths to one array."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data.text import lists


class Padded(NamedTuple):
    """Sequences of one length.

    Attributes:
        ids: Array `(batch, time)` of int32, 0 after the end of a sequence.
        lengths: Array `(batch,)`: the number of steps of each sequence that
            are not padding.
    """

    ids: Array
    lengths: Array

    @property
    def mask(self) -> Array:
        """Array `(batch, time)` of bool: True where a step is not padding."""
        return np.arange(self.ids.shape[1]) < self.lengths[:, None]


def pad(
    sequences: Iterable[Iterable[int]],
    length: int | None = None,
    *,
    keep: str | None = None,
) -> Padded:
    """Fills sequences of ids at the end with zeros.

    Padding stands at the end, because masks and cuDNN expect it there.

    Args:
        sequences: Lists of int, or other iterables of them.
        length: Number of steps of the result; None for the longest sequence.
        keep: The part that is kept of a sequence longer than `length`: its
            `"start"`, its `"end"`, or None, which forbids such a sequence.

    Returns:
        `Padded(ids, lengths)`.

    Raises:
        TypeError: If `sequences` is not a list of lists.
        ValueError: If there is no sequence, an id is not an integer, below 0
            or beyond int32, or a sequence is too long and `keep` is None.

    Example:
        >>> from keras_rnn.data.text import pad
        >>> pad([[5, 6, 7], [8]]).ids
        array([[5, 6, 7],
               [8, 0, 0]], dtype=int32)
        >>> pad([[5, 6, 7], [8]], length=2, keep="end").ids
        array([[6, 7],
               [8, 0]], dtype=int32)
        >>> pad([[5, 6, 7], [8]]).lengths
        array([3, 1])
    """
    validate.one_of("keep", keep, (None, "start", "end"))
    rows = _checked(sequences)
    if not rows:
        raise ValueError(
            "`sequences` must hold at least one sequence. Received: none."
        )
    longest = max(map(len, rows))
    if length is None:
        length = max(longest, 1)
    validate.positive_int("length", length)
    if longest > length and keep is None:
        number = [len(row) for row in rows].index(longest)
        raise ValueError(
            f"Sequence {number} has {longest} steps; length={length} holds "
            f"{length}. Raise `length`, or say what to keep of it: "
            "keep='start' or keep='end'."
        )
    part = slice(-length, None) if keep == "end" else slice(length)
    ids = np.zeros((len(rows), length), dtype=np.int32)
    lengths = np.zeros(len(rows), dtype=np.int64)
    for number, row in enumerate(rows):
        kept = row[part]
        ids[number, : len(kept)] = kept
        lengths[number] = len(kept)
    return Padded(ids, lengths)


def _checked(sequences: Iterable[Iterable[int]]) -> list[Array]:
    remedy = "Encode it first: [vocabulary.encode(words(text))]."
    lists.listed(
        "sequences", sequences, "a list of lists of ids", remedy, dimensions=2
    )
    return [
        lists.ids(f"sequences[{row}]", sequence)
        for row, sequence in enumerate(sequences)
    ]
