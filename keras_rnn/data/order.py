# SPDX-License-Identifier: Apache-2.0
"""In which order the windows of a part come."""

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
    # tf.data runs on the CPU, and so must what it reads.
    with tf.device("CPU"):
        cutoffs = tf.constant(cutoffs, tf.int64)

    def batches(ordered):
        starts = tf.data.Dataset.range(0, len(cutoffs), batch_size)
        return starts.map(lambda start: ordered[start : start + batch_size])

    if not shuffle:
        return batches(cutoffs)
    seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
    epoch = seeds.batch(2).take(1)
    return epoch.flat_map(
        lambda seeds: batches(
            tf.random.experimental.stateless_shuffle(cutoffs, seeds)
        )
    ).apply(tf.data.experimental.assert_cardinality(len(batches(cutoffs))))
