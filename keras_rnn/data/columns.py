# SPDX-License-Identifier: Apache-2.0
"""The role of each column of a frame."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from pandas.api.types import is_numeric_dtype, is_string_dtype

from keras_rnn import _names
from keras_rnn._validation import all_different, instance, strings
from keras_rnn.data.other_names import COLUMNS
from keras_rnn.data.time_axis.frequency import as_offset


@_names.other_names(
    "Columns('sales', past='visitors', future='price', series='shop')",
    **COLUMNS,
)
@dataclass(frozen=True, init=False)
class Columns:
    """The role of each column of a frame.

    Every role takes one column name or a sequence of them and keeps a tuple.
    A column has only one role. The past of a target is always among the
    inputs, so it need not be named again under `past`.

    Args:
        target: Columns to forecast, at least one.
        past: Covariates known up to the cutoff, such as measurements.
        future: Covariates also known after the cutoff, such as calendar
            features or planned prices. Their past is an input too.
        static: Columns that never change within a series, such as the size of
            a shop.
        series: The column that names the series of each row, in a frame of
            many series in long form: one model learns them all. None if the
            frame is one series.
        time: The column of timestamps; None if the index holds them. Its
            name, or that of the index, is the name of the index of forecasts.
        one_series_each: Columns of a wide frame, each of which is a series;
            `Columns.wide` fills it in.
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
                static=(), series=None, time=None, one_series_each=(),
                freq=None)
    """

    target: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]
    static: tuple[str, ...]
    series: str | None
    time: str | None
    one_series_each: tuple[str, ...]
    freq: pd.offsets.BaseOffset | None

    # Written out, because the arguments may be of more types than the fields.
    def __init__(
        self,
        target: str | Iterable[str],
        *,
        past: str | Iterable[str] = (),
        future: str | Iterable[str] = (),
        static: str | Iterable[str] = (),
        series: str | None = None,
        time: str | None = None,
        one_series_each: str | Iterable[str] = (),
        freq: str | timedelta | pd.offsets.BaseOffset | None = None,
    ) -> None:
        roles = {
            "target": target,
            "past": past,
            "future": future,
            "static": static,
            "one_series_each": one_series_each,
        }
        for role, names in roles.items():
            names = strings(role, names, NAME_COLUMNS)
            object.__setattr__(self, role, names)
        object.__setattr__(self, "freq", as_offset("freq", freq))
        for role, name in {"series": series, "time": time}.items():
            instance(role, name, (str, type(None)), NAME_COLUMNS)
            object.__setattr__(self, role, name)
        if not self.target:
            raise ValueError(
                "`target` must name at least one column. Received: target=()."
            )
        all_different(
            "Columns",
            self.all + tuple(x for x in (series, time) if x is not None),
            "Name it once; the past of a `target` or `future` column is an "
            "input anyway.",
        )

    @classmethod
    def wide(
        cls,
        frame: pd.DataFrame,
        *,
        time: str | None = None,
        freq: str | timedelta | pd.offsets.BaseOffset | None = None,
    ) -> "Columns":
        """The roles in a wide frame, of which each column is a series.

        Such a frame is read as it is, here and later, and a `Forecaster` gives
        wide forecasts. Series may begin and end at different times: their
        missing values before and after do not count as gaps.

        Args:
            frame: DataFrame of numbers.
            time: The column of timestamps; None if the index holds them.
            freq: As of `Columns`.

        Raises:
            ValueError: If a row, rather than a column, looks like a series,
                or there is no column of numbers.

        Example:
            >>> days = pd.date_range("2024-01-01", periods=2, freq="D")
            >>> frame = pd.DataFrame({"Rome": [1, 2], "Taipei": 3}, index=days)
            >>> Columns.wide(frame).one_series_each
            ('Rome', 'Taipei')
        """
        instance("frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`.")
        names = [name for name in frame.columns if name != time]
        texts = [x for x in names if not is_numeric_dtype(frame[x].dtype)]
        ids, melted = next(iter(texts), None), "frame"
        if ids is None and time is None and is_string_dtype(frame.index.dtype):
            ids, melted = frame.index.name or "index", "frame.reset_index()"
        if ids is not None or not names:
            raise ValueError(
                "Each column of a wide frame must be a series of numbers, and "
                "its index the time; here rows look like series. Received: "
                f"columns {', '.join(map(repr, names[:3]))} ... Write "
                f"`{melted}.melt({ids!r}, var_name='step')`, make a time of "
                f"the steps, and use Columns('value', series={ids!r}, "
                "time='step')."
            )
        return cls(
            VALUE,
            series=SERIES,
            time=time,
            one_series_each=names,
            freq=freq,
        )

    @property
    def all(self) -> tuple[str, ...]:
        """Every column of numbers: target, past, future, static."""
        return self.target + self.past + self.future + self.static


#: The columns of a wide frame in long form.
SERIES, VALUE = "series", "value"
NAME_COLUMNS = "Name columns by strings: `frame.columns = [...]`."
