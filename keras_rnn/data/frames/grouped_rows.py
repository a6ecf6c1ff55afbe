# SPDX-License-Identifier: Apache-2.0
"""The rows of a frame, grouped by series, and the time axes they have."""

from dataclasses import dataclass, field, replace
from numbers import Number

import numpy as np
import pandas as pd

from keras_rnn.data.frames.odd_series import too_short, warn_of_left_out
from keras_rnn.data.frames.values import check_present
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
            (rows,), of the columns that lacked one.
        axes: What `timeline` returned for them; None as long as their time
            axes are not checked.
    """

    frame: pd.DataFrame
    names: pd.Index | None
    bounds: np.ndarray
    missing: dict = field(default_factory=dict)
    axes: tuple | None = None

    @classmethod
    def of(cls, frame, series):
        """The rows of each series together, in the order of first appearance.

        Args:
            frame: The DataFrame.
            series: The column that names the series of a row, or None.
        """
        if series is None:
            return cls(frame, None, np.array([0, len(frame)]))
        check_present(frame, series)
        codes, names = pd.factorize(frame[series])
        check_all_named(frame, series, codes)
        if (np.diff(codes) < 0).any():
            order = np.argsort(codes, kind="stable")
            frame, codes = frame.iloc[order], codes[order]
        starts = np.searchsorted(codes, np.arange(len(names)))
        if isinstance(names, pd.CategoricalIndex):
            names = names.astype(names.categories.dtype)
        return cls(frame, pd.Index(names), np.append(starts, len(frame)))

    def numbers(self):
        """The number of the series of each row, int64, shape (rows,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

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

    def checked(self, ahead, *known):
        """The same rows, with their time axes.

        Args:
            ahead: As in `timeline`.
            *known: Step, own steps and remedies, as there.

        Raises:
            TypeError, ValueError: As there.
        """
        if self.axes is not None:
            return self
        index = self.frame.index
        axes = timeline(index, self.bounds, self.names, ahead, *known)
        return replace(self, axes=axes)

    def regular(self, ahead, *known):
        """The rows of the series with a frequency, with their time axes.

        Raises:
            TypeError, ValueError: As `checked`, unless some series have no
                frequency and others have.
        """
        try:
            return self.checked(ahead, *known)
        except IrregularError:
            if self.names is None:
                raise
            reasons = self._irregular(*known)
            if len(reasons) == len(self.names):
                raise
        return self.without(reasons).checked(ahead, *known)

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


def check_all_named(frame, series, codes):
    """Raises a ValueError unless each row is of one series."""
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise ValueError(
            f"The series column {series!r} has no value in row {missing[0]}. "
            f"Drop such rows with `frame[frame[{series!r}].notna()]`."
        )
    if not len(frame):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    check_told_apart(frame[series])


def check_told_apart(ids):
    """Raises a ValueError for ids that are equal though not the same.

    To pandas True and 1 are one label, and so would be their series.
    """
    if ids.dtype != object:
        return
    flags = np.array([isinstance(label, (bool, np.bool_)) for label in ids])
    numbers = np.array([isinstance(label, Number) for label in ids])
    if flags.any() and (numbers & ~flags).any():
        raise ValueError(
            f"The series column {ids.name!r} must hold either numbers or "
            "True and False, which are equal to 1 and 0. Received: both. Use "
            f"text, `frame[{ids.name!r}].astype(str)`."
        )
