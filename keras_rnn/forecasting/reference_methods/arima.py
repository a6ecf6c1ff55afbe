# SPDX-License-Identifier: Apache-2.0
"""ARIMA with seasonal waves, the statistical model to beat."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike, Floats
from keras_rnn.forecasting.reference_methods.naive import (
    as_cutoffs,
    as_series,
    distances,
)

#: What statsmodels calls a straight line as trend, for 0, 1 and 2 differences.
#: One difference removes its constant, a second one its slope.
TRENDS = ("ct", "t", "n")


def arima(
    values: ArrayLike,
    cutoffs: ArrayLike,
    *,
    horizon: int,
    period: float,
    num_waves: int = 3,
    order: Sequence[int] = (1, 1, 1),
    gap: int = 0,
) -> Floats:
    """Dynamic harmonic regression: ARIMA, drift, and sines and cosines.

    The model is fitted once, on the rows up to the first cutoff. At every
    later cutoff its state is updated, with the parameters as they are. The
    function needs statsmodels.

    Args:
        values: The series, shape (rows,); NaN where a value is missing.
        cutoffs: Row position of the last known row of each forecast, shape
            (windows,); before the first there must be a row per parameter.
        horizon: Number of rows to forecast.
        period: Number of rows of a season, which need not be whole: a year has
            365.25 / 7 weeks.
        num_waves: How many pairs of a sine and a cosine there are, of period,
            period / 2 ...; 0 is for a series without seasons.
        order: How many autoregressive terms, differences and moving-average
            terms there are.
        gap: Number of rows between a cutoff and its first forecast.

    Returns:
        Forecasts in the data's units, float64, shape (windows, horizon).

    Raises:
        ValueError: If `values` is not a series, a cutoff lies too early or
            outside, or a number is out of range.

    Reference:
        Hyndman, R. J. & Athanasopoulos, G. (2021). Forecasting: principles
        and practice, 3rd ed., chapter 10.5.
    """
    values = as_series(values)
    ahead = distances(horizon, gap)
    validate.positive_number("period", period)
    validate.integer("num_waves", num_waves, minimum=0)
    num_parameters = sum(_checked_order(order)) + 2 * num_waves + 2
    cutoffs = as_cutoffs(cutoffs, len(values), first=num_parameters)[:, 0]
    if not len(cutoffs):
        return np.empty((0, horizon))
    # Rows to come are missing values, which the filter passes over.
    known = np.full(cutoffs.max() + ahead[-1] + 1, np.nan)
    known[: cutoffs.max() + 1] = values[: cutoffs.max() + 1]
    filtered = _filtered(
        known,
        _waves(len(known), period, num_waves),
        cutoffs.min() + 1,
        {"order": tuple(order), "trend": TRENDS[min(order[1], 2)]},
    )
    return np.array(
        [
            filtered.predict(t + 1, t + ahead[-1], dynamic=True)[gap:]
            for t in cutoffs
        ]
    )


def _filtered(
    values: Array,
    waves: Array | None,
    fitted_rows: int,
    settings: dict[str, Any],
) -> Any:
    """The results of statsmodels for all rows, fitted on the first ones."""
    from statsmodels.tsa.arima.model import ARIMA

    if waves is not None:
        settings = {**settings, "exog": waves}
    first = {
        name: rows[:fitted_rows] if name == "exog" else rows
        for name, rows in settings.items()
    }
    with warnings.catch_warnings():
        # The optimizer warns of its starting values and its convergence. What
        # counts here is the error on later rows.
        warnings.simplefilter("ignore")
        fitted = ARIMA(values[:fitted_rows], **first).fit()
        return ARIMA(values, **settings).filter(fitted.params)


def _waves(rows: int, period: float, num_waves: int) -> Array | None:
    """Sines and cosines, shape (rows, 2 num_waves); None without any."""
    if not num_waves:
        return None
    angles = 2 * np.pi * np.arange(rows) / period
    return np.column_stack(
        [
            wave(k * angles)
            for k in range(1, num_waves + 1)
            for wave in (np.sin, np.cos)
        ]
    )


def _checked_order(order: Sequence[int]) -> list[int]:
    if not isinstance(order, (tuple, list)) or len(order) != 3:
        raise ValueError(
            "`order` must be three integers: autoregressive terms, "
            "differences, moving-average terms. "
            f"{validate.received('order', order)}"
        )
    return [validate.integer("order", n, minimum=0) for n in order]
