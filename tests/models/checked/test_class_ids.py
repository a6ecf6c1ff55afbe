# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.models import (
    MultiClass,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
)

X = np.zeros((3, 4, 1), "float32")
Y = np.arange(3)
LOSSES = {
    "name": "sparse_categorical_crossentropy",
    "short_name": "crossentropy",
    "function": keras.losses.sparse_categorical_crossentropy,
    "object": keras.losses.SparseCategoricalCrossentropy(),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def classifier(loss):
    model = many_to_one(Stack("elman", 2), Sequences(), MultiClass(3))
    model.compile("sgd", loss)
    return model


@every_loss
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Y + 1, "Received: 3"),
        (Y - 1, "Received: -1"),
        (Y + 0.5, "Received: 0.5"),
        (np.where(Y == 1, np.nan, Y), "Received: nan"),
        (Y[:, None] + 1, "Received: 3"),
        (pd.Series(Y + 1), "Received: 3"),
        (np.array(["a", "b", "c"]), "dtype <U1. Number the classes"),
        (Y.astype(object), "dtype object. Number the classes"),
    ],
    ids=str,
)
def test_class_ids_that_no_class_has_are_refused(loss, wrong, said):
    with pytest.raises(ValueError, match=rf"0 \.\. 2\. .*{said}"):
        classifier(loss).fit(X, wrong, verbose=0)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float32"])
def test_class_ids_of_any_whole_numbers_are_taken(dtype):
    classifier(LOSSES["name"]).evaluate(X, Y.astype(dtype), verbose=0)


def test_every_call_looks_at_class_ids():
    model = classifier(LOSSES["name"])
    for call in (
        lambda: model.evaluate(X, Y + 1, verbose=0),
        lambda: model.train_on_batch(X, Y + 1),
        lambda: model.test_on_batch(X, Y + 1),
        lambda: model.fit(X, Y, validation_data=(X, Y + 1), verbose=0),
    ):
        with pytest.raises(ValueError, match="Received: 3 in the targets"):
            call()


def test_a_tag_per_step_is_looked_at():
    model = many_to_many(Stack("elman", 2), Tokens(5, 2), MultiClass(3))
    model.compile("sgd", LOSSES["name"])
    ids = np.array([[1, 2, 0]])
    with pytest.raises(ValueError, match="padding may be of any class"):
        model.evaluate(ids, np.array([[0, 2, -1]]), verbose=0)
    assert np.isfinite(model.evaluate(ids, np.array([[0, 2, 0]]), verbose=0))


@pytest.mark.parametrize("as_dataset", [False, True])
def test_a_loss_that_ignores_a_class_gets_its_ids_and_no_others(as_dataset):
    model = classifier(
        keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    )

    def loss_of(*classes):
        given = (X, np.array(classes))
        if as_dataset:
            given = (tf.data.Dataset.from_tensor_slices(given).batch(3),)
        return model.evaluate(*given, verbose=0)

    assert np.isfinite(loss_of(0, 2, -1))
    refused = (ValueError, tf.errors.InvalidArgumentError)
    for wrong in (3, -2, 1.5):
        with pytest.raises(refused, match=r"Class ids must lie in 0 \.\. 2"):
            loss_of(0, 2, wrong)


def test_targets_in_a_list_of_one_are_looked_at():
    with pytest.raises(ValueError, match=r"Received: 0\.5 in the targets"):
        classifier(LOSSES["name"]).evaluate(X, [Y + 0.5], verbose=0)


@every_loss
def test_one_hot_targets_are_no_class_ids(loss):
    if loss == "crossentropy":  # chosen by Keras when it sees the targets
        classifier(loss).evaluate(X, np.eye(3), verbose=0)
        return
    with pytest.raises(ValueError, match="use loss='categorical"):
        classifier(loss).evaluate(X, np.eye(3), verbose=0)


def test_one_hot_targets_may_be_any_numbers():
    model = classifier("categorical_crossentropy")
    assert np.isfinite(model.evaluate(X, np.eye(3) * 2 - 0.5, verbose=0))
