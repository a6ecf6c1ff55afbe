# SPDX-License-Identifier: Apache-2.0
"""The uses of TensorFlow: datasets, and the tensors that they read.

TensorFlow takes seconds to import. So nothing else in `data` imports it, and
this file is imported only by functions that make a dataset, when they do.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import tensorflow as tf

from keras_rnn._types import Array, ArrayLike

if TYPE_CHECKING:
    Dataset: TypeAlias = tf.data.Dataset[Any]
else:  # isinstance takes the bare class
    Dataset = tf.data.Dataset


def constant(values: Array) -> tf.Tensor:
    """An array as a tensor for datasets, on the CPU.

    tf.data runs on the CPU; on a machine with an accelerator constants would
    otherwise be placed there and copied back for every batch.
    """
    # Eagerly, for the tensor outlives the graph that the caller may trace.
    with tf.init_scope(), tf.device("CPU"):
        return tf.constant(values)


def in_batches(
    cutoffs: ArrayLike,
    batch_size: int,
    *,
    shuffle: bool = False,
    seed: int | None = None,
) -> Dataset:
    """The cutoffs in batches.

    A shuffled epoch is one permutation, drawn when it begins: every order is
    equally likely, and the first batch does not wait for a buffer that is
    filled with one cutoff at a time.

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
    cutoffs = np.asarray(cutoffs, np.int64)
    if not shuffle:
        return _cut(constant(cutoffs), batch_size)
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


def epochs(
    cutoffs: ArrayLike, batch_size: int, *, seed: int, start: int = 0
) -> Dataset:
    """Batches of one shuffled epoch after the other, without an end.

    The order of an epoch is drawn in NumPy from the seed and the number of
    the epoch. So batch k is the same one whatever `start` is.

    Args:
        cutoffs: int64, shape (windows,).
        batch_size: Number of cutoffs in a batch; the last of an epoch holds
            the rest.
        seed: The seed of the orders.
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
    cutoffs = np.asarray(cutoffs, np.int64)
    count = -(-len(cutoffs) // batch_size)
    first, within = divmod(start, count)
    numbers = tf.data.Dataset.counter(first)
    return _permuted(numbers, cutoffs, batch_size, seed).skip(within)


def _permuted(
    numbers: Dataset, cutoffs: Array, batch_size: int, seed: int
) -> Dataset:
    """The batches of the epochs with these numbers."""

    def permutation(number):
        return np.random.default_rng((seed, number)).permutation(cutoffs)

    def batches(number):
        ordered = tf.numpy_function(permutation, [number], tf.int64)
        return _cut(tf.ensure_shape(ordered, cutoffs.shape), batch_size)

    return numbers.flat_map(batches)


def _cut(ordered: tf.Tensor, batch_size: int) -> Dataset:
    """Batches of a tensor, in its order."""
    starts = tf.data.Dataset.range(0, len(ordered), batch_size)
    return starts.map(lambda start: ordered[start : start + batch_size])


def cut_out(cutoffs: Dataset, cut: Callable[..., Any]) -> Dataset:
    """Replaces the cutoffs in a dataset by windows.

    Args:
        cutoffs: tf.data.Dataset of cutoffs, as `in_batches` returns it.
        cut: Function from a tensor of cutoffs to an element.
    """
    return _ahead(cutoffs, cut)


def of_chunks(
    chunks: Array,
    begins: Array,
    chunk_length: int,
    cut: Callable[..., Any],
    *,
    starts: bool,
) -> Dataset:
    """Batches of chunks, whose steps are windows with a lookback of 1.

    Args:
        chunks: First step of each chunk, int64, shape (batches, batch).
        begins: Whether the state begins at zero with a chunk, bool, the same
            shape.
        chunk_length: Steps of a chunk.
        cut: Function from steps, int64, to inputs, targets and maybe weights.
        starts: Whether the inputs contain `begins`.

    Returns:
        A tf.data.Dataset of (x, y), or (x, y, weights) if `cut` returns them.
    """
    batch_size = chunks.shape[1]

    def folded(flat):
        """From (batch · chunk, ...) to (batch, chunk, ...)."""
        return tf.reshape(flat, [batch_size, chunk_length, *flat.shape[1:]])

    def batch(first, begin):
        steps = first[:, tf.newaxis] + tf.range(chunk_length, dtype=tf.int64)
        x, *targets = cut(tf.reshape(steps, [-1]))
        inputs = x if isinstance(x, dict) else {"past": x}
        inputs["past"] = folded(inputs["past"])[:, :, 0]  # lookback 1
        if "static" in inputs:
            inputs["static"] = folded(inputs["static"])[:, 0]
        if starts:
            inputs["starts"] = begin
        inputs = inputs if len(inputs) > 1 else inputs["past"]
        return inputs, *map(folded, targets)

    pairs = tf.data.Dataset.from_tensor_slices((chunks, begins))
    return _ahead(pairs, batch)


def epochs_of_arrays(
    arrays: Sequence[Array], batch_size: int, *, seed: int, start: int = 0
) -> Dataset:
    """Batches of one shuffled epoch of samples after the other, without an end.

    Args:
        arrays: Arrays of equal length.
        batch_size: Number of samples in a batch; the last of an epoch holds
            the rest.
        seed: As in `epochs`.
        start: As in `epochs`.
    """
    tensors = tuple(map(constant, arrays))
    rows = epochs(np.arange(len(arrays[0])), batch_size, seed=seed, start=start)
    return rows.map(
        lambda some: tuple(tf.gather(values, some) for values in tensors)
    )


def repeated(dataset: Dataset, count: int, start: int = 0) -> Dataset:
    """The batches of a dataset over and over, without an end.

    Args:
        dataset: A tf.data.Dataset of `count` batches.
        count: Number of its batches.
        start: Number of the first batch, counted from 0 over all rounds.
    """
    return dataset.skip(start % count).concatenate(dataset.repeat())


def arrays_of_first(dataset: Dataset) -> list[Array]:
    """The arrays in the first batch of a dataset."""
    batches = dataset.take(1).as_numpy_iterator()
    return [array for batch in batches for array in tf.nest.flatten(batch)]


def has_no_end(dataset: Dataset) -> bool:
    """Whether a dataset repeats for ever."""
    return int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY


def _ahead(dataset: Dataset, function: Callable[..., Any]) -> Dataset:
    """Applies a function to each element, before the element is read."""
    found = dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)
    return found.prefetch(tf.data.AUTOTUNE)
