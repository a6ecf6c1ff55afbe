# SPDX-License-Identifier: Apache-2.0
"""Masks: which steps of a sequence are valid."""

from typing import Any

import numpy as np
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.engine.scans import associative_scan


def has_begun(mask: Tensor) -> Tensor:
    """Whether a step or one before it is valid: booleans `(batch, time)`."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0


def last_valid(mask: Tensor, values: Tensor, initial: Tensor) -> Tensor:
    """Values at all steps, where each masked step repeats the last valid one.

    Args:
        mask: Boolean tensor `(batch, time)`, time known.
        values: Tensor `(batch, time, width)`.
        initial: Tensor `(batch, width)`, what is repeated before a valid step.
    """
    values = ops.concatenate([ops.expand_dims(initial, 1), values], axis=1)
    place = ops.where(mask, np.arange(1, mask.shape[1] + 1, dtype="int32"), 0)
    (place,) = associative_scan(_latest, (place,), (0,))
    return ops.take_along_axis(values, ops.expand_dims(place, -1), axis=1)


def _latest(earlier, later):
    return (ops.maximum(earlier[0], later[0]),)


def zero_unless(mask: Tensor | None, values: Tensor) -> Tensor:
    """Values `(batch[, time], width)`, with zeros where the mask is False.

    Masked values may be NaN, and NaN times a gradient of 0 would be NaN.

    Args:
        mask: Boolean tensor `(batch[, time])`; None masks nothing.
        values: Tensor.
    """
    if mask is None:
        return values
    return ops.where(ops.expand_dims(mask, -1), values, 0)


def one_per_step(mask: Any) -> Tensor | None:
    """A mask as booleans `(batch, time)`.

    Args:
        mask: None, a tensor `(batch, time)` or `(batch, time, k)`, or a list
            with the masks of all inputs, as Keras hands them on: the first
            one counts. `TimeDistributed` hands on masks of k values per step;
            a step is valid if any of its values is True.
    """
    if isinstance(mask, (list, tuple)):
        mask = mask[0]
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    return ops.any(mask, axis=-1) if len(mask.shape) == 3 else mask


def checked(mask: Any, sequences: Tensor) -> Tensor | None:
    """The mask as booleans `(batch, time)`, None if there is none.

    Args:
        mask: A mask as `one_per_step` takes it.
        sequences: Tensor `(batch, time, features)`.

    Raises:
        ValueError: If the mask does not have the shape of the sequences.
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
