# SPDX-License-Identifier: Apache-2.0
"""The usual size of a change of levels over some number of rows."""

from collections.abc import Iterable

import numpy as np

from keras_rnn._types import Array
from keras_rnn.data.representations.standard_scaler import one_for_zero


def change_size(
    levels: Array,
    distances: Iterable[int],
    bounds: Array | None = None,
    *,
    per_series: bool = False,
) -> Array:
    """The root mean square change between rows at some distances.

    No change reaches from one series into another. A series too short for a
    distance takes the mean square of the longest one before it in
    `distances`, or of one row. Only pairs of known rows count.

    Args:
        levels: float64, shape (rows, targets); NaN where missing.
        distances: Increasing numbers of rows; all count alike.
        bounds: Where each of many series begins, and the number of rows,
            int64, shape (series + 1,). None: one series.
        per_series: Whether each of many series has a size of its own.

    Returns:
        Shape (targets,), or (series, 1, targets) if `per_series`; 1 where
        nothing changes.

    Example:
        >>> change_size(np.array([[0.0], [3.0], [-1.0]]), [2]).tolist()
        [1.0]
    """
    squares = mean_squares(levels, distances, bounds, per_series=per_series)
    return one_for_zero(np.sqrt(np.mean(squares, axis=0)))


def change_sizes(
    levels: Array,
    distances: Iterable[int],
    bounds: Array | None = None,
    *,
    per_series: bool = False,
) -> Array:
    """The root mean square change at each distance.

    Args:
        levels: As in `change_size`.
        distances: Increasing numbers of rows.
        bounds: As in `change_size`.
        per_series: As in `change_size`.

    Returns:
        Shape (distances, targets), or (series, distances, targets) if
        `per_series`; 1 where nothing changes.
    """
    squares = mean_squares(levels, distances, bounds, per_series=per_series)
    sizes = one_for_zero(np.sqrt(squares))
    return np.concatenate(sizes, axis=1) if per_series else sizes


def mean_squares(
    levels: Array,
    distances: Iterable[int],
    bounds: Array | None,
    *,
    per_series: bool,
) -> list[Array]:
    """The mean squared change at each distance.

    Args:
        levels: As in `change_size`.
        distances: As in `change_size`.
        bounds: As in `change_size`.
        per_series: As in `change_size`.

    Returns:
        An array per distance, of shape (targets,), or (series, 1, targets) if
        `per_series`.
    """
    if bounds is None:
        bounds = np.array([0, len(levels)])
    missing = bool(np.isnan(levels).any())
    latest, means = 0.0, []
    for rows in (1, *distances):
        sums, counts = squares_per_series(levels, rows, bounds, missing)
        if not per_series:
            sums, counts = sums.sum(axis=0), counts.sum(axis=0)
        latest = np.where(counts > 0, sums / np.maximum(counts, 1), latest)
        means.append(latest[:, np.newaxis] if per_series else latest)
    return means[1:]


def squares_per_series(
    levels: Array, distance: int, bounds: Array, missing: bool
) -> tuple[Array, Array]:
    """The sum and the number of squared changes within each series.

    Args:
        levels: As in `change_size`.
        distance: Number of rows.
        bounds: Where each series begins, and the number of rows.
        missing: Whether some level is missing.

    Returns:
        The sums, (series, targets), and the numbers, (series, targets), or
        (series, 1) if no level is missing.
    """
    starts = bounds[:-1]
    counts = np.maximum(np.diff(bounds) - distance, 0)
    # Rows at the end stay 0: reduceat wants every bound inside the array.
    squares = np.zeros((len(levels) + 1, levels.shape[1]))
    pairs = squares[: max(len(levels) - distance, 0)]
    np.subtract(levels[distance:], levels[: len(pairs)], out=pairs)
    np.square(pairs, out=pairs)
    # reduceat sums from each bound to the next: every other sum is over pairs
    # within a series, the sums between are over pairs across two series.
    bounds = np.column_stack([starts, starts + counts]).ravel()
    counts = counts[:, np.newaxis]
    none = counts == 0  # reduceat then gives one row instead of an empty sum
    if missing:
        known = ~np.isnan(squares)
        counts = np.add.reduceat(known, bounds, dtype=np.int64)[::2]
        counts[none[:, 0]] = 0
        squares[~known] = 0.0
    sums = np.add.reduceat(squares, bounds)[::2]
    return np.where(none, 0.0, sums), counts
