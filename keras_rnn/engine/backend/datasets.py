# SPDX-License-Identifier: Apache-2.0
"""Assertions in a `tf.data.Dataset`, whatever Keras runs on."""

from collections.abc import Callable, Iterable
from typing import Any

from keras_rnn._types import Shape, Tensor


def of_shape(tensor: Tensor, shape: Shape) -> Tensor:
    """The tensor; a graph that runs with another shape fails.

    Args:
        tensor: A tensor of TensorFlow.
        shape: Tuple of sizes, None where any size will do.
    """
    import tensorflow as tf

    return tf.ensure_shape(tensor, shape)


def asserting_ids(
    dataset: Any,
    tensors_of: Callable[[Any], Iterable[Tensor]],
    count: int,
    wording: tuple[str, str],
    ignored: int | None = None,
) -> Any:
    """The dataset, which fails where an id does not lie in 0 .. count − 1.

    Args:
        dataset: A `tf.data.Dataset`.
        tensors_of: Function from an element to the tensors of ids in it.
        count: How many ids there are.
        wording: What the error calls the ids, and the remedy it names.
        ignored: An id beyond them that is allowed as well, or None.

    Returns:
        A dataset of the same elements, which raises
        `tf.errors.InvalidArgumentError`.
    """
    import tensorflow as tf

    def wrong(ids):
        if ids.dtype.is_floating:  # NaN equals nothing
            found = (ids < 0) | (ids >= count) | (ids != tf.floor(ids))
        else:
            ids = tf.cast(ids, tf.int64)
            found = (ids < 0) | (ids >= count)
        if ignored is not None:
            found &= ids != tf.cast(ignored, ids.dtype)
        return found

    return _asserting(dataset, tensors_of, wrong, count - 1, wording)


def asserting_shares(
    dataset: Any,
    tensors_of: Callable[[Any], Iterable[Tensor]],
    wording: tuple[str, str],
) -> Any:
    """As `asserting_ids`, for numbers from 0 to 1."""
    return _asserting(
        dataset, tensors_of, lambda v: ~((v >= 0) & (v <= 1)), 1, wording
    )


def _asserting(dataset, tensors_of, wrong, last, wording):
    import tensorflow as tf

    name, remedy = wording

    def check(element):
        for values in tensors_of(element):
            values = getattr(values, "flat_values", values)
            outside = tf.boolean_mask(values, wrong(values))
            tf.debugging.Assert(
                tf.equal(tf.size(outside), 0),
                [
                    f"{name} must lie in 0 .. {last}. Received:",
                    outside,
                    remedy,
                ],
            )

    return _each_checked(dataset, check)


def asserting_equal_batches(dataset: Any) -> Any:
    """The dataset, which fails where targets or weights have another batch.

    Keras would broadcast a target of batch 1.

    Args:
        dataset: A `tf.data.Dataset` of inputs, targets and weights.
    """
    import tensorflow as tf

    def check(element):
        batches = [
            tf.shape(v)[0]
            for v in tf.nest.flatten(element)
            if isinstance(v, tf.Tensor) and v.shape.rank
        ]
        for batch in batches[1:]:
            tf.debugging.Assert(
                tf.equal(batch, batches[0]),
                [
                    "Inputs, targets and weights must have the same batch. "
                    "Received:",
                    batches[0],
                    batch,
                    "Give as many targets as sequences.",
                ],
            )

    return _each_checked(dataset, check)


def with_ids_before(
    dataset: Any, start_id: int, end_id: int, pads_source: bool
) -> Any:
    """The dataset of what a decoder reads.

    It fails at targets without end, and at sources of padding alone.

    Args:
        dataset: A `tf.data.Dataset` of sources and targets `(batch, time)`.
        start_id: The id before the first target.
        end_id: The id that each row of targets has to hold.
        pads_source: Whether sources are ids `(batch, steps)`, of which 0 is
            padding.

    Returns:
        A dataset whose inputs are a dict of the "source" and of the ids
        "before" those of the targets.
    """
    import tensorflow as tf

    def element(source, targets, *weights):
        ends = tf.reduce_any(tf.equal(tf.cast(targets, tf.int32), end_id), 1)
        tf.debugging.Assert(
            tf.reduce_all(ends),
            [
                f"Each row of targets must end in end_id={end_id}. Received:",
                targets,
                "Append it to each row before padding.",
            ],
        )
        if pads_source:
            tf.debugging.Assert(
                tf.reduce_all(tf.reduce_any(tf.not_equal(source, 0), axis=1)),
                [
                    "Each row of sources must hold a token besides the "
                    "padding 0. Received:",
                    source,
                    "Leave such rows out.",
                ],
            )
        start = tf.fill([tf.shape(targets)[0], 1], start_id)
        before = tf.concat([start, tf.cast(targets[:, :-1], tf.int32)], 1)
        before.set_shape(targets.shape[:2])
        inputs = {"source": source, "before": before}
        return (inputs, targets, *weights)

    return dataset.map(element)


def _each_checked(dataset, check):
    def checked(*components):
        # A dataset spreads an element that is a tuple over the arguments.
        element = components if components[1:] else components[0]
        check(element)
        return element

    return dataset.map(checked)
