# SPDX-License-Identifier: Apache-2.0
"""The frequency that timestamps show, or nearly show."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pandas as pd
from pandas.tseries.frequencies import to_offset

from keras_rnn._validation import received
from keras_rnn.data.time_axis.clock import by_the_wall, takes, wall


def as_offset(
    name: str, freq: str | timedelta | pd.offsets.BaseOffset | None
) -> pd.offsets.BaseOffset | None:
    """A frequency as a pandas offset; None stays None.

    Args:
        name: The name of the argument, for errors.
        freq: An alias such as "C", an offset, or a timedelta.

    Raises:
        TypeError: If `freq` is of another type.
        ValueError: If pandas knows no such alias, or the offset does not lead
            to a later time.

    Example:
        >>> as_offset("freq", "2D")
        <2 * Days>
    """
    if freq is None:
        return None
    remedy = (
        "Use an alias such as 'D', 'B' or 'MS', or one of `pandas.offsets`, "
        "e.g. `CustomBusinessDay(holidays=[...])`."
    )
    message = f"`{name}` must be a frequency. {received(name, freq)} {remedy}"
    try:
        offset = to_offset(freq)
    except TypeError as error:
        raise TypeError(message) from error
    except ValueError as error:
        raise ValueError(message) from error
    if offset.n <= 0:
        raise ValueError(message)
    return offset


def frequency(index: pd.DatetimeIndex) -> pd.offsets.BaseOffset | None:
    """The frequency that an index shows, or None.

    Args:
        index: DatetimeIndex, increasing.

    Example:
        >>> frequency(
        ...     pd.to_datetime(["2024-01-15", "2024-02-15", "2024-03-15"])
        ... )
        <DateOffset: months=1>
    """
    step = pd.DatetimeIndex(index, freq="infer").freq
    if step is None and index.tz is not None:
        step = frequency(wall(index))
        return step if step is not None and by_the_wall(index, step) else None
    if step is not None:
        return step if takes(index, step) else None
    if len(index) < 3:
        return None
    found = (step for step in steps_of_days(index) if takes(index, step))
    return next(found, None)


def steps_of_days(index: pd.DatetimeIndex) -> Iterator[pd.offsets.BaseOffset]:
    """Steps between the same days of months, which pandas does not infer."""
    days = set(index.day)
    if len(days) == 1 and max(days) <= 28:  # a day that all months have
        months = 12 * index.year + index.month
        apart = int(months[1] - months[0])
        if apart > 0:
            yield pd.DateOffset(months=apart)
        return
    others = set(index.day[~index.is_month_end])
    if len(others) == 1:
        yield from half_months(pd.offsets.SemiMonthEnd, others.pop())
    if len(days) == 2 and 1 in days:
        yield from half_months(pd.offsets.SemiMonthBegin, max(days))


def half_months(
    offset: type[pd.offsets.SemiMonthEnd] | type[pd.offsets.SemiMonthBegin],
    day: int,
) -> Iterator[pd.offsets.BaseOffset]:
    """The step of two rows a month: on a day, and at its end or start.

    Args:
        offset: The class of the step.
        day: The day of the month.

    Yields:
        The step, if pandas has it for that day.
    """
    if 6 < day < 28:  # the days that pandas takes
        yield offset(day_of_month=day)


def spelled(step: pd.offsets.BaseOffset) -> str:
    """An offset as code: its alias, or its call where the alias says less."""
    alias = repr(step.freqstr)
    if type(step) is not pd.DateOffset:
        return alias
    keywords = ", ".join(f"{k}={v!r}" for k, v in step.kwds.items())
    times = "" if step.n == 1 else f"{step.n}, "
    return f"pd.DateOffset({times}{keywords})"


def prevailing_step(index: pd.DatetimeIndex) -> pd.offsets.BaseOffset | None:
    """The frequency of the longer regular stretch, at the start or the end."""
    start = index[: regular_length(index, lambda length: index[:length])]
    end = index[-regular_length(index, lambda length: index[-length:]) :]
    return frequency(max(start, end, key=len))


def regular_length(
    index: pd.DatetimeIndex, stretch: Callable[[int], pd.DatetimeIndex]
) -> int:
    """The largest number of timestamps in a stretch of one frequency.

    Args:
        index: DatetimeIndex.
        stretch: From a number of timestamps to so many of the index.
    """
    regular, irregular = 2, len(index)
    while irregular - regular > 1:
        length = (regular + irregular) // 2
        if frequency(stretch(length)) is None:
            irregular = length
        else:
            regular = length
    return regular


def missteps(
    index: pd.DatetimeIndex, step: pd.offsets.BaseOffset
) -> Iterator[tuple[Any, Any, int]]:
    """Finds neighbours that are not one step apart.

    Yields:
        The two timestamps, and the number of rows that are missing between
        them, 0 if one of them is off the grid.
    """
    if by_the_wall(index, step):
        index = wall(index)
    for before, after in itertools.pairwise(index):
        if step.is_on_offset(before) and before + step == after:
            continue
        grid = pd.date_range(before, after, freq=step)
        whole = len(grid) > 2 and grid[0] == before and grid[-1] == after
        yield before, after, len(grid) - 2 if whole else 0
