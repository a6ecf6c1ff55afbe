# SPDX-License-Identifier: Apache-2.0
"""Which column plays which role."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import pandas as pd

from keras_rnn._validation import all_different, instance, strings
from keras_rnn.data.time_axis.frequency import as_offset


@dataclass(frozen=True)
class Columns:
    """The role of each column of a frame.

    Every role takes one column name or a sequence of them and keeps a tuple.
    A column has one role only: the past of a target is always among the
    inputs, it need not be named again under `past`.

    Args:
        target: Columns to forecast, at least one.
        past: Covariates known up to the cutoff, such as measurements.
        future: Covariates also known after the cutoff, such as calendar
            features or planned prices. Their past is an input too.
        static: Columns that never change, such as the size of a shop.
        series: The column that says which of many series a row belongs to,
            for frames in long form: one model for all of them. None: the
            frame is one series.
        freq: The frequency of the index, an alias such as "MS" or an offset
            of `pandas.offsets`; None reads it off the rows. State it for
            trading days: `CustomBusinessDay(holidays=[...])` has no rows on
            holidays, so that only other missing days are gaps.

    Raises:
        ValueError: If there is no target, a column is named twice, or pandas
            knows no such frequency.
        TypeError: If a name is not a string, or `freq` is of another type.

    Example:
        >>> Columns("sales", past=["visitors"], future="holiday")
        Columns(target=('sales',), past=('visitors',), future=('holiday',),
                static=(), series=None, freq=None)
    """

    target: str | Iterable[str]
    _: KW_ONLY
    past: str | Iterable[str] = ()
    future: str | Iterable[str] = ()
    static: str | Iterable[str] = ()
    series: str | None = None
    freq: str | pd.offsets.BaseOffset | None = None

    def __post_init__(self):
        for role in ("target", "past", "future", "static"):
            names = strings(role, getattr(self, role), NAME_COLUMNS)
            object.__setattr__(self, role, names)
        object.__setattr__(self, "freq", as_offset("freq", self.freq))
        instance("series", self.series, (str, type(None)), NAME_COLUMNS)
        if not self.target:
            raise ValueError(
                "`target` must name at least one column. Received: target=()."
            )
        all_different(
            "Columns",
            self.all + (() if self.series is None else (self.series,)),
            "Name it once; the past of a `target` or `future` column is an "
            "input anyway.",
        )

    @property
    def all(self):
        """Every column of numbers: target, past, future, static."""
        return self.target + self.past + self.future + self.static


NAME_COLUMNS = "Name columns by strings: `frame.columns = [...]`."
