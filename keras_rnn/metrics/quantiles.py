# SPDX-License-Identifier: Apache-2.0
"""How good forecasts of quantiles and of intervals are.

A forecast of quantiles has one axis more than what happened, the last one:
shape (origins, horizon, targets, levels) for actuals of shape (origins,
horizon, targets).

Reference:
    T. Gneiting and A. E. Raftery (2007), "Strictly proper scoring rules,
    prediction, and estimation", Journal of the American Statistical
    Association 102(477), 359-378.
"""

import numbers
from itertools import pairwise

import numpy as np

from keras_rnn._validation import received
from keras_rnn.metrics.forecast import errors, finite


def pinball(actual, forecast, *, levels):
    """Quantile loss, in the data's units; the lower the better.

        error = actual − forecast[level]
        loss  = mean max(level · error, (level − 1) · error)

    Its minimum is the true quantile. At level 0.5 alone it is half of the
    mean absolute error; some authors double it to have that error whole.

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


def weighted_quantile_loss(actual, forecast, *, levels):
    """Quantile loss as a share of what happened: without a unit.

        wQL = mean over levels of 2 Σ loss / Σ |actual|

    Comparable over series of different size, and dominated by large values.

    Args:
        actual: What happened, any shape, not all 0.
        forecast: Forecast quantiles, that shape and an axis of levels.
        levels: Increasing numbers between 0 and 1.

    Returns:
        A float.

    Raises:
        ValueError: As `pinball`, and if all that happened is 0.

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


def coverage(actual, lower, upper):
    """Share of what happened within intervals, bounds included.

    Calibrated intervals of 90 % have a coverage of 0.9. Intervals that cover
    are not yet good: compare their widths, or `pinball`, too.

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


def covered(actual, lower, upper):
    """Whether each value lies within its interval: `coverage` is the mean."""
    actual = finite("actual", actual)
    lower = np.asarray(lower, dtype=np.float64)
    upper = np.asarray(upper, dtype=np.float64)
    if not actual.shape == lower.shape == upper.shape or not actual.size:
        raise ValueError(
            "`actual`, `lower` and `upper` must have the same shape and hold "
            f"a value. Received: {actual.shape}, {lower.shape}, {upper.shape}."
        )
    if not np.all(lower <= upper):  # nor with NaN
        position = tuple(np.argwhere(~(lower <= upper))[0].tolist())
        raise ValueError(
            "`lower` must not lie above `upper`. Received: "
            f"{lower[position]} and {upper[position]} at position {position}."
        )
    return (lower <= actual) & (actual <= upper)


def pinball_losses(actual, forecast, levels):
    """The loss of each value at each level, the shape of `forecast`."""
    levels = np.array(as_levels("levels", levels))
    actual = finite("actual", actual)
    forecast = finite("forecast", forecast)
    expected = (*actual.shape, len(levels))
    if forecast.shape != expected:
        raise ValueError(
            "`forecast` must have the shape of `actual` and an axis of "
            f"levels: {expected}. Received: {forecast.shape}."
        )
    repeated = np.repeat(actual[..., np.newaxis], len(levels), axis=-1)
    error = errors(repeated, forecast)
    return np.maximum(levels * error, (levels - 1) * error)


def as_levels(name, levels):
    """The levels as a tuple of floats, increasing, between 0 and 1."""
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
    return isinstance(level, numbers.Real) and 0 < level < 1
