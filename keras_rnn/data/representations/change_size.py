# SPDX-License-Identifier: Apache-2.0
"""How much levels usually change over some number of rows."""

import numpy as np

from keras_rnn.data.representations.standard_scaler import one_for_zero


def change_size(levels, distances, bounds=None, *, per_series=False):
    """Root mean square change between rows so many rows apart.

    No change reaches from one series into another. A series too short for a
    distance takes the mean square of the longest one before it in
    `distances`, or of one row. Only pairs of known rows count.

    Args:
        levels: float64, shape (rows, targets); NaN where missing.
        distances: Increasing numbers of rows, all counting alike.
        bounds: Where each of many series begins, and the number of rows,
            int64, shape (series + 1,). None: one series.
        per_series: Whether each of many series has a size of its own.

    Returns:
        Shape (targets,), per series (series, 1, targets); 1 where nothing
        changes.

    Example:
        >>> change_size(np.array([[0.0], [3.0], [-1.0]]), [2]).tolist()
        [1.0]
    """
    squares = mean_squares(levels, distances, bounds, per_series=per_series)
    return one_for_zero(np.sqrt(np.mean(squares, axis=0)))


def change_sizes(levels, distances, bounds=None, *, per_series=False):
    """The root mean square change at each distance.

    Args:
        levels: As in `change_size`.
        distances: Increasing numbers of rows.
        bounds: As in `change_size`.
        per_series: As in `change_size`.

    Returns:
        Shape (distances, targets), per series (series, distances, targets); 1
        where nothing changes.
    """
    squares = mean_squares(levels, distances, bounds, per_series=per_series)
    sizes = one_for_zero(np.sqrt(squares))
    return np.concatenate(sizes, axis=1) if per_series else np.stack(sizes)


def mean_squares(levels, distances, bounds, *, per_series):
    """The mean squared change at each distance, as a list of arrays."""
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


def squares_per_series(levels, distance, bounds, missing):
    """Squared changes within each series.

    Args:
        levels: As in `change_size`.
        distance: Number of rows.
        bounds: Where each series begins, and the number of rows.
        missing: Whether some level is.

    Returns:
        Their sums, (series, targets), and how many there are, (series,
        targets), or (series, 1) if none is missing.
    """
    starts = bounds[:-1]
    counts = np.maximum(np.diff(bounds) - distance, 0)
    # Rows at the end stay 0: reduceat wants every bound inside the array.
    squares = np.zeros((len(levels) + 1, levels.shape[1]))
    pairs = squares[: max(len(levels) - distance, 0)]
    np.subtract(levels[distance:], levels[: len(pairs)], out=pairs)
    np.square(pairs, out=pairs)
    # reduceat sums from each bound to the next: every other sum is that of
    # pairs within a series, those between reach into the next one.
    bounds = np.column_stack([starts, starts + counts]).ravel()
    counts = counts[:, np.newaxis]
    none = counts == 0  # there reduceat gives one row instead of nothing
    if missing:
        known = ~np.isnan(squares)
        counts = np.add.reduceat(known, bounds, dtype=np.int64)[::2]
        counts[none[:, 0]] = 0
        squares[~known] = 0.0
    sums = np.add.reduceat(squares, bounds)[::2]
    return np.where(none, 0.0, sums), counts
