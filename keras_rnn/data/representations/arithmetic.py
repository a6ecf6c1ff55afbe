# SPDX-License-Identifier: Apache-2.0
"""The same arithmetic on NumPy arrays and on tensors of a tf.data pipeline."""

import numpy as np


def log(values):
    """The natural logarithm."""
    return _library(values).log(values)


def exp(values):
    """The exponential function."""
    return _library(values).exp(values)


def square_root(values):
    """The square root."""
    return _library(values).sqrt(values)


def maximum(values, other):
    """The larger of each two values."""
    return _library(values).maximum(values, other)


def mean_of_rows(values):
    """The mean over axis 1, which is kept with length 1, but of NaN."""
    if isinstance(values, np.ndarray):
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=1, keepdims=True), 1)
        return np.where(known, values, 0.0).sum(axis=1, keepdims=True) / count
    tf = _tensorflow()
    known = tf.cast(~tf.math.is_nan(values), values.dtype)
    count = tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True), 1)
    total = tf.reduce_sum(zero_for_nan(values), axis=1, keepdims=True)
    return total / count


def zero_for_nan(values):
    """The values, 0 where there is none."""
    if isinstance(values, np.ndarray):
        return np.where(np.isnan(values), 0.0, values)
    tf = _tensorflow()
    return tf.where(tf.math.is_nan(values), tf.zeros_like(values), values)


def take(values, positions):
    """The entries along the first axis at some positions."""
    if isinstance(positions, np.ndarray):
        return values[positions]
    return _tensorflow().gather(values, positions)


def where(condition, values, other):
    """Values where a condition holds, others elsewhere."""
    if isinstance(condition, np.ndarray):
        return np.where(condition, values, other)
    return _tensorflow().where(condition, values, other)


def rank(increasing, values, side):
    """Before how many values each would stand, int64: `np.searchsorted`."""
    if isinstance(values, np.ndarray):
        return np.searchsorted(increasing, values, side=side)
    tf = _tensorflow()
    return tf.cast(tf.searchsorted(increasing, values, side=side), tf.int64)


def side_by_side(arrays):
    """Arrays as one, float32, along their last axis."""
    arrays = [as_float32(array) for array in arrays]
    if isinstance(arrays[0], np.ndarray):
        return np.concatenate(arrays, axis=-1)
    return _tensorflow().concat(arrays, axis=-1)


def as_float32(values):
    """The values in single precision."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float32)
    return _tensorflow().cast(values, np.float32)


def _library(values):
    """What has the functions for this kind of value, by the same names."""
    return np if isinstance(values, np.ndarray) else _tensorflow().math


def _tensorflow():
    """The module, which whoever has tensors has imported."""
    from keras_rnn.data.cutting import datasets

    return datasets.tf
