# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.models import (
    Binary,
    Stack,
    Tokens,
    for_inference,
    many_to_one,
    predict_online,
)

GOOD = np.array([[3, 4, 0], [9, 1, 2]])
Y = np.array([0.0, 1.0], "float32")
WRONG = {"below": -1, "beyond": 10, "no number": np.nan, "no id": 1.5}
every_wrong_id = pytest.mark.parametrize("bad", WRONG.values(), ids=WRONG)


@pytest.fixture(scope="module")
def model():
    model = many_to_one(Stack("simple_rnn", 2), Tokens(10, 2), Binary())
    model.compile("sgd", "binary_crossentropy", run_eagerly=True)
    return model


class Batches(keras.utils.PyDataset):
    def __init__(self, ids, **kwargs):
        super().__init__(**kwargs)
        self.ids = ids
        self.ends = 0

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return self.ids, Y

    def on_epoch_end(self):
        self.ends += 1


def with_one(bad):
    ids = GOOD.astype("float64" if isinstance(bad, float) else "int64")
    ids[1, 2] = bad
    return ids


def ways_in(model):
    """All methods that take ids, by what the ids are in."""
    return {
        "fit": lambda ids: model.fit(ids, Y, verbose=0),
        "validation": lambda ids: model.fit(
            GOOD, Y, validation_data=(ids, Y), verbose=0
        ),
        "evaluate": lambda ids: model.evaluate(ids, Y, verbose=0),
        "predict": lambda ids: model.predict(ids, verbose=0),
        "train_on_batch": lambda ids: model.train_on_batch(ids, Y),
        "test_on_batch": lambda ids: model.test_on_batch(ids, Y),
        "predict_on_batch": lambda ids: model.predict_on_batch(ids),
        "PyDataset": lambda ids: model.fit(
            Batches(ids), shuffle=False, verbose=0
        ),
        "predict PyDataset": lambda ids: model.predict(Batches(ids), verbose=0),
        "generator": lambda ids: model.fit(
            ((ids, Y) for _ in range(2)),
            steps_per_epoch=1,
            shuffle=False,
            verbose=0,
        ),
    }


@every_wrong_id
def test_wrong_ids_are_refused_wherever_they_come_in(model, bad):
    before = [w.copy() for w in model.get_weights()]
    for take in ways_in(model).values():
        with pytest.raises(ValueError, match=f"0 .. 9. Received: {bad}"):
            take(with_one(bad))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_right_ids_come_in_everywhere(model):
    for take in ways_in(model).values():
        take(GOOD)


@pytest.mark.parametrize("bad", [-1, 10, 1.5, np.nan])
@pytest.mark.parametrize("method", ["evaluate", "predict"])
def test_a_dataset_asserts_it_while_it_is_read(model, bad, method):
    ids = with_one(bad)
    data = tf.data.Dataset.from_tensor_slices((ids, Y)).batch(2)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=rf"0 .. 9.*Received:.*{bad}"
    ):
        getattr(model, method)(data, verbose=0)


def test_a_dataset_of_right_ids_is_read(model):
    data = tf.data.Dataset.from_tensor_slices((GOOD, Y)).batch(2)
    found = model.predict(data, verbose=0)
    np.testing.assert_allclose(found, model.predict(GOOD, verbose=0))


def test_a_dataset_is_told_that_its_epochs_end(model):
    data = Batches(GOOD)
    model.fit(data, epochs=2, verbose=0)
    assert data.ends >= 2  # Keras says it once more at the end


@every_wrong_id
def test_wrong_ids_never_reach_the_states(model, bad):
    online = for_inference(model, batch_size=2)
    first = predict_online(online, GOOD[:, 0])
    with pytest.raises(ValueError, match=f"Received: {bad} in `row`"):
        predict_online(online, with_one(bad)[:, 2])
    second = predict_online(online, GOOD[:, 1])
    right = for_inference(model, batch_size=2)
    np.testing.assert_array_equal(first, predict_online(right, GOOD[:, 0]))
    np.testing.assert_array_equal(second, predict_online(right, GOOD[:, 1]))
