# SPDX-License-Identifier: Apache-2.0
"""Errors without a unit: the measures of the M4 and M5 competitions.

As `mae` and `mase`, the functions take arrays of shape (origins, horizon,
targets), or of any other shape that forecasts and actual values share.

Reference:
    S. Makridakis, E. Spiliotis and V. Assimakopoulos (2020), "The M4
    Competition: 100,000 time series and 61 forecasting methods",
    International Journal of Forecasting 36(1), 54-74, and (2022), "M5
    accuracy competition: results, findings, and conclusions", International
    Journal of Forecasting 38(4), 1346-1364.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rnn._types import ArrayLike, Floats
from keras_rnn._validation import positive_int
from keras_rnn.metrics.forecast import (
    check_history,
    check_scale,
    errors,
    finite,
    mase,
    naive_scale,
)


def smape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Symmetric mean absolute percentage error, from 0 to 200 percent.

        sMAPE = mean 200 |actual − forecast| / (|actual| + |forecast|)

    A step where both are 0 is a perfect forecast and counts 0. Use it for
    series away from 0 only: where the actual value is 0, any other forecast
    counts 200.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.

    Returns:
        A float, in percent.

    Raises:
        ValueError: If the shapes differ or a value is not finite.

    Example:
        >>> smape([100.0, 0.0], [300.0, 0.0])
        50.0
    """
    return float(percentage_errors(actual, forecast).mean())


def percentage_errors(actual: ArrayLike, forecast: ArrayLike) -> Floats:
    """The errors that `smape` is the mean of, in the shape of both."""
    error = np.abs(errors(actual, forecast))
    size = np.abs(finite("actual", actual)) + np.abs(
        finite("forecast", forecast)
    )
    ratio = np.divide(error, size, out=np.zeros_like(error), where=size > 0)
    return 200 * ratio


def rmsse(
    actual: ArrayLike,
    forecast: ArrayLike,
    *,
    history: ArrayLike,
    season: int = 1,
) -> float:
    """Root mean squared scaled error: M5's measure of one series.

        scale = mean (history[i] − history[i − season])²    per target
        RMSSE = √ (mean (actual − forecast)² / scale)       per target

    It judges forecasts of the mean, as MASE judges those of the median, and is
    the better measure of series with many zeros. Like MASE it has no unit.
    Below 1 it beats the forecasts one step ahead of the naive method in
    `history`.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        history: The training rows, in the same units: shape (rows,), or
            (rows, targets) if targets are the last axis of `actual`. M5
            starts it at the first sale, the first row that is not 0.
        season: Number of rows per season. M5 takes 1, the naive method.

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
    rows = finite("history", history)
    positive_int("season", season)
    check_history(rows, square.shape, season)
    scale = naive_scale(rows, season, power=2)
    check_scale(scale, season, "rmse")
    axes = tuple(range(square.ndim - (rows.ndim - 1)))
    return float(np.sqrt(square.mean(axis=axes) / scale).mean())


def owa(
    actual: ArrayLike,
    forecast: ArrayLike,
    *,
    reference: ArrayLike,
    history: ArrayLike,
    season: int,
) -> float:
    """Overall weighted average, M4's ranking; below 1 it beats the reference.

        OWA = ½ (sMAPE / sMAPE of reference + MASE / MASE of reference)

    M4's reference is Naive 2, the naive method on seasonally adjusted data;
    `seasonal_naive` is the plain choice. M4 takes the mean of each measure over
    all series first, and not the mean of the OWAs of all series.

    Args:
        actual: What happened, any shape.
        forecast: What was forecast, the same shape.
        reference: Forecasts of the reference method, the same shape.
        history: The training rows, as in `mase`.
        season: Number of rows per season, as in `mase`.

    Returns:
        A float.

    Raises:
        ValueError: If the shapes do not fit, a value is not finite, `history`
            cannot scale errors, or the reference makes no error at all.

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
    smape_of_reference = smape(actual, reference)
    if smape_of_reference == 0:
        raise ValueError(
            "`reference` makes no error, so that there is nothing to compare "
            "with. Received: reference equal to actual. Use `mase` instead."
        )
    mase_of_forecast, mase_of_reference = (
        mase(actual, values, history=history, season=season)
        for values in (forecast, reference)
    )
    return mean_ratio(
        (smape(actual, forecast), mase_of_forecast),
        (smape_of_reference, mase_of_reference),
    )


def mean_ratio(measures: Sequence[Any], reference: Sequence[Any]) -> Any:
    """OWA of the sMAPE and MASE of a forecast and those of a reference.

    They may be numbers, or arrays with a number per group.
    """
    return 0.5 * (measures[0] / reference[0] + measures[1] / reference[1])
