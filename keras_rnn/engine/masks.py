# SPDX-License-Identifier: Apache-2.0
"""Masks: which steps of a sequence are valid."""

from keras import ops


def has_begun(mask):
    """Whether a step is valid, or one before it: bool `(batch, time)`."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0


def checked(mask, sequences):
    """A mask as booleans `(batch, time)`.

    Raises:
        ValueError: If it has not the shape of the sequences.
    """
    shape = mask.shape
    if len(shape) == 3 and shape[-1] == 1:
        mask, shape = ops.squeeze(mask, -1), shape[:2]
    expected = sequences.shape[:2]
    known = [
        (a, b)
        for a, b in zip(shape, expected, strict=False)
        if isinstance(a, int) and isinstance(b, int)
    ]
    if len(shape) != 2 or any(a != b for a, b in known):
        raise ValueError(
            "`mask` must have the shape (batch, time) of the sequences, "
            f"{tuple(expected)}. Received: a mask of shape "
            f"{tuple(mask.shape)}. Give one value per step."
        )
    return ops.cast(mask, "bool")
