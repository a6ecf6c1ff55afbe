# SPDX-License-Identifier: Apache-2.0
"""The checked and scaled series that all windows are cut from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_rnn.data.columns import Columns
from keras_rnn.data.representation import FittedRepresentation
from keras_rnn.data.windows import Windows


@dataclass(frozen=True, eq=False)
class Series:
    """One row per time step; windows are views of it, never stored.

    Args:
        index: Time axis, gap + horizon steps longer than the data.
        levels: Targets in the data's units, float64, shape (rows, targets).
            They are kept in float64 because changes are formed per window.
        covariates: Past, then future covariates, standardised, float32,
            shape (rows, past + future).
        static: Static covariates as they are, float32, shape (static,).
        columns: The role of each column.
        windows: The shape of a window.
        representation: From the data's units to the network's and back.
    """

    index: pd.Index
    levels: np.ndarray
    covariates: np.ndarray
    static: np.ndarray
    columns: Columns
    windows: Windows
    representation: FittedRepresentation

    @property
    def feature_names(self):
        """Channels of the past input: targets, past, future covariates."""
        targets = self.representation.channel_names(self.columns.target)
        return targets + self.columns.past + self.columns.future

    def last_levels(self, cutoffs):
        """The levels at some cutoffs, shape (windows, 1, targets)."""
        return self.levels[cutoffs][:, np.newaxis]

    def target_rows(self, cutoffs):
        """The target rows of some cutoffs, shape (windows, horizon)."""
        return cutoffs[:, np.newaxis] + np.array(self.windows.target_rows(0))

    def actual(self, cutoffs):
        """The targets of some cutoffs in the data's units.

        Args:
            cutoffs: Row positions, int64, shape (windows,).

        Returns:
            float64, shape (windows, horizon, targets); NaN after the last row.
        """
        rows = self.target_rows(cutoffs)
        known = rows < len(self.levels)
        values = np.full((*rows.shape, self.levels.shape[1]), np.nan)
        values[known] = self.levels[rows[known]]
        return values
