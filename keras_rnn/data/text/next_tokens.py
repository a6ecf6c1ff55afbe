# SPDX-License-Identifier: Apache-2.0
"""From one long stream of ids to the batches of a language model."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data.text import lists


class NextTokens(NamedTuple):
    """The arguments of `fit`: inputs, targets, sample weights.

    Attributes:
        inputs: Ids `(sequences, time)` of int32, 0 after the end.
        targets: The id that follows each input, same shape.
        weights: 1.0 for each target of the stream, 0.0 for padding.
    """

    inputs: Array
    targets: Array
    weights: Array


@_names.other_names(time="length=35, the number of steps of a sequence")
def next_tokens(
    ids: Iterable[int], *, batch_size: int, length: int
) -> NextTokens:
    """Cuts a stream into sequences; the targets are the tokens that follow.

    The stream is split into `batch_size` rows, and each row into sequences of
    `length` steps. Without shuffling, row b of a batch continues row b of the
    batch before, so that a stateful model can read on. Each token but the
    first is a target exactly once.

    Args:
        ids: The stream, one-dimensional; no id is 0, which is padding.
        batch_size: Number of sequences in a batch.
        length: Number of steps of a sequence.

    Returns:
        `NextTokens(inputs, targets, weights)`, arrays `(sequences, length)`;
        the number of sequences is a multiple of `batch_size`.

    Raises:
        TypeError: If `ids` is not a list, or not one-dimensional.
        ValueError: If the stream is too short for one target per row, or an
            element is not an integer above 0.

    Example:
        >>> from keras_rnn.data.text import next_tokens
        >>> cut = next_tokens([1, 2, 3, 4, 5, 6, 7, 8], batch_size=2, length=3)
        >>> cut.inputs
        array([[1, 2, 3],
               [5, 6, 7],
               [4, 0, 0],
               [0, 0, 0]], dtype=int32)
        >>> cut.targets
        array([[2, 3, 4],
               [6, 7, 8],
               [5, 0, 0],
               [0, 0, 0]], dtype=int32)
    """
    validate.positive_int("batch_size", batch_size)
    validate.positive_int("length", length)
    stream = lists.ids(
        "ids",
        ids,
        minimum=1,
        remedy="0 is padding: encode the texts, and join them into one list.",
    )
    _check_length(stream, batch_size)
    num_targets = len(stream) - 1
    row_length = -(-num_targets // batch_size)  # rounded up
    num_batches = -(-row_length // length)

    def cut(values: Array, dtype: DTypeLike) -> Array:
        filled = np.zeros(batch_size * row_length, dtype=dtype)
        filled[: len(values)] = values
        rows = np.zeros((batch_size, num_batches * length), dtype=dtype)
        rows[:, :row_length] = filled.reshape(batch_size, row_length)
        sequences = rows.reshape(batch_size, num_batches, length)
        return sequences.swapaxes(0, 1).reshape(-1, length)

    return NextTokens(
        cut(stream[:-1], np.int32),
        cut(stream[1:], np.int32),
        cut(np.ones(num_targets), np.float32),
    )


def _check_length(ids: Array, batch_size: int) -> None:
    if len(ids) <= batch_size:
        raise ValueError(
            f"`ids` has {len(ids)} tokens; batch_size={batch_size} needs "
            f"{batch_size + 1}. Lower `batch_size` or pass a longer text."
        )
