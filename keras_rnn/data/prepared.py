# SPDX-License-Identifier: Apache-2.0
"""PreparedData: the parts of a frame that `prepare` returns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.frames.missing_rows import MASK_VALUE
from keras_rnn.data.part import Part
from keras_rnn.data.reader import Reader, latest_part
from keras_rnn.data.scales import Scales, rows_up_to
from keras_rnn.data.series import Series
from keras_rnn.data.time_axis.clock import Step


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The parts of a prepared frame.

    Made by `prepare`.

    Args:
        series: The checked and scaled series.
        parts: Name -> Part, in order of time; no entry for a part of size 0.
        sections: Name -> first row and end of the rows that the split gave to
            that part in each series, int64, shape (series, 2).
        reader: Reads later frames in the same way.
    """

    series: Series
    parts: dict[str, Part]
    sections: dict[str, Array]
    reader: Reader

    def __repr__(self) -> str:
        sizes = ", ".join(f"{n}={len(part)}" for n, part in self.parts.items())
        return f"PreparedData({sizes} windows)"

    @property
    def train(self) -> Part:
        """The Part to fit on."""
        return self.parts["train"]

    @property
    def validation(self) -> Part:
        """The Part to choose by; a ValueError if the split has none."""
        return self.existing_part("validation")

    @property
    def test(self) -> Part:
        """The Part to judge by; a ValueError if the split has none."""
        return self.existing_part("test")

    @property
    def latest(self) -> Part:
        """The Part of the window that ends with the frame, to forecast with.

        Of many series it has one window each, without series that are shorter
        than a lookback or, with gaps="mask" or "elapsed", have no known row in
        it.

        Raises:
            ValueError: If there are future covariates: the frame ends before
                the rows in which they would have to be known.
        """
        return latest_part(self.series)

    def for_frame(
        self, frame: pd.DataFrame, *, future: pd.DataFrame | None = None
    ) -> Part:
        """The Part of the windows that end with another frame.

        See `Reader.for_frame`.
        """
        return self.reader.for_frame(frame, future=future)

    def windows_of(self, frame: pd.DataFrame, *, stride: int = 1) -> Part:
        """The Part of all windows of another frame whose targets it holds.

        See `Reader.windows_of`.
        """
        return self.reader.windows_of(frame, stride=stride)

    @property
    def scales(self) -> Scales:
        """Everything that was measured on the training rows."""
        return self.reader.scales

    @property
    def step(self) -> Step:
        """The step of the index, of the longest series if they differ."""
        return self.reader.step

    @property
    def own_steps(self) -> dict[Any, Step]:
        """Name -> step of the series with another one."""
        return self.reader.own_steps

    def existing_part(self, name: str) -> Part:
        """The Part of that name; a ValueError if the split has none."""
        if name not in self.parts:
            raise ValueError(
                f"The split has no {name} part. Give it a size, e.g. "
                f"`Split({name}=0.1)`."
            )
        return self.parts[name]

    @property
    def training_levels(self) -> Array:
        """The targets of the training rows, in the data's units.

        float64, shape (rows, targets); NaN where one is missing.
        """
        rows = rows_up_to(self.training_stops, self.series.bounds)
        return self.series.levels[rows]

    @property
    def training_stops(self) -> Array:
        """The end of the training rows of each series, shape (series,)."""
        return self.sections["train"][:, 1]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Channels of the past input, in order."""
        return self.series.feature_names

    @property
    def num_features(self) -> int:
        """Number of channels of the past input."""
        return len(self.feature_names)

    @property
    def mask_value(self) -> float | None:
        """The value of a step of the past to be skipped, in all features.

        None if no step is skipped. `keras_rnn.models.Sequences.of(data)`
        passes it on.
        """
        return None if self.series.skipped is None else MASK_VALUE

    @property
    def num_observed(self) -> int:
        """Channels of which inputs tell when they were known.

        They are the first ones, and the last channels tell of them; 0 unless
        the data were prepared with gaps="elapsed".
        """
        return self.series.num_observed

    @property
    def num_future(self) -> int:
        """Number of future covariates."""
        return len(self.series.columns.future)

    @property
    def num_static(self) -> int:
        """Number of static covariates."""
        return len(self.series.columns.static)

    @property
    def num_targets(self) -> int:
        """Number of targets."""
        return len(self.series.columns.target)

    @property
    def lookback(self) -> int:
        """Number of past rows that a model sees."""
        return self.series.windows.lookback

    @property
    def horizon(self) -> int:
        """Number of rows that a model forecasts."""
        return self.series.windows.horizon

    def describe(self) -> pd.DataFrame:
        """The first and the last window of each part, by index value.

        Returns:
            A DataFrame with one row per part and the columns "windows" (their
            number), "first window" and "last window", each with "input from",
            "cutoff", "target from" and "target to" (inclusive), and
            "unused_target_rows": rows at the start of the part that are a
            target of none of its windows, because the lookback comes before
            them or the stride jumps over them. Of many series the windows
            with the earliest and the latest cutoff are shown; "series" is the
            number of series that have a window in the part, "left_out" names
            the series that are too short for one.
        """
        table = pd.DataFrame(
            {
                name: self.describe_part(name, part)
                for name, part in self.parts.items()
            }
        )
        # Transposed, each column has one type again: counts or timestamps.
        return table.T.infer_objects()

    def describe_part(
        self, name: str, part: Part
    ) -> dict[tuple[str, str], Any]:
        """The row of one part in `describe`, as a dict."""
        moments = self.series.index[self.series.positions(part.cutoffs)]
        earliest, latest = moments.argmin(), moments.argmax()
        return {
            ("windows", ""): len(part),
            **self.describe_window("first window", part.cutoffs[earliest]),
            **self.describe_window("last window", part.cutoffs[latest]),
            **self.describe_series(name, part),
        }

    def describe_series(
        self, name: str, part: Part
    ) -> dict[tuple[str, str], Any]:
        """The columns of `describe` on unused rows and series, as a dict."""
        windows, names = self.series.windows, self.series.names
        numbers, first = np.unique(
            self.series.numbers(part.cutoffs), return_index=True
        )
        starts = self.sections[name][numbers, 0]
        targets = part.cutoffs[first] + windows.gap + 1
        unused: dict[tuple[str, str], Any] = {
            ("unused_target_rows", ""): int((targets - starts).sum())
        }
        if names is None:
            return unused
        left_out = np.delete(np.arange(len(names)), numbers)
        return {
            ("series", ""): len(numbers),
            ("left_out", ""): tuple(names[left_out]),
            **unused,
        }

    def describe_window(
        self, title: str, cutoff: int
    ) -> dict[tuple[str, str], Any]:
        """The columns of `describe` on one window, as a dict."""
        index, windows = self.series.index, self.series.windows
        row = int(self.series.positions(np.array([cutoff]))[0])
        targets = windows.target_rows(row)
        return {
            (title, "input from"): index[windows.input_rows(row)[0]],
            (title, "cutoff"): index[row],
            (title, "target from"): index[targets[0]],
            (title, "target to"): index[targets[-1]],
        }
