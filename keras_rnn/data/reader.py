# SPDX-License-Identifier: Apache-2.0
"""Reads frames that came after those that were measured."""

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.any_form import as_frame
from keras_rnn.data.frames.odd_series import warn_of_left_out
from keras_rnn.data.frames.source import Source
from keras_rnn.data.frames.table import Table
from keras_rnn.data.part import Part
from keras_rnn.data.scales import Scales
from keras_rnn.data.series import Series
from keras_rnn.data.time_axis.clock import Step
from keras_rnn.data.time_axis.many_series import check_steps
from keras_rnn.data.time_axis.one_series import show
from keras_rnn.data.time_axis.time_zone import Frame, in_zone
from keras_rnn.data.windows import Windows


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads frames in the same way as the frame that was measured.

    Nothing is measured again: the scales are those of the training rows.

    Args:
        columns: The role of each column.
        scales: Everything that was measured on the training rows.
        step: The step of the index, of the longest series if they differ.
        own_steps: Name -> step of the series that have another one.
        index: An index of the kind, and in the time zone, of the frame that
            was measured.
    """

    columns: Columns
    scales: Scales
    step: Step
    own_steps: dict[Any, Step]
    index: pd.Index

    @property
    def windows(self) -> Windows:
        """The shape of a window."""
        return self.scales.windows

    def at_horizon(self, horizon: int) -> "Reader":
        """The reader for windows of another horizon: see `Scales.at_horizon`.

        Args:
            horizon: Steps to forecast.
        """
        scales = self.scales.at_horizon(horizon)
        return dataclasses.replace(self, scales=scales)

    def for_frame(
        self, frame: pd.DataFrame, *, future: pd.DataFrame | None = None
    ) -> Part:
        """The Part of the windows that end with another frame.

        For rows that came after those prepared: nothing is measured again,
        the scales are those of the training rows. Only a series that was not
        among them has scales of its own, measured by its rows up to the
        cutoff: here by all its rows in this frame.

        Args:
            frame: DataFrame with the same columns and at least lookback rows
                of each series.
            future: DataFrame of the future covariates in the gap + horizon
                steps after the frame, if there are any; its index continues
                that of the frame. For many series it has the column that
                names them, too. Rows after these steps are not read.

        Returns:
            A Part of one window per series. Series that are shorter than a
            lookback, without a frequency or without a known row in their
            lookback are left out, with a warning that names them.

        Raises:
            TypeError: If a frame or its index is of another kind.
            ValueError: If a frame is too short, has gaps, other timestamps or
                missing values, lacks a column, or `future` is missing.

        Example:
            >>> from keras_rnn.data import Columns, Windows, prepare
            >>> days = pd.date_range("2024-01-01", periods=50, freq="D")
            >>> frame = pd.DataFrame({"y": range(50)}, index=days)
            >>> windows = Windows(lookback=5, horizon=2)
            >>> data = prepare(frame.iloc[:40], Columns("y"), windows)
            >>> table = data.for_frame(frame).forecasts([[[0.0], [0.0]]])
            >>> table["timestamp"].dt.strftime("%d %B").tolist()
            ['20 February', '21 February']
        """
        windows = self.windows
        table = self.read(frame, future=future)
        lengths = np.diff(table.bounds)
        if lengths.min() < windows.lookback:
            short = int(lengths.argmin())
            owner = "" if table.names is None else f" {table.names[short]!r}"
            raise ValueError(
                f"The {'frame' if table.names is None else 'series'}{owner} "
                f"has {lengths[short]} rows; lookback={windows.lookback} needs "
                f"{windows.lookback}. Pass more of the past."
            )
        part = latest_part(self.scales.apply(table))
        if table.names is not None and len(part) < len(lengths):
            kept = part.series.numbers(part.cutoffs)
            why = (
                "It has no known row in its last "
                f"{windows.lookback} rows, the lookback."
            )
            left_out = np.delete(np.arange(len(lengths)), kept)
            warn_of_left_out({table.names[k]: why for k in left_out.tolist()})
        return part

    def windows_of(self, frame: pd.DataFrame, *, stride: int = 1) -> Part:
        """The Part of all windows of another frame whose targets it holds.

        The windows are scaled as in `for_frame`; a series that was not
        prepared has scales of its own at each cutoff, as if the frame ended
        there.

        Args:
            frame: DataFrame with the same columns.
            stride: Rows from one cutoff to the next, counted back from the
                last one of each series.

        Returns:
            A Part.

        Raises:
            TypeError: If the frame or its index is of another kind.
            ValueError: If the frame cannot be used, or holds no window.
        """
        return Part("frame", *self.cutoffs_in(frame, stride=stride))

    def cutoffs_in(
        self, frame: pd.DataFrame, *, stride: int = 1
    ) -> tuple[Array, Series]:
        """The cutoffs and the series of the Part of `windows_of`."""
        windows = dataclasses.replace(self.windows, stride=stride)
        table = self.read(frame)
        cutoffs = [
            windows.cutoffs(range(stop - start)) + start
            for start, stop in itertools.pairwise(table.bounds)
        ]
        cutoffs, series = np.concatenate(cutoffs), self.scales.apply(table)
        known = series.can_forecast(cutoffs) & series.can_judge(cutoffs)
        cutoffs = cutoffs[known]
        if not len(cutoffs):
            raise ValueError(
                f"The frame holds no window: lookback={windows.lookback}, "
                f"gap={windows.gap} and horizon={windows.horizon} need "
                f"{windows.span} rows of a series. Pass more of the past."
            )
        return cutoffs, series

    def read(
        self, frame: pd.DataFrame, *, future: pd.DataFrame | None = None
    ) -> Table:
        """A frame as a checked Table, read as the one prepared was."""
        scales, windows = self.scales, self.windows
        source = Source(
            self.columns, windows.ahead, scales.calendar, scales.gaps
        )
        frame = as_frame(frame, self.columns)
        if future is not None:
            future = as_frame(future, self.columns, "future")
        table = source.read(
            self.in_zone(frame),
            future=self.in_zone(future, "future"),
            step=self.step,
            own_steps=self.own_steps,
            lookback=windows.lookback,
        )
        check_steps(table, self.step, self.own_steps, scales.names)
        scales.representation.check(
            table.levels, table.columns.target, table.place
        )
        return table

    def scaled(self, frame: pd.DataFrame) -> Series:
        """A frame as a Series: read, checked and scaled."""
        return self.scales.apply(self.read(frame))

    def in_zone(self, frame: Frame, name: str = "frame") -> Frame:
        """A frame whose timestamps are in the zone of those prepared.

        Args:
            frame: DataFrame, or None, which is returned as it is.
            name: The name of the frame in an error.

        Raises:
            ValueError: If only one of them has a zone.
        """
        return in_zone(self.index, frame, name)


def latest_part(series: Series) -> Part:
    """The Part of the last window of each series that holds a lookback.

    Raises:
        ValueError: If the future covariates of such a window are unknown.
    """
    ends = series.bounds[1:]
    long_enough = np.diff(series.bounds) >= series.windows.lookback
    cutoffs = ends[long_enough] - 1
    cutoffs = cutoffs[series.can_forecast(cutoffs)]
    if not len(cutoffs):
        raise ValueError(
            f"The frame has no known row in its last {series.windows.lookback} "
            "rows, the lookback. End it with known rows."
        )
    rows = series.positions(cutoffs)[:, np.newaxis] + 1
    ahead = series.covariates[
        rows + np.arange(series.windows.ahead), len(series.columns.past) :
    ]
    if np.isnan(ahead).any():
        unknown = np.isnan(ahead).any(axis=(0, 1))
        names = np.array(series.columns.future)[unknown].tolist()
        names = ", ".join(repr(name) for name in names)
        end = series.index[series.positions(cutoffs)].max()
        raise ValueError(
            f"The future covariates {names} are not known after {show(end)}, "
            "where the frame ends. Pass them, "
            "`data.for_frame(frame, future=...)`, or name them under `past`."
        )
    return Part("latest", cutoffs, series)
