# SPDX-License-Identifier: Apache-2.0
"""How targets and weights are matched with the axes of a model's outputs.

Broadcasting would take targets `(batch,)` for outputs `(batch, 1, 1)` as
`(1, 1, batch)` and train on their mean. Here one rule holds instead: targets
may leave out axes of size 1; they must have all others, in the same order.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Shape, Tensor


def laid_along(values: Tensor, outputs: Tensor, rank: int) -> Tensor | None:
    """The values, with an entry for each entry of the outputs.

    Args:
        values: Tensor or array `(batch, ...)`.
        outputs: Tensor or symbolic tensor of outputs that they belong to.
        rank: How many axes of the outputs, from the first, are to be matched.

    Returns:
        The values with all `rank` axes. None if they do not fit, because an
        axis that is not of size 1 is missing or has another size.

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
            values = _library(values).expand_dims(values, axis)
    if isinstance(outputs, keras.KerasTensor):
        return values
    # If a size that is still unknown turns out not to fit, reshaping fails when
    # the graph runs. Broadcasting would not.
    return ops.reshape(values, ops.shape(outputs)[:rank])


def spread(weights: Tensor, outputs: Tensor, rank: int) -> Tensor | None:
    """Weights `(batch,)` or `(batch, time)`, ready for losses of a rank.

    Weights match the first axes of the losses. One weight holds for all losses
    along the other axes.

    Args:
        weights: Tensor or array `(batch, ...)`.
        outputs: Tensor of outputs that the losses belong to.
        rank: Number of axes of the losses, the first axes of the outputs.

    Returns:
        The weights with `rank` axes, of size 1 where weights lack one. None if
        they do not fit.

    Example:
        >>> import numpy as np
        >>> outputs = np.zeros((3, 3, 5))
        >>> spread(np.ones(3), outputs, rank=2).shape
        (3, 1)
    """
    shape, expected = tuple(weights.shape), tuple(outputs.shape[:rank])
    matched, surplus = shape[:rank], shape[rank:]
    if (
        not shape
        or any(size != 1 for size in surplus)
        or not _agree(matched[:1], expected[:1])
        or not all(
            size == 1 or _agree((size,), (other,))
            for size, other in zip(matched, expected, strict=False)
        )
    ):
        return None
    if surplus:
        axes = tuple(range(rank, len(shape)))
        return _library(weights).squeeze(weights, axis=axes)
    for _ in range(rank - len(shape)):
        weights = _library(weights).expand_dims(weights, -1)
    return weights


def _matched(shape: Shape, expected: Shape) -> list[int] | None:
    """The axes of an expected shape that a shape has, None if it has others."""
    ones = [axis for axis, size in enumerate(expected) if axis and size == 1]
    absent = len(expected) - len(shape)
    if absent < 0:
        return None
    for left_out in combinations(ones, absent):
        kept = [axis for axis in range(len(expected)) if axis not in left_out]
        if _agree(shape, [expected[axis] for axis in kept]):
            # If several choices fit, they differ in axes of size 1 only, so
            # that the values come out the same.
            return kept
    return None


def _library(values: Tensor) -> Any:
    """The library that moves axes: NumPy does not copy an array for it."""
    return np if isinstance(values, np.ndarray) else ops


def _agree(shape: Sequence[int | None], other: Sequence[int | None]) -> bool:
    return all(
        a == b or a is None or b is None
        for a, b in zip(shape, other, strict=True)
    )
