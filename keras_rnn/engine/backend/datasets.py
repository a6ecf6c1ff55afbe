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

    called, remedy = words

    def wrong(ids):
        if ids.dtype.is_floating:  # NaN equals nothing
            found = (ids < 0) | (ids >= count) | (ids != tf.floor(ids))
        else:
            ids = tf.cast(ids, tf.int64)
            found = (ids < 0) | (ids >= count)
        if ignored is not None:
            found &= ids != tf.cast(ignored, ids.dtype)
        return tf.boolean_mask(ids, found)

    def checked(*element):
        # A dataset spreads tuples over the arguments.
        whole = element if len(element) > 1 else element[0]
        for ids in tensors_of(whole):
            outside = wrong(getattr(ids, "flat_values", ids))
            tf.debugging.Assert(
                tf.equal(tf.size(outside), 0),
                [
                    f"{called} must lie in 0 .. {count - 1}. Received:",
                    outside,
                    remedy,
                ],
            )
        return whole

    return dataset.map(checked)
