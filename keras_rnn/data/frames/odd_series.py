# SPDX-License-Identifier: Apache-2.0
"""Series that cannot be used are left out, by name; the others go on."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.time_axis.many_series import Expected, timeline
from keras_rnn.data.time_axis.one_series import IrregularError


@dataclass(frozen=True)
class Rows:
    """The rows of a frame, grouped by series.

    Args:
        frame: DataFrame.
        names: The name of each series, None if there is only one.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        missing: Name of a column -> where a value was missing, bool, shape
            (rows,).
    """

    frame: pd.DataFrame
    names: pd.Index | None
    bounds: np.ndarray
    missing: dict

    def without(self, reasons):
        """The rows of the other series; warns of those left out.

        Args:
            reasons: Number of a series -> why it is left out.
        """
        if not reasons:
            return self
        warn_of_left_out({self.names[k]: why for k, why in reasons.items()})
        keep = np.ones(len(self.names), dtype=bool)
        keep[list(reasons)] = False
        lengths = np.diff(self.bounds)
        rows = np.repeat(keep, lengths)
        return Rows(
            self.frame[rows],
            self.names[keep],
            np.append(0, np.cumsum(lengths[keep])),
            {name: where[rows] for name, where in self.missing.items()},
        )

    def of_length(self, lookback):
        """The rows of the series that hold a lookback, if some do."""
        lengths = np.diff(self.bounds)
        short = np.flatnonzero(lengths < lookback)
        if self.names is None or len(short) == len(lengths):
            return self
        return self.without({k: too_short(lengths[k], lookback) for k in short})

    def timeline(self, ahead, step, own_steps, remedies):
        """The rows of the series with a frequency, and their time axes.

        Args:
            ahead: As in `timeline`.
            step: As there.
            own_steps: As there.
            remedies: As there.

        Returns:
            Rows, and what `timeline` returns.

        Raises:
            TypeError, ValueError: As there, unless some series have no
                frequency and others have.
        """
        known = (step, own_steps, remedies)
        index = self.frame.index
        try:
            return self, timeline(index, self.bounds, self.names, ahead, *known)
        except IrregularError:
            if self.names is None:
                raise
            reasons = self._irregular(*known)
            if len(reasons) == len(self.names):
                raise
        rows = self.without(reasons)
        axes = timeline(
            rows.frame.index, rows.bounds, rows.names, ahead, *known
        )
        return rows, axes

    def _irregular(self, step, own_steps, remedies):
        """Number -> what is wrong with the time axis of a series."""
        reasons = {}
        for number in np.argsort(-np.diff(self.bounds), kind="stable"):
            axis = self.frame.index[
                self.bounds[number] : self.bounds[number + 1]
            ]
            expected = Expected(self.names, step, dict(own_steps), remedies)
            try:
                found = expected.step_of(axis, number)
            except IrregularError as error:
                reasons[number] = str(error).partition(": ")[2]
            else:
                # Too few rows to show a step may take that of the longest.
                step = found if step is None else step
        return reasons


def too_short(rows, lookback):
    """Why a series is left out that does not hold a lookback."""
    return f"It has {rows} rows; lookback={lookback} needs {lookback}."


def warn_of_left_out(reasons):
    """Warns of series that are left out.

    Args:
        reasons: Name -> why.
    """
    (name, why), *others = reasons.items()
    owner = f"Series {name!r} is left out"
    if others:
        owner = f"{len(reasons)} series are left out, such as {name!r}"
    warnings.warn(f"{owner}: {why}", stacklevel=2)


def of_series(frame, series, names):
    """The rows of some series of a frame; the frame itself if it has no more.

    Args:
        frame: DataFrame.
        series: The column that names the series of a row, or None.
        names: The series to keep, an Index.
    """
    if series is None:
        return frame
    keep = names.get_indexer(frame[series]) >= 0
    return frame if keep.all() else frame[keep]


def without_series(frame, series, names):
    """The rows of a frame that belong to other series than these.

    Args:
        frame: DataFrame; one without the column of series stays as it is.
        series: The column that names the series of a row.
        names: The series to leave out, an Index.
    """
    if not isinstance(frame, pd.DataFrame) or series not in frame:
        return frame
    return frame[names.get_indexer(frame[series]) < 0]
