# SPDX-License-Identifier: Apache-2.0
"""The same arithmetic on NumPy arrays and on tensors of a tf.data pipeline."""

import numpy as np
import tensorflow as tf


def log(values):
    """The natural logarithm."""
    return library(values, np.log, tf.math.log)(values)


def exp(values):
    """The exponential function."""
    return library(values, np.exp, tf.math.exp)(values)


def square_root(values):
    """The square root."""
    return library(values, np.sqrt, tf.math.sqrt)(values)


def maximum(values, other):
    """The larger of each two values."""
    return library(values, np.maximum, tf.maximum)(values, other)


def mean_of_rows(values):
    """The mean over axis 1, which is kept with length 1, but of NaN."""
    if isinstance(values, np.ndarray):
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=1, keepdims=True), 1)
        return np.where(known, values, 0.0).sum(axis=1, keepdims=True) / count
    known = tf.cast(~tf.math.is_nan(values), values.dtype)
    count = tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True), 1)
    total = tf.reduce_sum(zero_for_nan(values), axis=1, keepdims=True)
    return total / count


def zero_for_nan(values):
    """The values, 0 where there is none."""
    if isinstance(values, np.ndarray):
        return np.where(np.isnan(values), 0.0, values)
    return tf.where(tf.math.is_nan(values), tf.zeros_like(values), values)


def take(values, positions):
    """The entries along the first axis at some positions."""
    if isinstance(positions, np.ndarray):
        return values[positions]
    return tf.gather(values, positions)


def library(values, of_arrays, of_tensors):
    """The function for this kind of value."""
    return of_arrays if isinstance(values, np.ndarray) else of_tensors
