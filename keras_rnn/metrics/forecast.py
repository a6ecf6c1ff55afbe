# SPDX-License-Identifier: Apache-2.0
"""How far forecasts are from what happened, in one number.

The functions take arrays of shape (origins, horizon, targets), or of any other
shape that forecasts and actual values share. To judge one step or one target,
slice the arrays first.

Reference:
    R. J. Hyndman and A. B. Koehler (2006), "Another look at measures of
    forecast accuracy", International Journal of Forecasting 22(4), 679-688.
"""

import numpy as np

from keras_rnn._types import ArrayLike, Floats
from keras_rnn._validation import positive_int


def mae(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Mean absolute error, in the data's units.

        mean |actual − forecast|

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.

    Returns:
        A float.

    Raises:
        ValueError: If the shapes differ or a value is not finite.

    Example:
        >>> mae([1.0, 2.0, 3.0], [1.0, 4.0, 7.0])
        2.0
    """
    return float(np.abs(errors(actual, forecast)).mean())


def rmse(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Root mean squared error, in the data's units.

        √ mean (actual − forecast)²

    It punishes one large error more than several small ones.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.

    Returns:
        A float.

    Raises:
        ValueError: If the shapes differ or a value is not finite.

    Example:
        >>> rmse([0.0, 0.0], [1.0, 7.0])
        5.0
    """
    return float(np.sqrt(np.square(errors(actual, forecast)).mean()))


def mase(
    actual: ArrayLike,
    forecast: ArrayLike,
    *,
    history: ArrayLike,
    season: int,
) -> float:
    """Mean absolute scaled error; below 1 it beats a seasonal naive method.

        scale = mean |history[i] − history[i − season]|     per target
        MASE  = mean |actual − forecast| / scale

    The scale is the mean error in `history` of the forecast "the same as a
    season ago". MASE has no unit, so it compares series with each other.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        history: The training rows, in the same units: shape (rows,), or
            (rows, targets) if targets are the last axis of `actual`.
        season: Number of rows per season; 1 scales by the naive method.

    Returns:
        A float.

    Raises:
        ValueError: If the shapes do not fit, a value is not finite, `history`
            has no more rows than a season, or it repeats itself exactly.

    Example:
        >>> mase([5.0], [8.0], history=[1.0, 2.0, 4.0, 5.0], season=2)
        1.0

    Reference:
        Hyndman and Koehler (2006) scale by the naive method, season=1; the
        seasonal form is that of Hyndman and Athanasopoulos, "Forecasting:
        Principles and Practice", 3rd edition, section 5.8.
    """
    error = np.abs(errors(actual, forecast))
    rows = finite("history", history)
    positive_int("season", season)
    check_history(rows, error.shape, season)
    scale = naive_scale(rows, season)
    check_scale(scale, season, "mae")
    return float((error / scale).mean())


def naive_scale(history: Floats, season: int, *, power: int = 1) -> Floats:
    """The scale of errors: the mean error of "the same as a season ago".

        mean |history[i] − history[i − season]| ** power

    Args:
        history: Rows, float64, shape (rows,) or (rows, targets). NaN marks a
            missing value, and no mean counts it.
        season: Number of rows per season.
        power: 1, as for MASE, or 2, as for RMSSE.

    Returns:
        Shape () or (targets,). It is NaN if `history` has no two rows a season
        apart, or repeats itself exactly, so that there is no error.

    Example:
        >>> naive_scale(np.array([1.0, 2.0, 4.0, 5.0]), season=2).tolist()
        3.0
    """
    sizes = np.abs(history[season:] - history[:-season]) ** power
    total = np.nansum(sizes, axis=0)
    return total / np.where(total > 0, (~np.isnan(sizes)).sum(axis=0), np.nan)


def errors(actual: ArrayLike, forecast: ArrayLike) -> Floats:
    """The errors `actual` − `forecast`, in the shape of both."""
    happened = finite("actual", actual)
    predicted = finite("forecast", forecast)
    if happened.shape != predicted.shape:
        raise ValueError(
            "`actual` and `forecast` must have the same shape. Received: "
            f"{happened.shape} and {predicted.shape}."
        )
    if not happened.size:
        raise ValueError(
            "`actual` and `forecast` must hold at least one value. Received: "
            f"shape {happened.shape}."
        )
    return happened - predicted


def finite(name: str, values: ArrayLike) -> Floats:
    """The values in float64; a ValueError refuses NaN and infinity."""
    numbers = np.asarray(values, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        position = tuple(bad[0].tolist())
        raise ValueError(
            f"`{name}` must be finite. Received: {numbers[position]} at "
            f"position {position}. Leave out what is not known yet."
        )
    return numbers


def check_scale(scale: Floats, season: int, alternative: str) -> None:
    """Raises a ValueError if a history has no error to scale by.

    Args:
        scale: What `naive_scale` returned.
        season: Number of rows per season.
        alternative: A measure that needs no scale, which the error names.
    """
    if not np.all(scale > 0):
        raise ValueError(
            f"`history` repeats itself every {season} rows, so that there is "
            f"no error to scale by. Use `{alternative}` or another `season`."
        )


def check_history(history: Floats, shape: tuple[int, ...], season: int) -> None:
    """Raises a ValueError unless `history` can scale errors of a shape."""
    if history.ndim not in (1, 2) or history.shape[1:] not in ((), shape[-1:]):
        raise ValueError(
            "`history` must have shape (rows,) or (rows, targets), targets "
            f"being the last axis of `actual`. Received: {history.shape} "
            f"for `actual` of shape {shape}."
        )
    if len(history) <= season:
        raise ValueError(
            f"`history` has {len(history)} rows; season={season} needs "
            f"{season + 1}. Lower `season` or pass a longer history."
        )
