# SPDX-License-Identifier: Apache-2.0
"""Cells of equal size: the width that gives a model so many weights."""

import math
import warnings
from collections.abc import Callable

import keras

from keras_rnn import _validation as validate

#: Cells that are further from their budget, as a fraction of it, are not
#: called equal: there is a warning.
TOLERANCE = 0.02


def count_weights(model: keras.Model) -> int:
    """The number of trained weights of a model.

    Args:
        model: A built keras.Model.

    Returns:
        int. Numbers that are not trained, such as moving averages, do not
        count.
    """
    return sum(math.prod(w.shape) for w in model.trainable_weights)


def matched_units(
    weights: Callable[[int], int], budget: int, name: str = "The model"
) -> int:
    """The width whose number of weights comes closest to a budget.

    All recurrent layers of this package, dense heads and normalizations have
    numbers of weights that are quadratic in the width. So three small models
    determine the number of weights at every width, and a fourth model confirms
    it. If it does not, the width is found by bisection.

    Args:
        weights: Function from a width to the number of weights.
        budget: Number of weights to come close to.
        name: What the warning calls the model.

    Returns:
        The width, an int of at least 1.

    Raises:
        ValueError: If `budget` is not a positive integer.

    Warns:
        UserWarning: If the closest width is more than 2 % off.

    Example:
        >>> matched_units(lambda units: units * units + 3 * units, 1000)
        30
    """
    validate.positive_int("match_parameters", budget)
    units = _closest(_quadratic(weights), budget)
    actual = weights(units)
    if actual != _quadratic(weights)(units):
        units = _closest(weights, budget)
        actual = weights(units)
    if abs(actual - budget) > TOLERANCE * budget:
        warnings.warn(
            f"{name} has {actual} weights with units={units}, its closest "
            f"width to match_parameters={budget}: "
            f"{abs(actual / budget - 1):.1%} off. Match a larger number.",
            stacklevel=2,
        )
    return units


def _quadratic(weights: Callable[[int], int]) -> Callable[[int], int]:
    """Newton's interpolation through widths 1, 2 and 3, in whole numbers."""
    one, two, three = weights(1), weights(2), weights(3)
    slope, bend = two - one, three - 2 * two + one
    return lambda u: one + (u - 1) * slope + (u - 1) * (u - 2) // 2 * bend


def _closest(weights: Callable[[int], int], budget: int) -> int:
    """The width whose weights, which grow with it, come closest to a budget."""
    high = 1
    while weights(high) < budget:
        high *= 2
    low = max(1, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if weights(middle) < budget else (low, middle)
        )
    return min((low, high), key=lambda units: abs(weights(units) - budget))
