# SPDX-License-Identifier: Apache-2.0
"""Which sizes get a program of their own where a layer is called eagerly.

A program is compiled for one size, takes about half a second and 5 MiB, and
is kept. A loop over batches of ever other lengths would compile for each of
them, so a size has to come back before it gets its own program; until then it
runs, padded and masked, on the one of the next power of two, which gives the
same numbers.
"""

import threading

import numpy as np
from keras import ops

#: So many sizes get a program at once, so that who has few waits for none.
AT_ONCE = 4
#: Any other size gets one when it is called for this time ...
CALLS = 8
#: ... as long as there are fewer than so many.
MOST = 32
#: Calls are counted of so many sizes, those that were called last.
COUNTED = 1024
#: Shorter sequences run as such of this time.
SHORTEST = 16


class EagerSizes:
    """The sizes, (batch, time), that one program was called with."""

    def __init__(self):
        self._lock = threading.Lock()
        self._own = set()
        self._calls = {}

    def run_as(self, size):
        """The size of the program that is to run sequences of a size."""
        with self._lock:
            if size in self._own or self._gets_its_own(size):
                return size
        batch, time = size
        return _power_of_two(batch), max(SHORTEST, _power_of_two(time))

    def _gets_its_own(self, size):
        if len(self._own) >= MOST:
            return False
        self._calls[size] = self._calls.pop(size, 0) + 1  # the last one now
        if len(self._calls) > COUNTED:
            del self._calls[next(iter(self._calls))]
        gets = len(self._own) < AT_ONCE or self._calls[size] >= CALLS
        if gets:
            self._own.add(size)
            del self._calls[size]
        return gets


def _power_of_two(number):
    return 1 << (number - 1).bit_length()


def padded(sequences, states, mask, recurrent_mask, size):
    """The inputs of a call as those of a larger batch and time.

    What is added in time is masked; what is added to the batch is cut off
    again by `cut`.

    Args:
        sequences: Tensor `(batch, time, features)`.
        states: Tensors `(batch, width)`.
        mask: Boolean tensor `(batch, time)` or None.
        recurrent_mask: Tensor `(batch, width)` or None.
        size: The batch and the time to have.

    Returns:
        Sequences, states, mask and recurrent mask.
    """
    batch, time = sequences.shape[:2]
    rows = (0, size[0] - batch)
    steps = (0, size[1] - time)
    if mask is None and steps[1]:
        mask = np.ones((batch, time), dtype=bool)
    if mask is not None:
        mask = ops.pad(mask, (rows, steps))
    if recurrent_mask is not None:
        recurrent_mask = ops.pad(recurrent_mask, (rows, (0, 0)))
    states = [ops.pad(state, (rows, (0, 0))) for state in states]
    return (
        ops.pad(sequences, (rows, steps, (0, 0))),
        states,
        mask,
        recurrent_mask,
    )


def cut(outputs, states, size):
    """The results of a padded call as those of the size that was called."""
    batch, time = size
    outputs = None if outputs is None else outputs[:batch, :time]
    return outputs, tuple(state[:batch] for state in states)
