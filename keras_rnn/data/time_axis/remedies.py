# SPDX-License-Identifier: Apache-2.0
"""Remedies for faulty time axes, which work when they are followed."""

from dataclasses import dataclass

import pandas as pd

from keras_rnn.data.time_axis.frequency import spelled


@dataclass(frozen=True)
class Remedies:
    """The remedies that errors name; they depend on how a frame is read.

    Args:
        gaps: What is done about missing rows: "refuse", "interpolate",
            "mask" or "elapsed".
        series: The column that names the series of a row, or None. What
            helps one series, such as `frame.asfreq("D")`, fails for many.
        freq: The frequency that the user states and each series has to
            follow; None if its rows show it.
    """

    gaps: str = "refuse"
    series: str | None = None
    freq: pd.offsets.BaseOffset | None = None

    def repeated(self) -> str:
        """The remedy for a timestamp that stands in a series twice."""
        index = "frame.index"
        if self.series is not None:
            index = f"frame.set_index({self.series!r}, append=True).index"
        return f"Keep one row each, e.g. `frame[~{index}.duplicated()]`."

    def missing_dates(self, step: pd.offsets.BaseOffset) -> str:
        """The remedy for missing timestamps, where the frequency is known."""
        if isinstance(step, (pd.offsets.BDay, pd.offsets.CDay)):
            return (
                "If they are holidays, state them, `Columns(..., "
                "freq=pd.offsets.CustomBusinessDay(holidays=[...]))`"
                f"{self._or_fill()}."
            )
        return self._missing(f"frame.asfreq({spelled(step)})")

    def missing_numbers(self, first: int, last: int, step: int) -> str:
        """The remedy for missing numbers, where the step is known."""
        return self._missing(
            f"frame.reindex(range({first}, {last + step}, {step}))"
        )

    def _missing(self, reindexed: str) -> str:
        if self.gaps != "refuse":
            return "Give such rows, or leave the series out."
        if self.series is None:
            return (
                f"Reindex with `{reindexed}` and fill the gaps, e.g. "
                '`.interpolate()`. `gaps="interpolate"` does both.'
            )
        return (
            'Skip what is missing with `gaps="mask"`, or fill it by straight '
            'lines with `gaps="interpolate"`.'
        )

    def _or_fill(self) -> str:
        if self.gaps != "refuse":
            return ""
        return '; otherwise `gaps="mask"` skips them'

    def off_the_grid(self, step: pd.offsets.BaseOffset) -> str:
        """The remedy for timestamps that are not of the frequency."""
        return f"Resample the frame, e.g. `{self._resampled(spelled(step))}`."

    def no_frequency(self) -> str:
        """The remedy for an index that shows no frequency."""
        return (
            "If it has one, state it, e.g. `Columns(..., "
            "freq=pd.DateOffset(months=1))`; otherwise resample the frame, "
            f"e.g. `{self._resampled(repr('D'))}`."
        )

    def _resampled(self, freq: str) -> str:
        if self.series is None:
            return f"frame.resample({freq}).mean()"
        return (
            f"frame.groupby({self.series!r}).resample({freq}).mean()"
            f".reset_index({self.series!r})"
        )
