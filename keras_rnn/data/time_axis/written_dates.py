# SPDX-License-Identifier: Apache-2.0
"""Dates written as numbers or texts, which do not count rows."""

import numpy as np
import pandas as pd

#: Digits -> the formats of dates of so many digits. Months come first: numbers
#: that end in 12 or less may be months or weeks, and count as months.
FORMATS: dict[int, tuple[str, ...]] = {
    6: ("%Y%m", "%G%V"),
    7: ("%Y%j",),
    8: ("%Y%m%d",),
    10: ("%Y%m%d%H",),
    12: ("%Y%m%d%H%M",),
    14: ("%Y%m%d%H%M%S",),
}
#: Texts that pandas does not read by itself -> the code that reads them.
TEXTS = {
    r"\d{4}W\d{2}": "pd.to_datetime(frame.index + '-1', format='%GW%V-%u')",
    r"\d{4}-W\d{2}": "pd.to_datetime(frame.index + '-1', format='%G-W%V-%u')",
    r"\d{4}-?Q[1-4]": "pd.PeriodIndex(frame.index, freq='Q').to_timestamp()",
    r"\d{4}M\d{2}": "pd.to_datetime(frame.index, format='%YM%m')",
}
YEARS = (1900, 2100)


def refuse_dates_as_numbers(index: pd.Index) -> None:
    """Raises a ValueError for integers that are dates, such as 202401.

    Dates written as numbers have gaps: 202501 follows 202412. Where they have
    none, as the months of one year, the number after the last is no date.

    Args:
        index: Any index.

    Example:
        >>> refuse_dates_as_numbers(pd.Index([202411, 202412, 202501]))
        Traceback (most recent call last):
        ValueError: The index looks like dates written as numbers: it begins
        202411, 202412, 202501. Make them dates, `frame.index =
        pd.to_datetime(frame.index.astype(str), format='%Y%m')`. If they are
        numbers of rows, use `frame.reset_index(drop=True)`.
    """
    if not pd.api.types.is_integer_dtype(index.dtype) or len(index) < 3:
        return
    remedy = reading_of_numbers(index)
    if remedy is None:
        return
    begins = ", ".join(map(str, index[:3]))
    raise ValueError(
        "The index looks like dates written as numbers: it begins "
        f"{begins}. Make them dates, `frame.index = {remedy}`. If they are "
        "numbers of rows, use `frame.reset_index(drop=True)`."
    )


def to_datetime_of(index: pd.Index) -> str:
    """The code that makes dates of an index of neither dates nor integers."""
    if index.nlevels > 1 or index.dtype.kind not in "OUTf":
        return "pd.to_datetime(...)"
    text = index.astype(str)
    for shape, reading in TEXTS.items():
        if text.str.fullmatch(shape).all():
            return reading
    whole = text.str.removesuffix(".0")
    if len(index) and whole.str.fullmatch(r"\d{5,14}").all():
        reading = reading_of_numbers(pd.Index(whole.astype(np.int64)))
        if reading is not None and text.equals(whole):
            return reading
        if reading is not None:
            return reading.replace("frame.index", "frame.index.astype(int)")
    return "pd.to_datetime(...)"


def reading_of_numbers(index: pd.Index) -> str | None:
    """The code that makes dates of integers; None if they are not dates.

    Args:
        index: Integers.
    """
    low, high = int(index.min()), int(index.max())
    digits = len(str(high))
    if low <= 0 or len(str(low)) != digits or digits < 5:
        return None
    scale = 10 ** (digits - 4)
    if low // scale < YEARS[0] or high // scale >= YEARS[1]:
        return None
    return _quarters(index) if digits == 5 else _dates(index, digits)


def _quarters(index: pd.Index) -> str | None:
    quarter = index % 10
    if quarter.min() < 1 or quarter.max() > 4:
        return None
    return (
        "pd.PeriodIndex([f'{x // 10}Q{x % 10}' for x in frame.index], "
        "freq='Q').to_timestamp()"
    )


def _dates(index: pd.Index, digits: int) -> str | None:
    text = index.astype(str)
    for form in FORMATS.get(digits, ()):
        # A week has no date of its own: its Monday stands for it.
        day, day_form = ("1", "%u") if "%V" in form else ("", "")
        dates = pd.to_datetime(
            text + day, format=form + day_form, errors="coerce"
        )
        if not dates.hasnans:
            added = f" + {day!r}" if day else ""
            return (
                f"pd.to_datetime(frame.index.astype(str){added}, "
                f"format='{form}{day_form}')"
            )
    return None
