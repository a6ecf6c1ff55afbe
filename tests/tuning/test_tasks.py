# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.data import Columns, Windows
from keras_rnn.models import MultiClass, Regression, Sequences, Tokens
from keras_rnn.tuning import Arrays, Batches, CrossValidation, Forecast
from tests.tuning import tiny


def test_answers_of_a_regression_get_the_shape_of_the_head():
    task = Arrays(np.zeros((6, 4, 2)), np.zeros((6, 3)), Regression(3))
    assert task.y.shape == (6, 3, 1)
    assert task.inputs.num_features == 2
    assert task.loss == "mae"


def test_token_ids_need_to_be_called_so():
    ids, y = np.ones((6, 4), int), np.zeros(6, int)
    with pytest.raises(ValueError, match="inputs=Tokens"):
        Arrays(ids, y, MultiClass(2))
    task = Arrays(
        ids, y, MultiClass(2), inputs=Tokens(9), score_name="accuracy"
    )
    assert task.direction == "max"
    assert task.loss == "sparse_categorical_crossentropy"


def test_samples_without_order_judge_each_other():
    task = Arrays(np.zeros((9, 4, 2)), np.zeros(9), Regression(), ordered=False)
    folds = task.folds(CrossValidation(folds=3))
    assert sum(len(fold.validation) for fold in folds) == 9


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="equally many samples"):
        Arrays(np.zeros((6, 4, 2)), np.zeros(5), Regression())


def test_a_dataset_without_an_end_is_refused():
    dataset = tf.data.Dataset.from_tensors(0).repeat()
    task = Batches(dataset, Regression(), Sequences())
    with pytest.raises(ValueError, match=r"Remove `.repeat\(\)`"):
        len(task)


def test_other_data_has_another_fingerprint():
    assert tiny.arrays().fingerprint() == tiny.arrays().fingerprint()
    assert tiny.arrays().fingerprint() != tiny.arrays(20).fingerprint()
    windows = Windows(lookback=6, horizon=3)
    other = Forecast(tiny.wave(), Columns("y"), windows)
    assert tiny.forecast().fingerprint() != other.fingerprint()


def test_many_series_are_refused():
    columns = Columns("y", series="shop")
    with pytest.raises(ValueError, match="Folds are cut in one series"):
        Forecast(tiny.wave(), columns, Windows(lookback=6, horizon=2))


def test_baselines_are_judged_by_the_same_windows():
    scores = tiny.forecast().baselines(CrossValidation(folds=2, gap=1))
    assert scores["seasonal naive"] == pytest.approx([0.12, 0.12])
