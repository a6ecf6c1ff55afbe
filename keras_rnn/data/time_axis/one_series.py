# SPDX-License-Identifier: Apache-2.0
"""The time axis: unique, increasing, regular, and its continuation."""

from typing import Any

import numpy as np
import pandas as pd

from keras_rnn.data.time_axis.clock import Step, steps_after
from keras_rnn.data.time_axis.frequency import (
    frequency,
    missteps,
    prevailing_step,
    spelled,
)
from keras_rnn.data.time_axis.remedies import Remedies
from keras_rnn.data.time_axis.written_dates import (
    refuse_dates_as_numbers,
    to_datetime_of,
)

REMEDIES = Remedies()


class IrregularError(ValueError):
    """A time axis shows no frequency, and adding rows would not help."""


def regular_step(index: pd.Index, remedies: Remedies = REMEDIES) -> Step:
    """Checks a time axis and returns its step.

    Args:
        index: DatetimeIndex or integer index of a frame.
        remedies: What errors advise.

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
    if not isinstance(
        index, pd.DatetimeIndex
    ) and not pd.api.types.is_integer_dtype(index.dtype):
        raise TypeError(
            "The index must be a DatetimeIndex or integers. Received: "
            f"{type(index).__name__} of dtype {index.dtype}. Set one with "
            f"`frame.index = {to_datetime_of(index)}`, `frame.to_timestamp()` "
            "for periods, or `frame.reset_index(drop=True)`."
        )
    if not len(index):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    check_increasing(index, remedies)
    if isinstance(index, pd.DatetimeIndex):
        return date_step(index, remedies)
    refuse_dates_as_numbers(index)
    return integer_step(index, remedies)


def extend(index: pd.Index, step: Step, rows: int) -> pd.Index:
    """The index, continued by `rows` steps.

    Args:
        index: A checked index.
        step: Its step, as `regular_step` returns it.
        rows: Number of steps to append.

    Returns:
        An index of len(index) + rows entries.
    """
    if isinstance(index, pd.DatetimeIndex) and not isinstance(step, int):
        return index.append(steps_after(index, step, rows))
    ahead: Any = pd.RangeIndex(1, rows + 1)
    return index.append(ahead * step + index[-1])


def show(moment: object) -> str:
    """An index value as text for a message; of midnight, the date alone."""
    if isinstance(moment, pd.Timestamp) and moment == moment.normalize():
        return moment.date().isoformat()
    return str(moment)


def check_increasing(index: pd.Index, remedies: Remedies = REMEDIES) -> None:
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
            f"The index has {show(repeated)} more than once. "
            f"{remedies.repeated()}"
        )
    if not index.is_monotonic_increasing:
        row = int(np.flatnonzero(index[1:] < index[:-1])[0])
        raise ValueError(
            f"The index is not increasing: {show(index[row + 1])} follows "
            f"{show(index[row])}. Sort the frame with `frame.sort_index()`."
        )


def integer_step(index: pd.Index, remedies: Remedies = REMEDIES) -> int:
    """The constant step of an increasing integer index."""
    steps = np.diff(index.to_numpy(dtype=np.int64))
    step = int(steps.min(initial=np.iinfo(np.int64).max)) if len(steps) else 1
    if (steps == step).all():
        return step
    gaps = np.flatnonzero(steps != step)
    # Where rows may be missing, a number off the grid is the fault to name.
    off = gaps[steps[gaps] % step != 0]
    row = int(off[0] if len(off) and remedies.gaps != "refuse" else gaps[0])
    if steps[row] % step:
        raise IrregularError(
            f"The index is irregular: {index[row + 1]} follows {index[row]}, "
            f"where the step is {step}. Number the rows with "
            "`frame.reset_index(drop=True)`."
        )
    raise gap_error(
        int(steps[row]) // step - 1,
        index[row],
        remedies.missing_numbers(index[0], index[-1], step),
    )


def date_step(
    index: pd.DatetimeIndex, remedies: Remedies = REMEDIES
) -> pd.offsets.BaseOffset:
    """The frequency of an increasing DatetimeIndex."""
    step = frequency(index)
    if step is None and len(index) < 3:
        raise IrregularError(
            f"The index has {len(index)} rows; a frequency shows in 3. State "
            "it, e.g. `Columns(..., freq='D')`."
        )
    if step is None:
        raise irregular_error(index, remedies)
    return step


def irregular_error(index: pd.DatetimeIndex, remedies: Remedies) -> ValueError:
    """The error that names the first gap or misplaced timestamp."""
    step = prevailing_step(index)
    if step is None:
        return IrregularError(
            f"The index has no frequency: it begins {show(index[0])}, "
            f"{show(index[1])}, {show(index[2])}. {remedies.no_frequency()}"
        )
    found = missteps(index, step)
    before, after, missing = first = next(found)
    if missing and remedies.gaps != "refuse":
        # Rows may be missing: a timestamp off the grid is the fault to name.
        off = (misstep for misstep in found if not misstep[2])
        before, after, missing = next(off, first)
    if missing:
        return gap_error(missing, before, remedies.missing_dates(step))
    return IrregularError(
        f"The index is irregular: {show(after)} follows {show(before)}, "
        f"where the frequency is {spelled(step)}. "
        f"{remedies.off_the_grid(step)}"
    )


def gap_error(missing: int, before: Any, remedy: str) -> ValueError:
    """The error for rows that are missing after the row `before`."""
    rows = "1 row" if missing == 1 else f"{missing} rows"
    return ValueError(
        f"The index has a gap: {rows} missing after {show(before)}. {remedy}"
    )
