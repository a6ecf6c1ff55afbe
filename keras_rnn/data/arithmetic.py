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
    """The mean over axis 1, which is kept with length 1."""
    if isinstance(values, np.ndarray):
        return values.mean(axis=1, keepdims=True)
    return tf.reduce_mean(values, axis=1, keepdims=True)


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
