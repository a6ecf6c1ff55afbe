# SPDX-License-Identifier: Apache-2.0
"""Calibrates intervals on the validation part, and warns if naive does better.

`check_windows` refuses a part that is too small before anything is trained.
"""

import math
import warnings

import numpy as np

from keras_rnn._types import Array
from keras_rnn.data import Part
from keras_rnn.forecasting.intervals.calibration_scores import rank
from keras_rnn.forecasting.intervals.of_forecasts import Intervals, point
from keras_rnn.forecasting.settings import Settings
from keras_rnn.forecasting.strategies.base import BATCH_SIZE


def check_windows(settings: Settings, part: Part) -> None:
    """Raises a ValueError if the windows are too few to calibrate on."""
    if not (settings.calibrate and settings.intervals):
        return
    level, windows = settings.intervals[-1], int(known_windows(part).sum())
    if rank(windows, level, asymmetric=False) > windows:
        needed = math.ceil(level / (1 - level) - 1e-9)
        raise ValueError(
            f"Intervals of {100 * level:g} % are calibrated on at least "
            f"{needed} validation windows. Received: {windows}. Enlarge "
            "`validation` or lower the level."
        )


def known_windows(part: Part) -> Array:
    """Which windows have all their targets, bool, shape (windows,)."""
    return np.all(np.isfinite(part.actual), axis=(1, 2))


def intervals_of(settings: Settings, part: Part, values: Array) -> Intervals:
    """The intervals, calibrated on a part if the settings ask for it.

    Args:
        settings: The settings of the forecaster.
        part: Windows that trained nothing.
        values: Quantiles forecast of them in the network's units.
    """
    levels = settings.intervals
    minimum = settings.outcome.kind.minimum
    if not (settings.calibrate and levels):
        return Intervals(levels, minimum)
    # All series are alike in the network's units.
    targets = np.concatenate([rows[1] for rows in part.dataset(BATCH_SIZE)])
    known = known_windows(part)
    return Intervals.fit(targets[known], values[known], levels, minimum)


def warn_against_naive(part: Part, values: Array) -> None:
    """Warns if the naive forecast, the last known value, is as good.

    Args:
        part: Windows that trained nothing.
        values: Quantiles forecast of them in the network's units.
    """
    ratio = error_by_naive(part, part.invert(point(values)))
    if ratio >= 1:
        warnings.warn(
            "The forecaster does not beat the naive forecast on its "
            f"validation part: its mean absolute error is {ratio:.3g} times "
            "as large. Train longer, take a longer lookback or another "
            "representation, or do not forecast with it.",
            stacklevel=4,
        )


def error_by_naive(part: Part, forecasts: Array) -> float:
    """The mean absolute error, divided by that of the naive forecast.

    Args:
        part: The windows that were forecast.
        forecasts: In the data's units, shape (windows, horizon, targets).

    Returns:
        The mean of the ratios of all series and targets, each of which counts
        alike. Those that never changed do not count. If none changed it is 1:
        nothing can be better than the naive forecast then.
    """
    last = part.series.references[part.cutoffs][:, np.newaxis]
    actual = part.actual
    known = np.isfinite(actual) & np.isfinite(last)
    numbers = part.series.numbers(part.cutoffs)
    sums = [
        np.stack(
            [
                np.bincount(numbers, weights=of_target)
                for of_target in np.abs(errors).sum(axis=1, where=known).T
            ]
        )
        for errors in (actual - forecasts, actual - last)
    ]
    ours, theirs = sums
    changed = theirs > 0
    if not changed.any():
        return 1.0
    return float(np.mean(ours[changed] / theirs[changed]))
