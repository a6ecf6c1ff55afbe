# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.models import Binary, MultiClass, Regression, Sequences, Tokens
from keras_rnn.tuning import Arrays, CrossValidation

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(12, 4, 2)).astype("float32")
CLASSES = np.arange(12) % 3
IDS = np.arange(12).reshape(6, 2) % 5


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (Regression(), (12,)),
        (Regression(), (12, 1)),
        (Regression(), (12, 1, 1)),
        (Regression(3), (12, 3)),
        (Regression(3), (12, 3, 1)),
        (Regression(1, 2), (12, 2)),
        (Regression(3, 2), (12, 3, 2)),
    ],
)
def test_axes_of_size_1_may_be_left_out_of_numbers(head, shape):
    y = RANDOM.normal(size=shape)
    task = Arrays(X, y, head)
    assert task.y.shape == (12, head.horizon, head.num_targets)
    assert task.y.ravel().tolist() == y.ravel().tolist()
    assert task.inputs == Sequences(2, 4)
    assert task.training_loss == "mae"


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (Regression(), (12, 2)),
        (Regression(3), (12,)),
        (Regression(3), (12, 1)),
        (Regression(3, 2), (12, 2, 3)),  # a reshape would mix them up
        (Regression(3, 2), (12, 6)),
        (Regression(), (12, 1, 1, 1)),
    ],
)
def test_numbers_of_another_shape_are_refused(head, shape):
    with pytest.raises(ValueError, match="`y` must have the shape"):
        Arrays(X, np.zeros(shape), head)


@pytest.mark.parametrize(
    ("y", "head", "words"),
    [
        (np.eye(3)[CLASSES], MultiClass(3), r"y.argmax\(axis=1\)"),
        (CLASSES.astype(str), MultiClass(3), "np.unique"),
        (CLASSES.astype(object), MultiClass(3), "array of object"),
        (np.where(CLASSES == 0, np.nan, CLASSES), MultiClass(3), r"nan in y\["),
        (CLASSES + 1, MultiClass(3), r"y\[2\] = 3"),
        (CLASSES - 1, MultiClass(3), r"y\[0\] = -1"),
        (CLASSES + 0.5, MultiClass(3), r"y\[0\] = 0.5"),
        (np.zeros((12, 4)), MultiClass(3), "one label a sample"),
        (np.zeros((12, 4, 1)), MultiClass(3), "one label a sample"),
        (np.eye(2)[CLASSES % 2], Binary(), "one label a sample"),
        (np.zeros((12, 4)), Binary(), "one label a sample"),
        (CLASSES, Binary(), r"y\[2\] = 2"),
        (CLASSES % 2 * 2 - 1, Binary(), r"y\[0\] = -1"),
        (np.array(["a", "b"] * 6), Binary(), "np.unique"),
        (np.full(12, np.nan), Binary(), r"nan in y\[0\]"),
        (np.full(12, np.inf), Regression(), r"inf in y\[0\], and 12"),
        (np.full(12, 1e39), Regression(), "finite in float32"),
        (np.array(["1.5"] * 12), Regression(), "must hold numbers"),
        (np.datetime64("2024-01-01") + CLASSES, Regression(), "hold numbers"),
        (np.zeros(5), Regression(), "equally many samples"),
        (0.0, Regression(), "equally many samples"),
    ],
)
def test_answers_that_the_head_does_not_state_are_refused(y, head, words):
    with pytest.raises(ValueError, match=words):
        Arrays(X, y, head)


@pytest.mark.parametrize(
    "y", [CLASSES, CLASSES.astype(float), CLASSES[:, None], CLASSES.tolist()]
)
def test_numbers_of_classes_are_taken(y):
    task = Arrays(X, y, MultiClass(3), score_name="accuracy")
    assert task.y.tolist() == CLASSES.tolist()
    assert task.direction == "max"


@pytest.mark.parametrize(
    "y", [CLASSES == 0, (CLASSES == 0) * 1, (CLASSES == 0) * 0.5]
)
def test_yes_no_and_what_lies_between_are_taken(y):
    task = Arrays(X, y, Binary())
    assert task.y.ravel().tolist() == y.astype(float).tolist()


