# SPDX-License-Identifier: Apache-2.0
"""Which sizes get a program of their own where a layer is called eagerly.

A program is compiled for one size, (batch, time). Compiling takes about half a
second, and the program stays in memory with about 5 MiB. A loop over batches
of ever new lengths would compile a program for each of them. So a size has to
come back before it gets a program of its own. Until then its sequences are
padded and masked to the next power of two and run on the program of that size,
which gives the same numbers.
"""

import threading
from typing import TypeAlias

import numpy as np
from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.batch import Batch

# A batch and a time.
Size: TypeAlias = tuple[int, int]

#: The first sizes get programs at once, so that few sizes need not wait.
AT_ONCE = 4
#: Any other size gets a program at its CALLS-th call ...
CALLS = 8
#: ... as long as fewer than MOST sizes have one.
MOST = 32
#: For how many sizes calls are counted: for those that were called last.
COUNTED = 1024
#: Shorter sequences are padded to this time at least.
SHORTEST = 16


class EagerSizes:
    """The sizes that one program was called with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own: set[Size] = set()
        self._calls: dict[Size, int] = {}

    def run_as(self, size: Size) -> Size:
        """The size that sequences of a size are to be padded to."""
        with self._lock:
            if size in self._own or self._gets_its_own(size):
                return size
        batch, time = size
        return _power_of_two(batch), max(SHORTEST, _power_of_two(time))

    def _gets_its_own(self, size):
        if len(self._own) >= MOST:
            return False
        # Taken out and put in again, the size stands last in the dict.
        self._calls[size] = self._calls.pop(size, 0) + 1
        if len(self._calls) > COUNTED:
            del self._calls[next(iter(self._calls))]
        gets = len(self._own) < AT_ONCE or self._calls[size] >= CALLS
        if gets:
            self._own.add(size)
            del self._calls[size]
        return gets


def _power_of_two(number):
    return 1 << (number - 1).bit_length()


def padded(batch: Batch, size: Size) -> Batch:
    """Pads the inputs of a call to a larger batch and time.

    Added steps are masked; added rows of the batch are cut off by `cut`.

    Args:
        batch: Sequences, states and masks.
        size: The batch and the time to pad to.
    """
    num_rows, time = batch.sequences.shape[:2]
    rows = (0, size[0] - num_rows)
    steps = (0, size[1] - time)
    mask, recurrent_mask = batch.mask, batch.recurrent_mask
    if mask is None and steps[1]:
        mask = np.ones((num_rows, time), dtype=bool)
    if mask is not None:
        mask = ops.pad(mask, (rows, steps))
    if recurrent_mask is not None:
        recurrent_mask = ops.pad(recurrent_mask, (rows, (0, 0)))
    return Batch(
        ops.pad(batch.sequences, (rows, steps, (0, 0))),
        tuple(ops.pad(state, (rows, (0, 0))) for state in batch.states),
        mask,
        recurrent_mask,
        {k: ops.pad(v, (rows, steps, (0, 0))) for k, v in batch.keep.items()},
    )


def cut(
    outputs: Tensor | None, states: Tensors, size: Size
) -> tuple[Tensor | None, Tensors]:
    """Cuts the results of a padded call to the size before padding."""
    batch, time = size
    outputs = None if outputs is None else outputs[:batch, :time]
    return outputs, tuple(state[:batch] for state in states)
