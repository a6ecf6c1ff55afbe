# SPDX-License-Identifier: Apache-2.0
"""Columns of mean 0 and standard deviation 1."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class StandardScaler:
    """Subtracts a mean and divides by a standard deviation, per column.

    Works on anything whose last axis is the columns and that knows + − × /,
    NumPy arrays and tensors alike. Keep values in float64: a level of 1e9
    with changes of 1 has no changes left in float32.

    Args:
        mean: float64, shape (columns,).
        scale: float64, shape (columns,), never 0.

    Example:
        >>> scaler = StandardScaler.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))
        >>> scaler.transform(np.array([[4.0, 6.0]])).tolist()
        [[2.0, 1.0]]
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, values):
        """The scaler of some rows; the scale of a constant column is 1.

        Args:
            values: float64, shape (rows, columns).

        Returns:
            A StandardScaler.
        """
        # Without its first row a constant column is exactly 0, however the
        # mean of its values is rounded.
        shifted = values - values[0]
        return cls(
            mean=values[0] + shifted.mean(axis=0),
            scale=one_for_zero(shifted.std(axis=0)),
        )

    def transform(self, values):
        """From the data's units to standard units, shape kept."""
        return (values - self.mean) / self.scale

    def inverse(self, values):
        """From standard units to the data's units, shape kept."""
        return values * self.scale + self.mean


def one_for_zero(scale):
    """Scales to divide by: what never varies is divided by 1."""
    return np.where(scale == 0, 1.0, scale)
