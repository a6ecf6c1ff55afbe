# SPDX-License-Identifier: Apache-2.0
"""Labels that are no probability do not reach the loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.models import (
    Binary,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
)

X = np.zeros((3, 4, 1), "float32")
Y = np.array([0.0, 1.0, 0.3])
LOSSES = {
    "name": "binary_crossentropy",
    "class_name": "BinaryCrossentropy",
    "function": keras.losses.binary_crossentropy,
    "object": keras.losses.BinaryFocalCrossentropy(),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def detector(loss="binary_crossentropy"):
    model = many_to_one(Stack("elman", 2), Sequences(), Binary())
    model.compile("sgd", loss)
    return model


@every_loss
@pytest.mark.parametrize("wrong", [2.0, -1.0, np.nan, np.inf, 1.001])
def test_labels_beyond_0_and_1_are_refused(loss, wrong):
    y = np.where(Y == 1, wrong, Y)
    said = rf"labels must lie in 0 \.\. 1.*{wrong} in the targets.*class 1 and"
    with pytest.raises(ValueError, match=said):
        detector(loss).fit(X, y, verbose=0)


def test_words_are_refused():
    with pytest.raises(ValueError, match=r"of dtype <U3\. Label the positive"):
        detector().fit(X, np.array(["yes", "no", "no"]), verbose=0)


@every_loss
@pytest.mark.parametrize("dtype", ["float32", "bool", "int64"])
def test_labels_and_shares_are_taken(loss, dtype):
    y = Y.astype(dtype)
    assert np.isfinite(detector(loss).evaluate(X, y, verbose=0))
    assert np.isfinite(detector(loss).evaluate(X, y[:, None], verbose=0))


def test_a_dataset_is_looked_at_while_it_is_read():
    def loss_of(y):
        batches = tf.data.Dataset.from_tensor_slices((X, y)).batch(2)
        return detector().evaluate(batches, verbose=0)

    assert np.isfinite(loss_of(Y.astype("float32")))
    for wrong in (2.0, np.nan):
        y = np.where(Y == 1, wrong, Y).astype("float32")
        with pytest.raises(
            (ValueError, tf.errors.InvalidArgumentError),
            match=r"Binary labels must lie in 0 \.\. 1",
        ):
            loss_of(y)


def test_labels_of_steps_are_looked_at():
    model = many_to_many(Stack("elman", 2), Tokens(5, 2), Binary())
    model.compile("sgd", "binary_crossentropy")
    ids = np.array([[1, 2, 0]])
    with pytest.raises(ValueError, match="padding may have either"):
        model.evaluate(ids, np.array([[0, 1, -1]]), verbose=0)
    assert np.isfinite(model.evaluate(ids, np.array([[0, 1, 0]]), verbose=0))


def test_another_loss_takes_other_numbers():
    assert np.isfinite(detector("hinge").evaluate(X, 2 * Y - 1, verbose=0))
