# SPDX-License-Identifier: Apache-2.0
"""How targets and weights lie along the axes of what a model says.

Broadcasting would take targets `(batch,)` for outputs `(batch, 1, 1)` as
`(1, 1, batch)` and train on their mean. The one rule, kept here: axes of size
1 may be left out, all others must be there, each in its place.
"""

from itertools import combinations

import keras
import numpy as np
from keras import ops


def laid_along(values, outputs, rank):
    """The values, with an entry for each entry of the outputs.

    Args:
        values: Tensor or array `(batch, ...)`.
        outputs: Tensor that they belong to, symbolic perhaps.
        rank: How many axes of the outputs, from the first, are to be matched.

    Returns:
        The values with all `rank` axes, or None if they do not fit: an axis
        other than one of size 1 is missing or has another size.

    Example:
        >>> import numpy as np
        >>> outputs = np.zeros((4, 1, 3, 2))
        >>> found = laid_along(np.zeros((4, 3)), outputs, rank=3)
        >>> tuple(found.shape)
        (4, 1, 3)
        >>> laid_along(np.zeros((3, 4)), outputs, rank=3) is None
        True
    """
    shape, expected = tuple(values.shape), tuple(outputs.shape[:rank])
    kept = _matched(shape, expected)
    if kept is None:
        return None
    if shape == expected and None not in shape:
        return values
    for axis in range(rank):
        if axis not in kept:
            values = _of(values).expand_dims(values, axis)
    if isinstance(outputs, keras.KerasTensor):
        return values
    # Where sizes are not known yet, reshaping fails when the graph runs;
    # broadcasting would not.
    return ops.reshape(values, ops.shape(outputs)[:rank])


def spread(weights, outputs, rank):
    """Weights `(batch,)` or `(batch, time)`, ready for losses of a rank.

    They lie along the first axes of the losses and hold for all that follows.

    Args:
        weights: Tensor or array `(batch, ...)`.
        outputs: Tensor that the losses belong to.
        rank: Axes of the losses, those of the outputs from the first.

    Returns:
        The weights with `rank` axes, those they lack of size 1, or None if
        they do not fit.

    Example:
        >>> import numpy as np
        >>> outputs = np.zeros((3, 3, 5))
        >>> spread(np.ones(3), outputs, rank=2).shape
        (3, 1)
    """
    shape, expected = tuple(weights.shape), tuple(outputs.shape[:rank])
    own, further = shape[:rank], shape[rank:]
    if (
        not shape
        or any(size != 1 for size in further)
        or not _agree(own[:1], expected[:1])
        or not all(
            size == 1 or _agree((size,), (other,))
            for size, other in zip(own, expected, strict=False)
        )
    ):
        return None
    if further:
        further = tuple(range(rank, len(shape)))
        return _of(weights).squeeze(weights, axis=further)
    for _ in range(rank - len(shape)):
        weights = _of(weights).expand_dims(weights, -1)
    return weights


def _matched(shape, expected):
    """Which axes of the expected ones a shape has; None if it does not fit."""
    ones = [axis for axis, size in enumerate(expected) if axis and size == 1]
    absent = len(expected) - len(shape)
    if absent < 0:
        return None
    for left_out in combinations(ones, absent):
        kept = [axis for axis in range(len(expected)) if axis not in left_out]
        if _agree(shape, [expected[axis] for axis in kept]):
            # All choices that fit are one: an axis of size 1 moves nothing.
            return kept
    return None


def _of(values):
    """Who moves axes: an array stays in memory, where it is."""
    return np if isinstance(values, np.ndarray) else ops


def _agree(shape, other):
    return all(
        a == b or a is None or b is None
        for a, b in zip(shape, other, strict=True)
    )
