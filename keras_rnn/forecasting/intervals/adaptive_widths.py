# SPDX-License-Identifier: Apache-2.0
"""The widths of adaptive conformal intervals, one origin after the other."""

from bisect import bisect_left, insort
from collections.abc import Sequence

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike


def adapted(
    scores: Array,
    new: Array,
    levels: Sequence[float],
    share: float,
    *,
    cutoffs: ArrayLike,
    gap: int,
    rate: float,
) -> Array:
    """Widths that follow their own misses.

    Args:
        scores: Scores of calibration, sorted along the first axis, shape
            (scores, horizon or 1, targets or 1), or without targets.
        new: Scores of the forecasts, shape (windows, horizon, targets), or
            without targets; NaN where the outcome is not known.
        levels: Nominal coverages.
        share: The share of 1 − level that this bound may miss: 1 or ½.
        cutoffs: Row position of the last known row of each window, increasing.
        gap: Number of rows between a cutoff and its first forecast.
        rate: How far a miss moves the level.

    Returns:
        Distances, float64, the shape of `new` and a last axis of levels.
    """
    cutoffs = np.asarray(cutoffs)
    validate.integer("gap", gap, minimum=0)
    validate.positive_number("rate", rate)
    _check(cutoffs, len(new))
    widths = np.empty((*new.shape, len(levels)))
    for cell in np.ndindex(new.shape[1:]):
        pooled = tuple(
            0 if n == 1 else k
            for n, k in zip(scores.shape[1:], cell, strict=True)
        )
        # How many origins have an outcome that this origin knows.
        known = np.searchsorted(cutoffs + gap + 1 + cell[0], cutoffs, "right")
        for k, level in enumerate(levels):
            widths[(slice(None), *cell, k)] = _one_cell(
                scores[(slice(None), *pooled)],
                new[(slice(None), *cell)],
                known,
                share * (1 - level),
                rate,
            )
    return widths


def _one_cell(
    old: Array, new: Array, known: Array, target: float, rate: float
) -> Array:
    """The widths of one step of one target at one level.

    Args:
        old: Scores of calibration, sorted.
        new: Scores of the forecasts, shape (windows,).
        known: How many of them are known at each window, shape (windows,).
        target: The share of outcomes that this bound may miss.
        rate: How far a miss moves that share.
    """
    seen: list[float] = []
    alpha, judged = target, 0
    widths = np.empty(len(new))
    for origin in range(len(new)):
        while judged < known[origin]:
            if not np.isnan(new[judged]):
                missed = new[judged] > widths[judged]
                alpha += rate * (target - missed)
                insort(seen, float(new[judged]))
            judged += 1
        place = int(np.ceil((len(old) + len(seen) + 1) * (1 - alpha) - 1e-9))
        widths[origin] = _smallest(old, seen, place)
    return widths


def _smallest(old: Array, new: list[float], place: int) -> float:
    """The score at a place, counted from 1, of two sorted rows merged.

    A place before the first score gets the first one, a place after the last
    score gets the last one.
    """
    place = min(max(place, 1), len(old) + len(new))
    fewest, most = max(place - len(new), 0), min(place, len(old))
    # The fewest old scores that leave none smaller than the last new one taken.
    taken = fewest + bisect_left(
        range(fewest, most), True, key=lambda k: old[k] >= new[place - k - 1]
    )
    others = place - taken
    return max(
        *old[max(taken - 1, 0) : taken],
        *new[max(others - 1, 0) : others],
        -np.inf,
    )


def _check(cutoffs: Array, windows: int) -> None:
    if (
        cutoffs.shape != (windows,)
        or cutoffs.dtype.kind not in "iu"
        or np.any(np.diff(cutoffs.astype(np.int64)) <= 0)
    ):
        raise ValueError(
            "`cutoffs` must be increasing row positions, one for each of the "
            f"{windows} windows. Received: {cutoffs.dtype} of shape "
            f"{cutoffs.shape}."
        )
