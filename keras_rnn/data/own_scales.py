# SPDX-License-Identifier: Apache-2.0
"""Scales of series that were not fitted, measured anew at each cutoff."""

from dataclasses import dataclass

import numpy as np

from keras_rnn.data.representations.base import Representation, mapped
from keras_rnn.data.windows import Windows

ROWS_AT_ONCE = 2**20


@dataclass(frozen=True, eq=False)
class OwnScales:
    """Which scales a series has that was not there when scales were measured.

    At each cutoff it is measured by its rows up to it, as if the frame ended
    there. So there is an entry for each of its cutoffs, after those of all
    series.

    Args:
        representation: The Representation, not fitted.
        windows: The shape of a window.
        unknown: Which series were not there, bool, shape (series,).
        cutoffs: The rows measured at, increasing, int64, shape (entries,).
    """

    representation: Representation
    windows: Windows
    unknown: np.ndarray
    cutoffs: np.ndarray

    def fit(self, levels, starts, cutoffs):
        """Measures the rows from each start up to each cutoff.

        Args:
            levels: float64, shape (rows, targets).
            starts: The first row of the series of each cutoff.
            cutoffs: Row positions, int64, shape (entries,).

        Returns:
            A FittedRepresentation with a leading axis of entries.

        Example:
            >>> from keras_rnn.data import Level
            >>> scales = OwnScales(
            ...     Level(), Windows(lookback=2, horizon=1), None, None
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
        # In turns: what lies before all cutoffs at once would not fit.
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


def joined(*fitted):
    """Fitted representations one after the other along their first axis."""
    return mapped(lambda *scales: np.concatenate(scales), *fitted)
