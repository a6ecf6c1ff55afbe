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


def asserting_range(dataset, tensors_of, vocabulary_size):
    """The dataset; reading an id outside of 0 .. vocabulary_size − 1 fails.

    Args:
        dataset: A `tf.data.Dataset`.
        tensors_of: Function from an element to the tensors of ids in it.
        vocabulary_size: How many ids there are.

    Returns:
        A dataset of the same elements, which raises
        `tf.errors.InvalidArgumentError`.
    """
    import tensorflow as tf

    def checked(*element):
        # A dataset spreads tuples over the arguments.
        whole = element if len(element) > 1 else element[0]
        for ids in tensors_of(whole):
            ids = tf.cast(getattr(ids, "flat_values", ids), tf.int64)
            outside = tf.boolean_mask(ids, (ids < 0) | (ids >= vocabulary_size))
            tf.debugging.Assert(
                tf.equal(tf.size(outside), 0),
                [
                    f"Token ids must lie in 0 .. {vocabulary_size - 1}. "
                    "Received:",
                    outside,
                    "Use the vocabulary the model was trained with.",
                ],
            )
        return whole

    return dataset.map(checked)
