# SPDX-License-Identifier: Apache-2.0
"""All that is asked of TensorFlow here: datasets, and the tensors they read.

It takes seconds to import, so nothing else in `data` imports it, and this file
is imported by functions that make a dataset, when they do.
"""

import itertools

import numpy as np
import tensorflow as tf

Dataset = tf.data.Dataset


def constant(values):
    """An array as a tensor that datasets read, wherever the caller stands.

    tf.data runs on the CPU; on a machine with an accelerator constants would
    otherwise be placed there and copied back for every batch.
    """
    # Eagerly, for the tensor outlives the graph that the caller may trace.
    with tf.init_scope(), tf.device("CPU"):
        return tf.constant(values)


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
        return _cut(constant(np.asarray(cutoffs, np.int64)), batch_size)
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


def cut_out(cutoffs, cut):
    """Windows in place of the cutoffs in a dataset.

    Args:
        cutoffs: tf.data.Dataset of cutoffs, as `in_batches` returns it.
        cut: Function from a tensor of cutoffs to what an element becomes.
    """
    return _ahead(cutoffs, cut)


def of_chunks(chunks, begins, chunk_length, cut, *, starts):
    """Batches of chunks, step by step windows with a lookback of 1.

    Args:
        chunks: First step of each chunk, int64, shape (batches, batch).
        begins: Whether a series begins with it, bool, the same shape.
        chunk_length: Steps of a chunk.
        cut: Function from steps, int64, to inputs and answers.
        starts: Whether the inputs say which chunks begin.

    Returns:
        A tf.data.Dataset of (x, y), or with what `cut` returns beyond them.
    """
    batch_size = chunks.shape[1]

    def folded(flat):
        """From (batch · chunk, ...) to (batch, chunk, ...)."""
        return tf.reshape(flat, [batch_size, chunk_length, *flat.shape[1:]])

    def batch(first, begin):
        steps = first[:, tf.newaxis] + tf.range(chunk_length, dtype=tf.int64)
        x, *answers = cut(tf.reshape(steps, [-1]))
        inputs = x if isinstance(x, dict) else {"past": x}
        inputs["past"] = folded(inputs["past"])[:, :, 0]  # lookback 1
        if "static" in inputs:
            inputs["static"] = folded(inputs["static"])[:, 0]
        if starts:
            inputs["starts"] = begin
        inputs = inputs if len(inputs) > 1 else inputs["past"]
        return inputs, *map(folded, answers)

    pairs = tf.data.Dataset.from_tensor_slices((chunks, begins))
    return _ahead(pairs, batch)


def of_arrays(arrays, batch_size, seed):
    """Batches of samples in arrays, shuffled anew in each epoch.

    Args:
        arrays: Tuple of arrays of equal length.
        batch_size: Number of samples in a batch; the last holds the rest.
        seed: As in `in_batches`.
    """
    tensors = tuple(map(constant, arrays))
    rows = in_batches(
        np.arange(len(arrays[0])), batch_size, shuffle=True, seed=seed
    )
    return rows.map(
        lambda some: tuple(tf.gather(values, some) for values in tensors)
    )


def arrays_of_first(dataset):
    """The arrays in the first batch of a dataset."""
    batches = dataset.take(1).as_numpy_iterator()
    return [array for batch in batches for array in tf.nest.flatten(batch)]


def has_no_end(dataset):
    """Whether a dataset repeats for ever."""
    return int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY


def _ahead(dataset, function):
    """A function of each element, computed before it is asked for."""
    found = dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)
    return found.prefetch(tf.data.AUTOTUNE)
