# SPDX-License-Identifier: Apache-2.0
"""In which order the windows of a part come."""

import itertools

import numpy as np
import tensorflow as tf


def in_batches(cutoffs, batch_size, *, shuffle=False, seed=None):
    """The cutoffs, batch by batch.

    A shuffled epoch is one permutation, drawn when it begins: every order is
    equally likely, and the first batch does not wait for a buffer that takes
    in one cutoff at a time.

    Args:
        cutoffs: int64, shape (windows,).
        batch_size: Number of cutoffs in a batch; the last holds the rest.
        shuffle: Whether each epoch has a new order.
        seed: Makes the orders reproducible; None leaves them to
            `tf.random.set_seed`.

    Returns:
        A tf.data.Dataset of int64 tensors of shape (batch,).

    Example:
        >>> batches = in_batches([3, 4, 5, 6, 7], 2)
        >>> [batch.numpy().tolist() for batch in batches]
        [[3, 4], [5, 6], [7]]
    """
    if not shuffle:
        # tf.data runs on the CPU, and so must what it reads.
        with tf.device("CPU"):
            return _cut(tf.constant(cutoffs, tf.int64), batch_size)
    if seed is None:
        seed = int(tf.random.uniform((), maxval=2**31 - 1, dtype=tf.int32))
    # Each iteration is the next epoch.
    numbers = itertools.count()
    number = tf.data.Dataset.range(1).map(
        lambda _: tf.numpy_function(lambda: next(numbers), [], tf.int64)
    )
    count = -(-len(cutoffs) // batch_size)
    return _permuted(number, cutoffs, batch_size, seed).apply(
        tf.data.experimental.assert_cardinality(count)
    )


def epochs(cutoffs, batch_size, *, seed, start=0):
    """Batches of one shuffled epoch after the other, without an end.

    The order of an epoch is drawn in NumPy from the seed and the number of
    the epoch. So batch k is the same one wherever the reading starts.

    Args:
        cutoffs: int64, shape (windows,).
        batch_size: Number of cutoffs in a batch; the last of an epoch holds
            the rest.
        seed: Integer.
        start: Number of the first batch, counted from 0 over all epochs.

    Returns:
        A tf.data.Dataset of int64 tensors of shape (batch,).

    Example:
        >>> def rows(start):
        ...     batches = epochs([3, 4, 5], 2, seed=0, start=start)
        ...     return [batch.numpy().tolist() for batch in batches.take(5)]
        >>> rows(start=3)[0] == rows(start=0)[3]
        True
    """
    count = -(-len(cutoffs) // batch_size)
    first, within = divmod(start, count)
    numbers = tf.data.Dataset.counter(first)
    return _permuted(numbers, cutoffs, batch_size, seed).skip(within)


def _permuted(numbers, cutoffs, batch_size, seed):
    """The batches of the epochs with these numbers."""
    cutoffs = np.asarray(cutoffs, np.int64)

    def permutation(number):
        return np.random.default_rng((seed, number)).permutation(cutoffs)

    def batches(number):
        ordered = tf.numpy_function(permutation, [number], tf.int64)
        return _cut(tf.ensure_shape(ordered, cutoffs.shape), batch_size)

    return numbers.flat_map(batches)


def _cut(ordered, batch_size):
    starts = tf.data.Dataset.range(0, len(ordered), batch_size)
    return starts.map(lambda start: ordered[start : start + batch_size])
