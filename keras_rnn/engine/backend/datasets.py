# SPDX-License-Identifier: Apache-2.0
"""Assertions in a `tf.data.Dataset`, whatever Keras runs on."""


def of_shape(tensor, shape):
    """The tensor; a dataset or graph fails when it runs if it has another.

    Args:
        tensor: A tensor of TensorFlow.
        shape: Tuple of sizes, None where any will do.
    """
    import tensorflow as tf

    return tf.ensure_shape(tensor, shape)


def asserting_ids(dataset, tensors_of, count, words, ignored=None):
    """The dataset; reading what is no id in 0 .. count − 1 fails.

    Args:
        dataset: A `tf.data.Dataset`.
        tensors_of: Function from an element to the tensors of ids in it.
        count: How many ids there are.
        words: What the ids are called, and the remedy, for the message.
        ignored: An id beyond them that is taken, too, or None.

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

    return _asserting(dataset, tensors_of, wrong, count - 1, words)


def asserting_shares(dataset, tensors_of, words):
    """As `asserting_ids`, for numbers from 0 to 1."""
    return _asserting(
        dataset, tensors_of, lambda v: ~((v >= 0) & (v <= 1)), 1, words
    )


def _asserting(dataset, tensors_of, wrong, last, words):
    import tensorflow as tf

    called, remedy = words

    def check(whole):
        for values in tensors_of(whole):
            values = getattr(values, "flat_values", values)
            outside = tf.boolean_mask(values, wrong(values))
            tf.debugging.Assert(
                tf.equal(tf.size(outside), 0),
                [
                    f"{called} must lie in 0 .. {last}. Received:",
                    outside,
                    remedy,
                ],
            )

    return _each_checked(dataset, check)


def asserting_equal_batches(dataset):
    """The dataset; reading targets or weights of another batch fails.

    Keras would broadcast a target of batch 1.

    Args:
        dataset: A `tf.data.Dataset` of inputs, targets and weights.
    """
    import tensorflow as tf

    def check(whole):
        batches = [
            tf.shape(v)[0]
            for v in tf.nest.flatten(whole)
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


def _each_checked(dataset, check):
    def checked(*element):
        # A dataset spreads tuples over the arguments.
        whole = element if len(element) > 1 else element[0]
        check(whole)
        return whole

    return dataset.map(checked)
