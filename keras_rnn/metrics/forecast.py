# SPDX-License-Identifier: Apache-2.0
"""How far forecasts are from what happened, in one number.

For arrays of shape (origins, horizon, targets), or any other shape that both
have in common; slice them first to judge one step or one target.

Reference:
    R. J. Hyndman and A. B. Koehler (2006), "Another look at measures of
    forecast accuracy", International Journal of Forecasting 22(4), 679-688.
"""

import numpy as np

from keras_rnn._validation import positive_int


def mae(actual, forecast):
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


def rmse(actual, forecast):
    """Root mean squared error, in the data's units.

        √ mean (actual − forecast)²

    Punishes one large error more than several small ones.

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


def mase(actual, forecast, *, history, season):
    """Mean absolute scaled error: below 1 beats a seasonal naive method.

        scale = mean |history[i] − history[i − season]|     per target
        MASE  = mean |actual − forecast| / scale

    The scale is the error that "the same as a season ago" makes one step
    ahead in `history`. MASE has no unit: it compares series with each other.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        history: The training rows, in the same units: shape (rows,), or
            (rows, targets) if targets are the last axis of `actual`.
        season: Number of rows of a season; 1 scales by the naive method.

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
    history = finite("history", history)
    positive_int("season", season)
    check_history(history, error.shape, season)
    scale = naive_scale(history, season)
    check_scale(scale, season, "mae")
    return float((error / scale).mean())


def naive_scale(history, season, *, power=1):
    """What errors are scaled by: those of "the same as a season ago".

        mean |history[i] − history[i − season]| ** power

    Args:
        history: Rows, float64, shape (rows,) or (rows, targets). A NaN, where
            a value is missing, counts in no mean.
        season: Number of rows of a season.
        power: 1, as for MASE, or 2, as for RMSSE.

    Returns:
        Shape () or (targets,); NaN where nothing can be scaled: `history` has
        no two rows a season apart, or repeats itself exactly.

    Example:
        >>> naive_scale(np.array([1.0, 2.0, 4.0, 5.0]), season=2).tolist()
        3.0
    """
    sizes = np.abs(history[season:] - history[:-season]) ** power
    total = np.nansum(sizes, axis=0)
    return total / np.where(total > 0, (~np.isnan(sizes)).sum(axis=0), np.nan)


def errors(actual, forecast):
    """The errors, float64, in the common shape of both."""
    actual = finite("actual", actual)
    forecast = finite("forecast", forecast)
    if actual.shape != forecast.shape:
        raise ValueError(
            "`actual` and `forecast` must have the same shape. Received: "
            f"{actual.shape} and {forecast.shape}."
        )
    if not actual.size:
        raise ValueError(
            "`actual` and `forecast` must hold at least one value. Received: "
            f"shape {actual.shape}."
        )
    return actual - forecast


def finite(name, values):
    """The values in float64; a ValueError names the first that is no number."""
    values = np.asarray(values, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        position = tuple(bad[0].tolist())
        raise ValueError(
            f"`{name}` must be finite. Received: {values[position]} at "
            f"position {position}. Leave out what is not known yet."
        )
    return values


def check_scale(scale, season, instead):
    """Raises a ValueError if a history has no error to scale by."""
    if not np.all(scale > 0):
        raise ValueError(
            f"`history` repeats itself every {season} rows, so that there is "
            f"no error to scale by. Use `{instead}` or another `season`."
        )


def check_history(history, shape, season):
    """Raises a ValueError unless `history` can scale errors of this shape."""
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
