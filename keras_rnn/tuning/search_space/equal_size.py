# SPDX-License-Identifier: Apache-2.0
"""Cells of equal size: the width that gives a model so many weights."""

import math
import warnings

from keras_rnn import _validation as validate

#: Cells further than this from their budget are not called equal.
TOLERANCE = 0.02


def count_weights(model):
    """Number of trained numbers in a model.

    Args:
        model: keras.Model that is built.

    Returns:
        int; what is not trained, such as moving averages, does not count.
    """
    return sum(math.prod(w.shape) for w in model.trainable_weights)


def matched_units(weights, budget, name="The model"):
    """The width whose number of weights comes closest to a budget.

    All recurrent layers of this package, dense heads and normalizations have
    numbers of weights that are quadratic in the width, so three small models
    tell them all; one more confirms it. Where it does not, the width is found
    by bisection.

    Args:
        weights: Function of the width that gives the number of weights.
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


def _quadratic(weights):
    """Newton's interpolation through widths 1, 2 and 3, in whole numbers."""
    one, two, three = weights(1), weights(2), weights(3)
    slope, bend = two - one, three - 2 * two + one
    return lambda u: one + (u - 1) * slope + (u - 1) * (u - 2) // 2 * bend


def _closest(weights, budget):
    """The width closest to the budget, of an increasing function."""
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
