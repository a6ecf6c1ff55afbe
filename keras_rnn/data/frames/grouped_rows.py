# SPDX-License-Identifier: Apache-2.0
"""The rows of a frame, grouped by series, and the time axes of the series."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Number
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.frames.odd_series import too_short, warn_of_left_out
from keras_rnn.data.frames.values import check_present
from keras_rnn.data.time_axis.clock import Step
from keras_rnn.data.time_axis.many_series import Expected, timeline
from keras_rnn.data.time_axis.one_series import IrregularError
from keras_rnn.data.time_axis.remedies import Remedies

#: The time axes of all series, their step, and name -> step of the others.
Axes: TypeAlias = tuple[pd.Index, Step, dict[Any, Step]]


@dataclass(frozen=True)
class Rows:
    """The rows of a frame, grouped by series.

    Args:
        frame: DataFrame.
        names: The name of each series, None if there is only one.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        missing: Name of a column -> where its values were missing, bool,
            shape (rows,); no entry for a column without missing values.
        axes: What `timeline` returns for these rows; None as long as their
            time axes are not checked.
    """

    frame: pd.DataFrame
    names: pd.Index | None
    bounds: Array
    missing: dict[str, Array] = field(default_factory=dict)
    axes: Axes | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, series: str | None) -> "Rows":
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

    def numbers(self) -> Array:
        """The number of the series of each row, int64, shape (rows,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def without(self, reasons: Mapping[int, str]) -> "Rows":
        """Leaves series out, with a warning that names them.

        Args:
            reasons: Number of a series -> why it is left out.

        Returns:
            The rows of the other series.
        """
        if not reasons or self.names is None:
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

    def of_length(self, lookback: int) -> "Rows":
        """Leaves out series shorter than a lookback, unless all are."""
        lengths = np.diff(self.bounds)
        short = np.flatnonzero(lengths < lookback)
        if self.names is None or len(short) == len(lengths):
            return self
        return self.without(
            {k: too_short(lengths[k], lookback) for k in short.tolist()}
        )

    def checked(
        self,
        ahead: int,
        step: Step | None,
        own_steps: Mapping[Any, Step] | None,
        remedies: Remedies,
    ) -> "Rows":
        """Checks the time axes.

        Args:
            ahead: As in `timeline`.
            step: As in `timeline`.
            own_steps: As in `timeline`.
            remedies: As in `timeline`.

        Returns:
            The same rows, with their time axes.

        Raises:
            TypeError, ValueError: As `timeline`.
        """
        if self.axes is not None:
            return self
        index = self.frame.index
        axes = timeline(
            index, self.bounds, self.names, ahead, step, own_steps, remedies
        )
        return replace(self, axes=axes)

    def regular(
        self,
        ahead: int,
        step: Step | None,
        own_steps: Mapping[Any, Step] | None,
        remedies: Remedies,
    ) -> "Rows":
        """Leaves out series without a frequency, unless none has one.

        Args:
            ahead: As in `timeline`.
            step: As in `timeline`.
            own_steps: As in `timeline`.
            remedies: As in `timeline`.

        Returns:
            The rows of the other series, with their time axes.

        Raises:
            TypeError, ValueError: As `checked`, unless some series have no
                frequency and others have.
        """
        try:
            return self.checked(ahead, step, own_steps, remedies)
        except IrregularError:
            if self.names is None:
                raise
            reasons = self._irregular(step, own_steps, remedies)
            if len(reasons) == len(self.names):
                raise
        others = self.without(reasons)
        return others.checked(ahead, step, own_steps, remedies)

    def _irregular(
        self,
        step: Step | None,
        own_steps: Mapping[Any, Step] | None,
        remedies: Remedies,
    ) -> dict[int, str]:
        """Number -> what is wrong with the time axis of a series."""
        reasons = {}
        for number in np.argsort(-np.diff(self.bounds), kind="stable"):
            axis = self.frame.index[
                self.bounds[number] : self.bounds[number + 1]
            ]
            own = dict(own_steps or {})
            expected = Expected(self.names, step, own, remedies)
            try:
                found = expected.step_of(axis, number)
            except IrregularError as error:
                reasons[number] = str(error).partition(": ")[2]
            else:
                # A series too short to show a step may take the longest's.
                step = found if step is None else step
        return reasons


def check_all_named(frame: pd.DataFrame, series: str, codes: Array) -> None:
    """Raises a ValueError unless each row is of one series.

    Args:
        frame: The DataFrame.
        series: The column that names the series of a row.
        codes: The number of the series of each row, negative if it has none.
    """
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise ValueError(
            f"The series column {series!r} has no value in row {missing[0]}. "
            f"Drop such rows with `frame[frame[{series!r}].notna()]`."
        )
    if not len(frame):
        raise ValueError("The frame has no rows. Pass at least a few windows.")
    check_distinct(frame[series])


def check_distinct(names: pd.Series) -> None:
    """Raises a ValueError if some names are numbers and others flags.

    To pandas True and 1 are one label, so that their series would be one.
    """
    if names.dtype != object:
        return
    flags = np.array([isinstance(name, (bool, np.bool_)) for name in names])
    numbers = np.array([isinstance(name, Number) for name in names])
    if flags.any() and (numbers & ~flags).any():
        raise ValueError(
            f"The series column {names.name!r} must hold either numbers or "
            "True and False, which are equal to 1 and 0. Received: both. Use "
            f"text, `frame[{names.name!r}].astype(str)`."
        )
