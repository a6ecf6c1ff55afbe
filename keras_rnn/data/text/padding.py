# SPDX-License-Identifier: Apache-2.0
"""From sequences of different lengths to one array."""

from typing import NamedTuple

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.data.text import lists


class Padded(NamedTuple):
    """Sequences of one length.

    Attributes:
        ids: Array `(batch, time)` of int32, 0 after the end of a sequence.
        lengths: Array `(batch,)`: the steps of each that are not padding.
    """

    ids: np.ndarray
    lengths: np.ndarray

    @property
    def mask(self):
        """Array `(batch, time)` of bool: True where a step is no padding."""
        return np.arange(self.ids.shape[1]) < self.lengths[:, None]


def pad(sequences, length=None, *, keep=None):
    """Fills sequences of ids at the end with zeros.

    At the end, because masks and cuDNN want it so.

    Args:
        sequences: Lists of int, or other iterables of them.
        length: Time steps of the result; None for the longest sequence.
        keep: What is kept of a sequence longer than `length`: its `"start"`,
            its `"end"`, or None, which forbids such a sequence.

    Returns:
        `Padded(ids, lengths)`.

    Raises:
        TypeError: If `sequences` is no list of lists.
        ValueError: If there is no sequence, an id is no integer, below 0 or
            beyond int32, or a sequence is too long and `keep` is None.

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
    sequences = _checked(sequences)
    if not sequences:
        raise ValueError(
            "`sequences` must hold at least one sequence. Received: none."
        )
    longest = max(map(len, sequences))
    if length is None:
        length = max(longest, 1)
    validate.positive_int("length", length)
    if longest > length and keep is None:
        row = [len(sequence) for sequence in sequences].index(longest)
        raise ValueError(
            f"Sequence {row} has {longest} steps; length={length} holds "
            f"{length}. Raise `length`, or say what to keep of it: "
            "keep='start' or keep='end'."
        )
    part = slice(-length, None) if keep == "end" else slice(length)
    ids = np.zeros((len(sequences), length), dtype=np.int32)
    lengths = np.zeros(len(sequences), dtype=np.int64)
    for row, sequence in enumerate(sequences):
        kept = sequence[part]
        ids[row, : len(kept)] = kept
        lengths[row] = len(kept)
    return Padded(ids, lengths)


def _checked(sequences):
    remedy = "Encode it first: [vocabulary.encode(words(text))]."
    lists.listed(
        "sequences", sequences, "a list of lists of ids", remedy, dimensions=2
    )
    return [
        lists.ids(f"sequences[{row}]", sequence)
        for row, sequence in enumerate(sequences)
    ]
