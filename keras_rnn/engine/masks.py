# SPDX-License-Identifier: Apache-2.0
"""Masks: which steps of a sequence are valid."""

from keras import ops


def has_begun(mask):
    """Whether a step is valid, or one before it: bool `(batch, time)`."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0


def zero_unless(mask, values):
    """Values `(batch[, time], width)`, zeros where the mask is False.

    What is masked may be NaN, whose product with no gradient is NaN, too.

    Args:
        mask: Boolean tensor `(batch[, time])`; None: nothing is masked.
        values: Tensor.
    """
    if mask is None:
        return values
    return ops.where(ops.expand_dims(mask, -1), values, 0)


def one_per_step(mask):
    """A mask as booleans `(batch, time)`.

    Args:
        mask: Tensor `(batch, time)`, or `(batch, time, k)`: a step whose own
            k steps were masked one by one, as `TimeDistributed` hands it on,
            is valid if any of them is. None, or a list, as Keras hands on
            the masks of all inputs: the first one counts.
    """
    if isinstance(mask, (list, tuple)):
        mask = mask[0]
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    return ops.any(mask, axis=-1) if len(mask.shape) == 3 else mask


def checked(mask, sequences):
    """The mask as booleans `(batch, time)`, None if there is none.

    Raises:
        ValueError: If it has not the shape of the sequences.
    """
    per_step = one_per_step(mask)
    if per_step is None:
        return None
    shape, expected = per_step.shape, sequences.shape[:2]
    known = [
        (a, b)
        for a, b in zip(shape, expected, strict=False)
        if isinstance(a, int) and isinstance(b, int)
    ]
    if len(shape) != 2 or any(a != b for a, b in known):
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        raise ValueError(
            "`mask` must have the shape (batch, time) of the sequences, "
            f"{tuple(expected)}. Received: a mask of shape "
            f"{tuple(mask.shape)}. Give one value per step."
        )
    return per_step
