# SPDX-License-Identifier: Apache-2.0
"""Scales of series that were not fitted, measured anew at each cutoff."""

from dataclasses import dataclass

import numpy as np

from keras_rnn._types import Array
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
    mapped,
)
from keras_rnn.data.windows import Windows

ROWS_AT_ONCE = 2**20


@dataclass(frozen=True, eq=False)
class OwnScales:
    """The scales of series that were not there when scales were measured.

    Such a series is measured at each cutoff by its rows up to the cutoff, as
    if the frame ended there. So its scales have an entry for each of its
    cutoffs, after the entries of all series.

    Args:
        representation: The Representation, not fitted.
        windows: The shape of a window.
        unknown: Which series were not there, bool, shape (series,).
        cutoffs: The cutoffs at which they were measured, increasing, int64,
            shape (entries,).
    """

    representation: Representation
    windows: Windows
    unknown: Array
    cutoffs: Array

    def fit(
        self, levels: Array, starts: Array, cutoffs: Array
    ) -> FittedRepresentation:
        """Measures the rows from each start up to each cutoff.

        Args:
            levels: float64, shape (rows, targets).
            starts: The first row of the series of each cutoff, int64, shape
                (entries,).
            cutoffs: Row positions, int64, shape (entries,).

        Returns:
            A FittedRepresentation with a leading axis of entries.

        Example:
            >>> from keras_rnn.data import Level
            >>> nothing = np.array([], dtype=np.int64)
            >>> scales = OwnScales(
            ...     Level(), Windows(lookback=2, horizon=1), nothing, nothing
            ... )
            >>> fitted = scales.fit(
            ...     np.array([[1.0], [3.0], [8.0]]),
            ...     starts=np.array([0, 0]),
            ...     cutoffs=np.array([1, 2]),
            ... )
            >>> fitted.scaler.mean.ravel().tolist()
            [2.0, 4.0]
        """
        lengths = cutoffs + 1 - starts
        # In turns: the rows before all cutoffs would not fit in memory at once.
        turns = np.cumsum(lengths) // ROWS_AT_ONCE
        found = []
        for some in np.split(
            np.arange(len(lengths)), np.flatnonzero(np.diff(turns)) + 1
        ):
            bounds = np.concatenate([[0], np.cumsum(lengths[some])])
            rows = np.repeat(starts[some] - bounds[:-1], lengths[some])
            rows += np.arange(bounds[-1])
            found.append(
                self.representation.fit(levels[rows], self.windows, bounds)
            )
        return joined(*found)


def joined(*fitted: FittedRepresentation) -> FittedRepresentation:
    """Joins fitted representations along the first axis of their scales."""
    return mapped(lambda *scales: np.concatenate(scales), *fitted)
