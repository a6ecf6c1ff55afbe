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
        mean: float64, shape (columns,), or (series, 1, columns).
        scale: float64, the same shape, never 0.

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

    @classmethod
    def fit_each(cls, values, bounds):
        """One mean and scale for each of many series.

        Args:
            values: float64, shape (rows, columns), grouped by series.
            bounds: Where each series begins, and the number of rows, int64,
                shape (series + 1,).

        Returns:
            A StandardScaler whose arrays have shape (series, 1, columns).
        """
        starts, lengths = bounds[:-1], np.diff(bounds)
        first = values[starts]
        rest = values - np.repeat(first, lengths, axis=0)
        count = lengths[:, np.newaxis]
        mean = np.add.reduceat(rest, starts) / count
        rest -= np.repeat(mean, lengths, axis=0)
        np.square(rest, out=rest)
        deviation = np.sqrt(np.add.reduceat(rest, starts) / count)
        return cls(
            mean=(first + mean)[:, np.newaxis],
            scale=one_for_zero(deviation)[:, np.newaxis],
        )

    @classmethod
    def identity(cls, columns):
        """The scaler that changes nothing."""
        return cls(mean=np.zeros(columns), scale=np.ones(columns))

    def except_last(self, columns):
        """The same scaler, but that leaves the last columns as they are."""
        kept = slice(0, len(self.mean) - columns)
        rest = StandardScaler.identity(columns)
        return StandardScaler(
            mean=np.append(self.mean[kept], rest.mean),
            scale=np.append(self.scale[kept], rest.scale),
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
