# SPDX-License-Identifier: Apache-2.0
"""Values that may be missing, and how long ago each was last known."""

import numpy as np

from keras_rnn._types import Array, ArrayLike
from keras_rnn.data.frames.last_known import bridged


def with_elapsed(
    values: ArrayLike,
    *,
    times: ArrayLike | None = None,
    others: ArrayLike | None = None,
) -> Array:
    """Sequences with NaN, as `keras_rnn.GRUD` reads them.

    Args:
        values: Shape (batch, time, k), NaN where missing; in standard units,
            as the layer fades them to 0.
        times: When each step was, increasing, in any unit, shape (time,) or
            (batch, time). None counts steps.
        others: Features that are never missing, shape (batch, time, any).

    Returns:
        float32, shape (batch, time, 3k + any): the values, each missing one
        replaced by the last known one before it or by 0; the others; 1 where
        a value is known, else 0; the time since the last known value before
        the step, or since the first step.

    Raises:
        ValueError: If a shape does not fit, or times do not increase.

    Example:
        >>> x = [[[5.0], [np.nan], [np.nan], [8.0]]]
        >>> with_elapsed(x)[0].T.tolist()
        [[5.0, 5.0, 5.0, 8.0], [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 2.0, 3.0]]
        >>> with_elapsed(x, times=[0.0, 0.5, 2.0, 2.5])[0, :, 2].tolist()
        [0.0, 0.5, 2.0, 2.5]
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 3:
        raise ValueError(
            "`values` must have the shape (batch, time, features). Received: "
            f"{values.shape}. Use `values[np.newaxis]` for one sequence."
        )
    rows, steps, num_features = values.shape
    flat = values.reshape(-1, num_features)
    bounds = np.arange(rows + 1) * steps
    known = ~np.isnan(flat)
    moments = _checked_times(times, rows, steps)
    parts = [
        np.nan_to_num(bridged(flat, bounds)),
        _checked_others(others, rows, steps),
        known,
        elapsed(known, bounds, moments),
    ]
    return np.concatenate(parts, 1, dtype=np.float32).reshape(rows, steps, -1)


def elapsed(known: Array, bounds: Array, moments: Array | None = None) -> Array:
    """The time since the last known value before each row.

    Args:
        known: Which values are known, bool, shape (rows, columns).
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        moments: When each row was, shape (rows,); None counts rows.

    Returns:
        Shape (rows, columns). Before the first known value of a series it is
        the time since its first row.

    Example:
        >>> known = np.array([[True], [False], [True], [True]])
        >>> elapsed(known, np.array([0, 4])).ravel().tolist()
        [0, 1, 2, 1]
    """
    rows = np.arange(len(known))
    moments = rows if moments is None else moments
    first = np.repeat(bounds[:-1], np.diff(bounds))[:, np.newaxis]
    last = np.where(known, rows[:, np.newaxis], 0)
    last = np.roll(np.maximum.accumulate(last, axis=0), 1, axis=0)
    before = np.where(rows[:, np.newaxis] > first, last, 0)
    return moments[:, np.newaxis] - moments[np.maximum(before, first)]


def _checked_times(times, rows, steps):
    """The times of all steps of all rows, one after the other."""
    if times is None:
        return np.tile(np.arange(steps), rows)
    times = np.asarray(times, dtype=np.float64)
    if times.shape not in ((steps,), (rows, steps)):
        raise ValueError(
            f"`times` must have the shape ({steps},) or ({rows}, {steps}), one "
            f"per step of `values`. Received: {times.shape}. "
            "Leave `times` out to count steps."
        )
    if not (np.diff(times) >= 0).all():  # NaN is refused as well
        raise ValueError(
            "`times` must not decrease from one step to the next. Received: "
            f"{times}. Sort the steps by time."
        )
    return np.broadcast_to(times, (rows, steps)).ravel()


def _checked_others(others, rows, steps):
    if others is None:
        return np.empty((rows * steps, 0))
    others = np.asarray(others, dtype=np.float64)
    if others.ndim != 3 or others.shape[:2] != (rows, steps):
        raise ValueError(
            f"`others` must have the shape ({rows}, {steps}, features), as "
            f"`values` has. Received: {others.shape}. "
            "Repeat what is constant at each step."
        )
    return others.reshape(rows * steps, -1)
