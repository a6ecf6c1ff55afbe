# SPDX-License-Identifier: Apache-2.0
"""From one long stream of ids to the batches of a language model."""

from typing import NamedTuple

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.data.text import lists


class NextTokens(NamedTuple):
    """What `fit` takes: inputs, targets, sample weights.

    Attributes:
        inputs: Ids `(sequences, time)` of int32, 0 after the end.
        targets: The id that follows each input, same shape.
        weights: 1.0 for each target of the stream, 0.0 for padding.
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def next_tokens(ids, *, batch_size, time):
    """Cuts a stream into sequences, each target the token that comes next.

    The stream is split into `batch_size` rows, each row into windows of `time`
    steps. The sequences come in such order that, without shuffling, row b of a
    batch goes on where row b of the batch before ended: a stateful model can
    read on. Each token but the first is a target exactly once.

    Args:
        ids: One-dimensional, the stream; no id is 0, which is padding.
        batch_size: Sequences a batch.
        time: Steps a sequence.

    Returns:
        `NextTokens(inputs, targets, weights)`; the number of sequences is a
        multiple of `batch_size`.

    Raises:
        TypeError: If `ids` is no list, or not one-dimensional.
        ValueError: If the stream is too short for one target a row, or an
            element is no integer above 0.

    Example:
        >>> from keras_rnn.data.text import next_tokens
        >>> cut = next_tokens([1, 2, 3, 4, 5, 6, 7, 8], batch_size=2, time=3)
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
    validate.positive_int("time", time)
    ids = lists.ids(
        "ids",
        ids,
        minimum=1,
        remedy="0 is padding: encode the texts, and join them into one list.",
    )
    _check_length(ids, batch_size)
    row = -(-(len(ids) - 1) // batch_size)  # steps a row, rounded up
    windows = -(-row // time)

    def cut(values, dtype):
        rows = np.zeros((batch_size, windows * time), dtype=dtype)
        filled = np.zeros(batch_size * row, dtype=dtype)
        filled[: len(values)] = values
        rows[:, :row] = filled.reshape(batch_size, row)
        parts = rows.reshape(batch_size, windows, time)
        return parts.swapaxes(0, 1).reshape(-1, time)

    return NextTokens(
        cut(ids[:-1], np.int32),
        cut(ids[1:], np.int32),
        cut(np.ones(len(ids) - 1), np.float32),
    )


def _check_length(ids, batch_size):
    if len(ids) <= batch_size:
        raise ValueError(
            f"`ids` has {len(ids)} tokens; batch_size={batch_size} needs "
            f"{batch_size + 1}. Lower `batch_size` or pass a longer text."
        )
