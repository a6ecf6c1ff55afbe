# SPDX-License-Identifier: Apache-2.0
"""The same arithmetic on NumPy arrays and on tensors of a tf.data pipeline."""

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from keras_rnn._types import Tensor


def log(values: Tensor) -> Tensor:
    """The natural logarithm."""
    return _library(values).log(values)


def exp(values: Tensor) -> Tensor:
    """The exponential function."""
    return _library(values).exp(values)


def square_root(values: Tensor) -> Tensor:
    """The square root."""
    return _library(values).sqrt(values)


def maximum(values: Tensor, other: Tensor) -> Tensor:
    """The larger of each two values."""
    return _library(values).maximum(values, other)


def mean_of_rows(values: Tensor) -> Tensor:
    """The mean over axis 1, which is kept; NaN does not count."""
    if isinstance(values, np.ndarray):
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=1, keepdims=True), 1)
        return np.where(known, values, 0.0).sum(axis=1, keepdims=True) / count
    tf = _tensorflow()
    known = tf.cast(~tf.math.is_nan(values), values.dtype)
    count = tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True), 1)
    total = tf.reduce_sum(zero_for_nan(values), axis=1, keepdims=True)
    return total / count


def zero_for_nan(values: Tensor) -> Tensor:
    """The values with 0 in place of NaN."""
    if isinstance(values, np.ndarray):
        return np.where(np.isnan(values), 0.0, values)
    tf = _tensorflow()
    return tf.where(tf.math.is_nan(values), tf.zeros_like(values), values)


def take(values: Tensor, positions: Tensor) -> Tensor:
    """The entries along the first axis at some positions."""
    if isinstance(positions, np.ndarray):
        return values[positions]
    return _tensorflow().gather(values, positions)


def where(condition: Tensor, values: Tensor, other: Tensor) -> Tensor:
    """The values where a condition holds, others elsewhere."""
    if isinstance(condition, np.ndarray):
        return np.where(condition, values, other)
    return _tensorflow().where(condition, values, other)


def rank(
    increasing: Tensor, values: Tensor, side: Literal["left", "right"]
) -> Tensor:
    """The position of each value among increasing ones: `np.searchsorted`.

    Args:
        increasing: Shape (n,).
        values: Any shape.
        side: Whether a value stands before equal ones ("left") or after them.

    Returns:
        int64, the shape of `values`.
    """
    if isinstance(values, np.ndarray):
        return np.searchsorted(increasing, values, side=side)
    tf = _tensorflow()
    return tf.cast(tf.searchsorted(increasing, values, side=side), tf.int64)


def side_by_side(arrays: Iterable[Tensor]) -> Tensor:
    """The arrays as one of float32, joined along their last axis."""
    arrays = [as_float32(array) for array in arrays]
    if isinstance(arrays[0], np.ndarray):
        return np.concatenate(arrays, axis=-1)
    return _tensorflow().concat(arrays, axis=-1)


def as_float32(values: Tensor) -> Tensor:
    """The values in single precision."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float32)
    return _tensorflow().cast(values, np.float32)


def _library(values: Tensor) -> Any:
    """The module with the functions for this kind of values."""
    return np if isinstance(values, np.ndarray) else _tensorflow().math


def _tensorflow() -> Any:
    """The module; where there are tensors it has been imported before."""
    from keras_rnn.data.cutting import datasets

    return datasets.tf
