# SPDX-License-Identifier: Apache-2.0
"""Errors without a unit: the measures of the M4 and M5 competitions.

For arrays of shape (origins, horizon, targets), or any other shape that both
have in common, as `mae` and `mase`.

Reference:
    S. Makridakis, E. Spiliotis and V. Assimakopoulos (2020), "The M4
    Competition: 100,000 time series and 61 forecasting methods",
    International Journal of Forecasting 36(1), 54-74, and (2022), "M5
    accuracy competition: results, findings, and conclusions", International
    Journal of Forecasting 38(4), 1346-1364.
"""

import numpy as np

from keras_rnn._validation import positive_int
from keras_rnn.metrics.forecast import (
    check_history,
    check_scale,
    errors,
    finite,
    mase,
    naive_scale,
)


def smape(actual, forecast):
    """Symmetric mean absolute percentage error, from 0 to 200 percent.

        sMAPE = mean 200 |actual − forecast| / (|actual| + |forecast|)

    A step where both are 0 is a perfect forecast and counts 0. For series
    away from 0 only: an actual of 0 makes any other forecast count 200.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.

    Returns:
        A float, percent.

    Raises:
        ValueError: If the shapes differ or a value is not finite.

    Example:
        >>> smape([100.0, 0.0], [300.0, 0.0])
        50.0
    """
    return float(percentage_errors(actual, forecast).mean())


def percentage_errors(actual, forecast):
    """What `smape` is the mean of, in the shape of both."""
    error = np.abs(errors(actual, forecast))
    size = np.abs(finite("actual", actual)) + np.abs(
        finite("forecast", forecast)
    )
    ratio = np.divide(error, size, out=np.zeros_like(error), where=size > 0)
    return 200 * ratio


def rmsse(actual, forecast, *, history, season=1):
    """Root mean squared scaled error: M5's measure of one series.

        scale = mean (history[i] − history[i − season])²    per target
        RMSSE = √ (mean (actual − forecast)² / scale)       per target

    Judges forecasts of the mean, where MASE judges those of the median: the
    better one for series with many zeros. Without a unit, like MASE; below 1
    it beats the naive method's step in `history`.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        history: The training rows, in the same units: shape (rows,), or
            (rows, targets) if targets are the last axis of `actual`. M5
            starts it at the first sale, the first row that is not 0.
        season: Number of rows of a season; 1, the naive method, is M5's.

    Returns:
        A float, the mean over targets if `history` has several.

    Raises:
        ValueError: If the shapes do not fit, a value is not finite, `history`
            has no more rows than a season, or it repeats itself exactly.

    Example:
        >>> rmsse([5.0, 5.0], [8.0, 9.0], history=[0.0, 3.0, 7.0])
        1.0
    """
    square = np.square(errors(actual, forecast))
    history = finite("history", history)
    positive_int("season", season)
    check_history(history, square.shape, season)
    scale = naive_scale(history, season, power=2)
    check_scale(scale, season, "rmse")
    axes = tuple(range(square.ndim - (history.ndim - 1)))
    return float(np.sqrt(square.mean(axis=axes) / scale).mean())


def owa(actual, forecast, *, reference, history, season):
    """Overall weighted average: M4's ranking, below 1 beats the reference.

        OWA = ½ (sMAPE / sMAPE of reference + MASE / MASE of reference)

    M4's reference is Naive 2, the naive method on seasonally adjusted data;
    `seasonal_naive` is the plain choice. For several series give the mean of
    each measure over all series, not the mean of OWAs, to match M4.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        reference: What the reference method forecast, the same shape.
        history: The training rows, as in `mase`.
        season: Number of rows of a season, as in `mase`.

    Returns:
        A float.

    Raises:
        ValueError: If the shapes do not fit, a value is not finite, `history`
            cannot scale, or the reference makes no error at all.

    Example:
        >>> owa(
        ...     [10.0],
        ...     [10.0],
        ...     reference=[12.0],
        ...     history=[1.0, 2.0, 4.0],
        ...     season=1,
        ... )
        0.0
    """
    options = {"history": history, "season": season}
    worst = smape(actual, reference)
    if worst == 0:
        raise ValueError(
            "`reference` makes no error, so that there is nothing to compare "
            "with. Received: reference equal to actual. Use `mase` instead."
        )
    return mean_ratio(
        (smape(actual, forecast), mase(actual, forecast, **options)),
        (worst, mase(actual, reference, **options)),
    )


def mean_ratio(measures, reference):
    """OWA of a pair of sMAPE and MASE and that of the reference."""
    return 0.5 * (measures[0] / reference[0] + measures[1] / reference[1])
