# SPDX-License-Identifier: Apache-2.0
"""What to do about a faulty time axis, in words that work when followed."""

from dataclasses import dataclass

import pandas as pd

from keras_rnn.data.time_axis.frequency import spelled


@dataclass(frozen=True)
class Remedies:
    """The remedies; they depend on how a frame is read.

    Args:
        gaps: What is done about missing rows: "refuse", "interpolate" or
            "mask".
        series: The column that names the series of a row, or None. What
            helps one series, such as `frame.asfreq("D")`, fails for many.
        freq: The frequency that is stated, which each series has to follow;
            None if its rows show it.
    """

    gaps: str = "refuse"
    series: str | None = None
    freq: object = None

    def repeated(self):
        """For a moment that stands in a series twice."""
        index = "frame.index"
        if self.series is not None:
            index = f"frame.set_index({self.series!r}, append=True).index"
        return f"Keep one row each, e.g. `frame[~{index}.duplicated()]`."

    def missing_dates(self, step):
        """For moments that lack, where the frequency is known."""
        if isinstance(step, (pd.offsets.BDay, pd.offsets.CDay)):
            return (
                "If they are holidays, state them, `Columns(..., "
                "freq=pd.offsets.CustomBusinessDay(holidays=[...]))`"
                f"{self._or_fill()}."
            )
        return self._missing(f"frame.asfreq({spelled(step)})")

    def missing_numbers(self, first, last, step):
        """For numbers that lack, where the step is known."""
        return self._missing(
            f"frame.reindex(range({first}, {last + step}, {step}))"
        )

    def _missing(self, reindexed):
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

    def _or_fill(self):
        if self.gaps != "refuse":
            return ""
        return '; otherwise `gaps="mask"` skips them'

    def off_the_grid(self, step):
        """For moments that are not of the frequency."""
        return f"Resample the frame, e.g. `{self._resampled(spelled(step))}`."

    def no_frequency(self):
        """For an index that shows none."""
        return (
            "If it has one, state it, e.g. `Columns(..., "
            "freq=pd.DateOffset(months=1))`; otherwise resample the frame, "
            f"e.g. `{self._resampled(repr('D'))}`."
        )

    def _resampled(self, freq):
        if self.series is None:
            return f"frame.resample({freq}).mean()"
        return (
            f"frame.groupby({self.series!r}).resample({freq}).mean()"
            f".reset_index({self.series!r})"
        )