def test_a_loss_of_probabilities_takes_them():
    one_hot = np.eye(3)[CLASSES]
    loss = "categorical_crossentropy"
    assert Arrays(X, one_hot, MultiClass(3), loss=loss).y.shape == (12, 3)
    with pytest.raises(ValueError, match="compares probabilities"):
        Arrays(X, CLASSES, MultiClass(3), loss=loss)


def wrong_at(place, value):
    x = X.copy()
    x[place] = value
    return x


@pytest.mark.parametrize(
    ("x", "inputs", "words"),
    [
        (wrong_at((3, 2, 1), np.nan), None, r"nan in x\[3, 2, 1\]"),
        (wrong_at((0, 0, 0), -np.inf), None, "-inf"),
        (np.full((12, 4, 2), 1e39), None, "finite in float32"),
        (X.astype(str), None, "must hold numbers"),
        (X[..., 0], None, "Add an axis"),
        (X, Sequences(3), "shape that `inputs` states"),
        (X, Sequences(2, length=5), "shape that `inputs` states"),
        (X[..., 0], Sequences(1), "shape that `inputs` states"),
        (X, Sequences(2, num_static=1), "no future or static"),
        (X, Tokens(9), "shape that `inputs` states"),
    ],
)
def test_sequences_that_the_inputs_do_not_state_are_refused(x, inputs, words):
    with pytest.raises(ValueError, match=words):
        Arrays(x, np.zeros(12), Regression(), inputs=inputs)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (IDS + 1, r"= 4\. Received: 5 in x\[2, 0\]"),
        (IDS - 1, r"-1 in x\[0, 0\]"),
        (IDS + 0.5, "whole numbers"),
        (IDS.astype(str), "whole numbers"),
        (np.where(IDS == 0, np.nan, IDS), "whole numbers"),
        (IDS[:, :1], "shape that `inputs` states"),
    ],
)
def test_ids_beyond_the_vocabulary_are_refused(ids, words):
    with pytest.raises(ValueError, match=words):
        Arrays(ids, np.zeros(6), Regression(), inputs=Tokens(5, length=2))


def test_ids_of_the_vocabulary_are_taken_once_they_are_called_so():
    Arrays(IDS, np.zeros(6), Regression(), inputs=Tokens(5))
    with pytest.raises(ValueError, match="inputs=Tokens"):
        Arrays(IDS, np.zeros(6), Regression())


@pytest.mark.parametrize(
    ("y", "head"),
    [
        (np.repeat([0, 1], 6), Binary()),
        (np.repeat([1, 0], 6), Binary()),
        (np.repeat([2, 0, 1], 4), MultiClass(3)),
    ],
)
def test_samples_sorted_by_class_are_warned_about(y, head):
    with pytest.warns(UserWarning, match="ordered=False") as warned:
        Arrays(X, y, head)
    assert warned[0].filename == __file__
    Arrays(X, y, head, ordered=False)


@pytest.mark.parametrize("y", [CLASSES, np.zeros(12), [0] * 5 + [1] + [0] * 6])
def test_samples_in_another_order_are_not_warned_about(y):
    Arrays(X, y, MultiClass(3))


def test_samples_without_order_judge_each_other():
    task = Arrays(X, CLASSES, MultiClass(3), ordered=False)
    folds = task.folds(CrossValidation(folds=3))
    assert sum(len(fold.validation) for fold in folds) == 12


@pytest.mark.parametrize("loss", ["maee", 3])
def test_a_loss_that_keras_does_not_know_is_refused(loss):
    with pytest.raises((TypeError, ValueError), match="`loss` must be"):
        Arrays(X, np.zeros(12), Regression(), loss=loss)


def test_numbers_have_no_accuracy():
    with pytest.raises(ValueError, match="Only classes have an accuracy"):
        Arrays(X, np.zeros(12), Regression(), score_name="accuracy")
