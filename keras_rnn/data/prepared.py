# SPDX-License-Identifier: Apache-2.0
"""What `prepare` returns: the parts, and what is in them."""

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.frames.missing_rows import MASK_VALUE
from keras_rnn.data.frames.odd_series import warn_of_left_out
from keras_rnn.data.frames.table import Source
from keras_rnn.data.part import Part
from keras_rnn.data.scales import Scales, rows_up_to
from keras_rnn.data.series import Series
from keras_rnn.data.time_axis.many_series import check_steps
from keras_rnn.data.time_axis.one_series import show
from keras_rnn.data.time_axis.time_zone import in_zone


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The parts of a prepared frame.

    Made by `prepare`.

    Args:
        series: The checked and scaled series.
        parts: Name -> Part, in order of time; no entry for a part of size 0.
        sections: Name -> first row and end of the rows that the split gave to
            that part in each series, int64, shape (series, 2).
        scales: Everything that was measured on the training rows.
        source: How the frame was read.
        step: The step of its index, of the longest series if they differ.
        own_steps: Name -> step of the series that have another one.
    """

    series: Series
    parts: dict[str, Part]
    sections: dict[str, np.ndarray]
    scales: Scales
    source: Source
    step: object
    own_steps: dict = dataclasses.field(default_factory=dict)

    def __repr__(self):
        sizes = ", ".join(f"{n}={len(part)}" for n, part in self.parts.items())
        return f"PreparedData({sizes} windows)"

    @property
    def train(self):
        """The Part to fit on."""
        return self.parts["train"]

    @property
    def validation(self):
        """The Part to choose by; a ValueError if the split has none."""
        return self.existing_part("validation")

    @property
    def test(self):
        """The Part to judge by; a ValueError if the split has none."""
        return self.existing_part("test")

    @property
    def latest(self):
        """The Part of the window that ends with the frame, to forecast with.

        Of many series one window each, without those shorter than a lookback
        or, with gaps="mask", with no known row in it.

        Raises:
            ValueError: If there are future covariates: the frame ends before
                the rows in which they would have to be known.
        """
        return latest_part(self.series)

    def for_frame(self, frame, *, future=None):
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
                that of the frame. Of many series, with their column too. Rows
                after these steps are not read.

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
        windows = self.series.windows
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
        if len(part) < len(lengths):
            answered = part.series.numbers(part.cutoffs)
            why = (
                "It has no known row in its last "
                f"{windows.lookback} rows, the lookback."
            )
            silent = np.delete(np.arange(len(lengths)), answered)
            warn_of_left_out({table.names[k]: why for k in silent})
        return part

    def windows_of(self, frame, *, stride=1):
        """The Part of all windows of another frame whose targets it holds.

        Scaled as in `for_frame`; a series that is measured by itself has
        scales of its own at each cutoff, as if the frame ended there.

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

    def cutoffs_in(self, frame, *, stride=1):
        """What `windows_of` makes its Part of: cutoffs and series."""
        windows = dataclasses.replace(self.series.windows, stride=stride)
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

    @classmethod
    def of_scales(cls, frame, columns, scales, step, own_steps=()):
        """Data without parts, for `for_frame`: what a saved model needs.

        Args:
            frame: DataFrame of at least lookback rows of each series.
            columns: The role of each column.
            scales: `Scales` measured before.
            step: The step of the index.
            own_steps: Those of series with another one, by name.
        """
        ahead = scales.windows.gap + scales.windows.horizon
        source = Source(columns, ahead, scales.calendar, scales.gaps)
        table = source.read(frame, step=step, own_steps=own_steps)
        own_steps = {**table.own_steps, **dict(own_steps)}
        series = scales.apply(table)
        return cls(series, {}, {}, scales, source, step, own_steps)

    def read(self, frame, *, future=None):
        """A frame as a checked Table, read as the one prepared was."""
        table = self.source.read(
            self.in_zone(frame),
            future=self.in_zone(future, "future"),
            step=self.step,
            own_steps=self.own_steps,
            lookback=self.series.windows.lookback,
        )
        check_steps(table, self.step, self.own_steps, self.scales.names)
        self.scales.representation.check(
            table.levels, table.columns.target, table.place
        )
        return table

    def in_zone(self, frame, name="frame"):
        """A frame whose timestamps are in the zone of those prepared.

        Raises:
            ValueError: If only one of them has a zone.
        """
        return in_zone(self.series.index, frame, name)

    def existing_part(self, name):
        """The Part of that name; a ValueError if the split has none."""
        if name not in self.parts:
            raise ValueError(
                f"The split has no {name} part. Give it a size, e.g. "
                f"`Split({name}=0.1)`."
            )
        return self.parts[name]

    @property
    def training_levels(self):
        """The targets of the rows that train, in the data's units.

        Float64 array (rows, targets), NaN where one is missing.
        """
        stops = self.sections["train"][:, 1]
        return self.series.levels[rows_up_to(stops, self.series.bounds)]

    @property
    def feature_names(self):
        """Channels of the past input, in order."""
        return self.series.feature_names

    @property
    def num_features(self):
        """Number of channels of the past input."""
        return len(self.feature_names)

    @property
    def mask_value(self):
        """What a step of the past to be skipped consists of; None if none is.

        `keras_rnn.models.Sequences.of(data)` passes it on.
        """
        return None if self.series.skipped is None else MASK_VALUE

    @property
    def num_future(self):
        """Number of future covariates."""
        return len(self.series.columns.future)

    @property
    def num_static(self):
        """Number of static covariates."""
        return len(self.series.columns.static)

    @property
    def num_targets(self):
        """Number of targets."""
        return len(self.series.columns.target)

    @property
    def lookback(self):
        """Number of past rows that a model sees."""
        return self.series.windows.lookback

    @property
    def horizon(self):
        """Number of rows that a model forecasts."""
        return self.series.windows.horizon

    def describe(self):
        """The first and the last window of each part, by index value.

        Returns:
            A DataFrame with one row per part and the columns "windows" (their
            number), "first window" and "last window", each with "input from",
            "cutoff", "target from" and "target to" (inclusive), and
            "unused_target_rows": rows at the start of the part that are a
            target of none of its windows, because the lookback comes before
            them or the stride jumps over them. Of many series the windows
            with the earliest and the latest cutoff are shown; "series" is the
            number of those that have a window in the part, "left_out" names
            those that are too short for one.
        """
        table = pd.DataFrame(
            {
                name: self.describe_part(name, part)
                for name, part in self.parts.items()
            }
        )
        # Transposed, each column has one type again: counts or timestamps.
        return table.T.infer_objects()

    def describe_part(self, name, part):
        """The row of one part in `describe`, as a dict."""
        moments = self.series.index[self.series.positions(part.cutoffs)]
        earliest, latest = moments.argmin(), moments.argmax()
        return {
            ("windows", ""): len(part),
            **self.describe_window("first window", part.cutoffs[earliest]),
            **self.describe_window("last window", part.cutoffs[latest]),
            **self.describe_series(name, part),
        }

    def describe_series(self, name, part):
        """How far the rows and the series are in use, as a dict."""
        windows, names = self.series.windows, self.series.names
        numbers, first = np.unique(
            self.series.numbers(part.cutoffs), return_index=True
        )
        starts = self.sections[name][numbers, 0]
        targets = part.cutoffs[first] + windows.gap + 1
        unused = {("unused_target_rows", ""): int((targets - starts).sum())}
        if names is None:
            return unused
        left_out = np.delete(np.arange(len(names)), numbers)
        return {
            ("series", ""): len(numbers),
            ("left_out", ""): tuple(names[left_out]),
            **unused,
        }

    def describe_window(self, title, cutoff):
        """The four corners of one window, by index value, as a dict."""
        index, windows = self.series.index, self.series.windows
        row = int(self.series.positions(np.array([cutoff]))[0])
        targets = windows.target_rows(row)
        return {
            (title, "input from"): index[windows.input_rows(row)[0]],
            (title, "cutoff"): index[row],
            (title, "target from"): index[targets[0]],
            (title, "target to"): index[targets[-1]],
        }


def latest_part(series):
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
        rows + np.arange(series.ahead), len(series.columns.past) :
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
