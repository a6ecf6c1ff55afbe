# SPDX-License-Identifier: Apache-2.0
"""A dataset with one target for many sequences is no training set."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.models import Regression, Sequences, Stack, many_to_one

X = np.ones((4, 3, 1), "float32")
REFUSED = (ValueError, tf.errors.InvalidArgumentError)


def forecaster():
    model = many_to_one(Stack("elman", 2), Sequences(), Regression())
    model.compile("sgd", "mse")
    return model


def given(known, *shapes):
    """One batch of ones, its sizes known while a graph is made, or not."""
    batch = (X, *(np.ones(shape, "float32") for shape in shapes))
    if known:
        return tf.data.Dataset.from_tensors(batch)
    signature = tuple(tf.TensorSpec((None, *v.shape[1:])) for v in batch)
    return tf.data.Dataset.from_generator(
        lambda: [batch], output_signature=signature
    )


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    "shapes", [[(1, 1, 1)], [(4, 1, 1), (1,)], [(2, 1, 1)]], ids=str
)
def test_targets_and_weights_of_another_batch_are_refused(known, shapes):
    with pytest.raises(REFUSED, match=r"must have the same batch|Dimensions"):
        forecaster().evaluate(given(known, *shapes), steps=1, verbose=0)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("shapes", [[(4, 1, 1)], [(4, 1, 1), (4,)]], ids=str)
def test_those_of_the_same_batch_are_taken(known, shapes):
    forecaster().evaluate(given(known, *shapes), steps=1, verbose=0)
