# SPDX-License-Identifier: Apache-2.0
"""Columns of mean 0 and standard deviation 1."""

from dataclasses import dataclass

import numpy as np

from keras_rnn._types import Array, Tensor


@dataclass(frozen=True, eq=False)
class StandardScaler:
    """Subtracts a mean and divides by a standard deviation, per column.

    Works on NumPy arrays and tensors alike, whose last axis is the columns.
    Keep values in float64: a level of 1e9 with changes of 1 has no changes
    left in float32.

    Args:
        mean: float64, shape (columns,), or (series, 1, columns).
        scale: float64, the same shape, never 0.

    Example:
        >>> scaler = StandardScaler.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))
        >>> scaler.transform(np.array([[4.0, 6.0]])).tolist()
        [[2.0, 1.0]]
    """

    mean: Array
    scale: Array

    @classmethod
    def fit(cls, values: Array) -> "StandardScaler":
        """The scaler of some rows; the scale of a constant column is 1.

        Args:
            values: float64, shape (rows, columns); NaN does not count.

        Returns:
            A StandardScaler.
        """
        fitted = cls.fit_each(values, np.array([0, len(values)]))
        return cls(mean=fitted.mean[0, 0], scale=fitted.scale[0, 0])

    @classmethod
    def fit_each(cls, values: Array, bounds: Array) -> "StandardScaler":
        """The scaler with a mean and a scale for each of many series.

        Args:
            values: float64, shape (rows, columns), grouped by series; NaN
                does not count.
            bounds: Where each series begins, and the number of rows, int64,
                shape (series + 1,).

        Returns:
            A StandardScaler whose arrays have shape (series, 1, columns).
        """
        starts, lengths = bounds[:-1], np.diff(bounds)
        missing = np.isnan(values)
        first = values[starts]
        if missing.any():
            first = first_known(values, missing, starts)
        # Without its first value a constant column is exactly 0, however the
        # mean of its values is rounded.
        rest = values - np.repeat(first, lengths, axis=0)
        rest[missing] = 0.0
        count = lengths[:, np.newaxis] - np.add.reduceat(
            missing, starts, dtype=np.int64
        )
        count = np.maximum(count, 1)
        mean = np.add.reduceat(rest, starts) / count
        rest -= np.repeat(mean, lengths, axis=0)
        rest[missing] = 0.0
        np.square(rest, out=rest)
        deviation = np.sqrt(np.add.reduceat(rest, starts) / count)
        return cls(
            mean=(first + mean)[:, np.newaxis],
            scale=one_for_zero(deviation)[:, np.newaxis],
        )

    @classmethod
    def identity(cls, columns: int) -> "StandardScaler":
        """The scaler that leaves so many columns as they are."""
        return cls(mean=np.zeros(columns), scale=np.ones(columns))

    def and_identity(self, columns: int) -> "StandardScaler":
        """The same scaler with further columns, which it leaves as they are."""
        rest = StandardScaler.identity(columns)
        return StandardScaler(
            mean=np.append(self.mean, rest.mean),
            scale=np.append(self.scale, rest.scale),
        )

    def transform(self, values: Tensor) -> Tensor:
        """The values in standard units, shape kept."""
        return (values - self.mean) / self.scale

    def inverse(self, values: Tensor) -> Tensor:
        """The values in the data's units, shape kept."""
        return values * self.scale + self.mean


def first_known(values: Array, missing: Array, starts: Array) -> Array:
    """The first known value of each series, 0 if it has none.

    Args:
        values: float64, shape (rows, columns).
        missing: Which values are missing, bool, the same shape.
        starts: The first row of each series.

    Returns:
        float64, shape (series, columns).
    """
    nowhere = len(values)
    rows = np.where(missing, nowhere, np.arange(nowhere)[:, np.newaxis])
    rows = np.minimum.reduceat(rows, starts)
    first = np.take_along_axis(values, np.minimum(rows, nowhere - 1), axis=0)
    return np.where(rows < nowhere, first, 0.0)


def one_for_zero(scale: Array) -> Array:
    """The scales with 1 in place of 0: columns are divided by them."""
    return np.where(scale == 0, 1.0, scale)
