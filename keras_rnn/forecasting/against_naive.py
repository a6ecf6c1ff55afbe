# SPDX-License-Identifier: Apache-2.0
"""What the validation part says of intervals, and of the forecasts at all."""

import math
import warnings

import numpy as np

from keras_rnn.forecasting.intervals.calibration_scores import rank
from keras_rnn.forecasting.intervals.of_forecasts import Intervals, point
from keras_rnn.forecasting.strategies.base import BATCH_SIZE


def check_windows(settings, part):
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


def known_windows(part):
    """Which windows have all their targets, bool, shape (windows,)."""
    return np.isfinite(part.actual).all(axis=(1, 2))


def intervals_of(settings, part, values):
    """The intervals, calibrated on a part where they are to be.

    Args:
        settings: `Settings`.
        part: Part that trained nothing.
        values: Quantiles forecast of it in the network's units.
    """
    levels = settings.intervals
    minimum = settings.outcome.kind.minimum
    if not (settings.calibrate and levels):
        return Intervals(levels, minimum)
    # In the network's units, in which all series are alike.
    targets = np.concatenate([rows[1] for rows in part.dataset(BATCH_SIZE)])
    known = known_windows(part)
    return Intervals.fit(targets[known], values[known], levels, minimum)


def warn_against_naive(part, values):
    """Warns if forecasts are no better than "as it was at the cutoff"."""
    ratio = error_by_naive(part, part.invert(point(values)))
    if ratio >= 1:
        warnings.warn(
            "The forecaster does not beat the naive forecast on its "
            f"validation part: its mean absolute error is {ratio:.3g} times "
            "as large. Train longer, take a longer lookback or another "
            "representation, or do not forecast with it.",
            stacklevel=3,
        )


def error_by_naive(part, forecasts):
    """Error divided by that of the naive forecast, series and targets alike.

    Args:
        part: Part of the windows.
        forecasts: In the data's units, shape (windows, horizon, targets).

    Returns:
        Float: the mean over series and targets of the ratios of their mean
        absolute errors; those that never changed do not count. 1 if none
        did: what does not change cannot be forecast better.
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
