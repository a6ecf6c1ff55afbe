# SPDX-License-Identifier: Apache-2.0
"""How good forecasts of quantiles and of intervals are.

A forecast of quantiles has one axis more than the actual values, the last one:
its shape is (origins, horizon, targets, levels) for actual values of shape
(origins, horizon, targets).

Reference:
    T. Gneiting and A. E. Raftery (2007), "Strictly proper scoring rules,
    prediction, and estimation", Journal of the American Statistical
    Association 102(477), 359-378.
"""

import numbers
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn._validation import received
from keras_rnn.metrics.forecast import errors, finite


def pinball(
    actual: ArrayLike, forecast: ArrayLike, *, levels: Sequence[float]
) -> float:
    """Quantile loss, in the data's units; the lower the better.

        error = actual − forecast[level]
        loss  = mean max(level · error, (level − 1) · error)

    The true quantile minimizes it. At level 0.5 alone it is half of the mean
    absolute error, so some authors double it.

    Args:
        actual: What happened, any shape.
        forecast: Forecast quantiles, that shape and an axis of levels.
        levels: Increasing numbers between 0 and 1.

    Returns:
        A float, the mean over all values and levels.

    Raises:
        ValueError: If the shapes do not fit, a value is not finite, or the
            levels are no increasing numbers between 0 and 1.

    Example:
        >>> pinball([10.0], [[8.0, 11.0]], levels=(0.25, 0.75))
        0.375

    Reference:
        R. Koenker and G. Bassett (1978), "Regression quantiles",
        Econometrica 46(1), 33-50.
    """
    return float(pinball_losses(actual, forecast, levels).mean())


def weighted_quantile_loss(
    actual: ArrayLike, forecast: ArrayLike, *, levels: Sequence[float]
) -> float:
    """Quantile loss as a share of what happened, without a unit.

        wQL = mean over levels of 2 Σ loss / Σ |actual|

    It compares series of different size. Within a series large values
    dominate it.

    Args:
        actual: What happened, any shape, not all 0.
        forecast: Forecast quantiles, that shape and an axis of levels.
        levels: Increasing numbers between 0 and 1.

    Returns:
        A float.

    Raises:
        ValueError: As `pinball`, and if `actual` is 0 everywhere.

    Example:
        >>> weighted_quantile_loss([10.0], [[8.0]], levels=[0.5])
        0.2

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191,
        where it is called the ρ-risk.
    """
    losses = pinball_losses(actual, forecast, levels)
    size = np.abs(finite("actual", actual)).sum()
    if size == 0:
        raise ValueError(
            "`actual` is 0 everywhere, so that there is no size to weigh by. "
            "Use `pinball`."
        )
    return float(2 * losses.sum() / losses.shape[-1] / size)


def coverage(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Share of the actual values within intervals, bounds included.

    Calibrated intervals of 90 % have a coverage of 0.9. Coverage alone does not
    make intervals good; compare their widths, or `pinball`, as well.

    Args:
        actual: What happened, any shape.
        lower: Lower bounds, the same shape; may be −∞.
        upper: Upper bounds, the same shape, nowhere below `lower`.

    Returns:
        A float from 0 to 1.

    Raises:
        ValueError: If the shapes differ, a value is NaN, or a lower bound
            lies above its upper one.

    Example:
        >>> coverage([1.0, 2.0, 3.0, 9.0], [0.0] * 4, [3.0] * 4)
        0.75
    """
    return float(covered(actual, lower, upper).mean())


def covered(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Array:
    """Whether each value lies within its interval; `coverage` is the mean."""
    happened = finite("actual", actual)
    low = np.asarray(lower, dtype=np.float64)
    high = np.asarray(upper, dtype=np.float64)
    if not happened.shape == low.shape == high.shape or not happened.size:
        raise ValueError(
            "`actual`, `lower` and `upper` must have the same shape and hold "
            f"a value. Received: {happened.shape}, {low.shape}, {high.shape}."
        )
    if not np.all(low <= high):  # False for NaN as well
        position = tuple(np.argwhere(~(low <= high))[0].tolist())
        raise ValueError(
            "`lower` must not lie above `upper`. Received: "
            f"{low[position]} and {high[position]} at position {position}."
        )
    return (low <= happened) & (happened <= high)


def pinball_losses(
    actual: ArrayLike, forecast: ArrayLike, levels: Sequence[float]
) -> Floats:
    """The loss of each value at each level, in the shape of `forecast`."""
    level = np.array(as_levels("levels", levels))
    happened = finite("actual", actual)
    quantiles = finite("forecast", forecast)
    expected = (*happened.shape, len(level))
    if quantiles.shape != expected:
        raise ValueError(
            "`forecast` must have the shape of `actual` and an axis of "
            f"levels: {expected}. Received: {quantiles.shape}."
        )
    repeated = np.repeat(happened[..., np.newaxis], len(level), axis=-1)
    error = errors(repeated, quantiles)
    return np.maximum(level * error, (level - 1) * error)


def as_levels(name: str, levels: Sequence[float]) -> tuple[float, ...]:
    """The levels as a tuple of floats; they must increase between 0 and 1."""
    values = tuple(np.asarray(levels).tolist()) if _is_list(levels) else ()
    if (
        not values
        or not all(_is_level(level) for level in values)
        or any(a >= b for a, b in pairwise(values))
    ):
        raise ValueError(
            f"`{name}` must be increasing numbers between 0 and 1. "
            f"{received(name, levels)}"
        )
    return tuple(float(level) for level in values)


def _is_list(levels):
    return np.ndim(levels) == 1


def _is_level(level):
    # typeshed's Real has no >
    return (
        isinstance(level, numbers.Real) and 0 < level < 1  # pyright: ignore[reportOperatorIssue]
    )
