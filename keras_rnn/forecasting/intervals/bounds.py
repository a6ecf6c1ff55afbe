# SPDX-License-Identifier: Apache-2.0
"""Order among bounds: lower below upper, narrow intervals inside wide ones."""

import numpy as np

from keras_rnn._types import Array


def uncrossed(lower: Array, upper: Array) -> tuple[Array, Array]:
    """The bounds; where they have crossed they meet in the middle."""
    crossed = lower > upper
    middle = (lower + upper) / 2
    return np.where(crossed, middle, lower), np.where(crossed, middle, upper)


def nested(lower: Array, upper: Array) -> tuple[Array, Array]:
    """The bounds, with intervals at least as wide as those of lower levels.

    Where each level has scores, or misses, of its own, the interval of a
    higher level may come out inside that of a lower one.

    Args:
        lower: Lower bounds, whose last axis is of increasing levels.
        upper: Upper bounds, the same shape.
    """
    return (
        np.minimum.accumulate(lower, axis=-1),
        np.maximum.accumulate(upper, axis=-1),
    )
