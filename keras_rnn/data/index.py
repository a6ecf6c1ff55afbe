# SPDX-License-Identifier: Apache-2.0
"""The time axis: unique, increasing, regular, and its continuation."""

import itertools

import numpy as np
import pandas as pd


def regular_step(index):
    """Checks a time axis and returns its step.

    Args:
        index: DatetimeIndex or integer index of a frame.

    Returns:
        A pandas offset such as `Week(weekday=5)`, or an int.

    Raises:
        TypeError: If the index is neither of dates nor of integers.
        ValueError: If it is not unique, increasing and regular.

    Example:
        >>> regular_step(pd.Index([10, 20, 30]))
        10
        >>> days = pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-31"])
        >>> regular_step(days)
        <MonthEnd>
    """
    dates = isinstance(index, pd.DatetimeIndex)
    if not dates and not pd.api.types.is_integer_dtype(index.dtype):
        raise TypeError(
            "The index must be a DatetimeIndex or integers. Received: "
            f"{type(index).__name__} of dtype {index.dtype}. Set one with "
            "`frame.index = pd.to_datetime(...)`, `frame.to_timestamp()` for "
            "periods, or `frame.reset_index(drop=True)`."
        )
    if not len(index):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    check_increasing(index)
    return date_step(index) if dates else integer_step(index)


def extend(index, step, rows):
    """The index, continued by `rows` steps.

    Args:
        index: A checked index.
        step: What `regular_step` returned for it.
        rows: Number of steps to append.

    Returns:
        An index of len(index) + rows entries.
    """
    last = index[-1]
    if not isinstance(index, pd.DatetimeIndex):
        return index.append(pd.RangeIndex(1, rows + 1) * step + last)
    ahead = pd.date_range(last, periods=rows + 1, freq=step)[1:]
    # pandas 2 makes nanoseconds whatever the unit of the index.
    return index.append(ahead.as_unit(index.unit))


def show(moment):
    """An index value for a message; midnight is only a date."""
    if isinstance(moment, pd.Timestamp) and moment == moment.normalize():
        return moment.date().isoformat()
    return str(moment)


def check_increasing(index):
    """Raises a ValueError that names the first row out of order."""
    if index.hasnans:
        row = int(np.flatnonzero(index.isna())[0])
        raise ValueError(
            f"The index has no value in row {row}. Drop such rows with "
            "`frame[frame.index.notna()]`."
        )
    if not index.is_unique:
        repeated = index[index.duplicated()][0]
        raise ValueError(
            f"The index has {show(repeated)} more than once. Keep one row "
            "each, e.g. `frame[~frame.index.duplicated()]`."
        )
    if not index.is_monotonic_increasing:
        row = int(np.flatnonzero(index[1:] < index[:-1])[0])
        raise ValueError(
            f"The index is not increasing: {show(index[row + 1])} follows "
            f"{show(index[row])}. Sort the frame with `frame.sort_index()`."
        )


def integer_step(index):
    """The constant step of an increasing integer index."""
    steps = np.diff(index.to_numpy(dtype=np.int64))
    step = int(steps.min(initial=np.iinfo(np.int64).max)) if len(steps) else 1
    if (steps == step).all():
        return step
    row = int(np.flatnonzero(steps != step)[0])
    if steps[row] % step:
        raise ValueError(
            f"The index is irregular: {index[row + 1]} follows {index[row]}, "
            f"where the step is {step}. Number the rows with "
            "`frame.reset_index(drop=True)`."
        )
    raise gap_error(
        int(steps[row]) // step - 1,
        index[row],
        f"frame.reindex(range({index[0]}, {index[-1] + step}, {step}))",
    )


def date_step(index):
    """The frequency of an increasing DatetimeIndex."""
    step = frequency(index)
    if step is None and len(index) < 3:
        raise ValueError(
            f"The index has {len(index)} rows; a frequency shows in 3. Set "
            "it, e.g. `frame.index.freq = 'D'`."
        )
    if step is None:
        raise irregular_error(index)
    return step


def frequency(index):
    """The frequency that a DatetimeIndex has or shows, or None."""
    step = pd.DatetimeIndex(index, freq="infer").freq
    if step is None:
        return None
    # pandas sees "the third Friday of a month" even where a month is missing,
    # and "month ends" whatever the time of day.
    complete = pd.date_range(index[0], index[-1], freq=step)
    return step if complete.equals(index) else None


def irregular_error(index):
    """The ValueError that names the first gap or misplaced timestamp."""
    step = prevailing_step(index)
    if step is None:
        return ValueError(
            f"The index has no frequency: it begins {show(index[0])}, "
            f"{show(index[1])}, {show(index[2])}. Resample the frame, e.g. "
            "`frame.resample('D').mean()`."
        )
    before, after = first_misstep(index, step)
    grid = pd.date_range(before, after, freq=step)
    if len(grid) > 2 and grid[0] == before and grid[-1] == after:
        return gap_error(
            len(grid) - 2, before, f"frame.asfreq('{step.freqstr}')"
        )
    return ValueError(
        f"The index is irregular: {show(after)} follows {show(before)}, "
        f"where the frequency is '{step.freqstr}'. Resample the frame, e.g. "
        f"`frame.resample('{step.freqstr}').mean()`."
    )


def gap_error(missing, before, remedy):
    """The ValueError for rows that are missing after `before`."""
    rows = "1 row" if missing == 1 else f"{missing} rows"
    return ValueError(
        f"The index has a gap: {rows} missing after {show(before)}. Reindex "
        f"with `{remedy}` and fill the gaps, e.g. `.interpolate()`. "
        '`gaps="interpolate"` does both.'
    )


def prevailing_step(index):
    """The frequency of the longer regular stretch, at the start or the end."""
    start = index[: regular_length(index, lambda length: index[:length])]
    end = index[-regular_length(index, lambda length: index[-length:]) :]
    return frequency(max(start, end, key=len))


def regular_length(index, stretch):
    """The most timestamps that `stretch` can take with one frequency."""
    regular, irregular = 2, len(index)
    while irregular - regular > 1:
        length = (regular + irregular) // 2
        if frequency(stretch(length)) is None:
            irregular = length
        else:
            regular = length
    return regular


def first_misstep(index, step):
    """The first two neighbours that are not one step apart."""
    return next(
        (before, after)
        for before, after in itertools.pairwise(index)
        if not step.is_on_offset(before) or before + step != after
    )
