# SPDX-License-Identifier: Apache-2.0
"""What `prepare` returns: the parts, and what is in them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.index import show
from keras_rnn.data.part import Part
from keras_rnn.data.series import Series


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The parts of a prepared frame.

    Made by `prepare`.

    Args:
        series: The checked and scaled series.
        parts: Name -> Part, in order of time; no entry for a part of size 0.
        sections: Name -> range of rows that the split gave to that part.
    """

    series: Series
    parts: dict[str, Part]
    sections: dict[str, range]

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
        """The Part of one window that ends with the frame, to forecast with.

        Raises:
            ValueError: If there are future covariates: the frame ends before
                the rows in which they would have to be known.
        """
        last = len(self.series.levels) - 1
        if self.series.columns.future:
            names = ", ".join(repr(name) for name in self.series.columns.future)
            raise ValueError(
                f"The future covariates {names} are not known after "
                f"{show(self.series.index[last])}, where the frame ends. Name "
                "them under `past`, or forecast from the test part."
            )
        return Part("latest", np.array([last], dtype=np.int64), self.series)

    def existing_part(self, name):
        """The Part of that name; a ValueError if the split has none."""
        if name not in self.parts:
            raise ValueError(
                f"The split has no {name} part. Give it a size, e.g. "
                f"`Split({name}=0.1)`."
            )
        return self.parts[name]

    @property
    def feature_names(self):
        """Channels of the past input, in order."""
        return self.series.feature_names

    @property
    def num_features(self):
        """Number of channels of the past input."""
        return len(self.feature_names)

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
            them or the stride jumps over them.
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
        first, last = part.cutoffs[0], part.cutoffs[-1]
        unused = self.series.windows.target_rows(first)[0]
        return {
            ("windows", ""): len(part),
            **self.describe_window("first window", first),
            **self.describe_window("last window", last),
            ("unused_target_rows", ""): unused - self.sections[name].start,
        }

    def describe_window(self, title, cutoff):
        """The four corners of one window, by index value, as a dict."""
        index, windows = self.series.index, self.series.windows
        targets = windows.target_rows(cutoff)
        return {
            (title, "input from"): index[windows.input_rows(cutoff)[0]],
            (title, "cutoff"): index[cutoff],
            (title, "target from"): index[targets[0]],
            (title, "target to"): index[targets[-1]],
        }
