# SPDX-License-Identifier: Apache-2.0
import pytest
import tensorflow as tf

from keras_rnn.data import Columns, Windows
from keras_rnn.models import Regression, Sequences
from keras_rnn.tuning import Batches, CrossValidation, Forecast
from tests.tuning import tiny


def test_a_dataset_without_an_end_is_refused():
    dataset = tf.data.Dataset.from_tensors(0).repeat()
    task = Batches(dataset, Regression(), Sequences())
    with pytest.raises(ValueError, match=r"Remove `.repeat\(\)`"):
        len(task)


def test_many_series_are_refused():
    columns = Columns("y", series="shop")
    with pytest.raises(ValueError, match="Folds are cut in one series"):
        Forecast(tiny.wave(), columns, Windows(lookback=6, horizon=2))


def test_baselines_are_judged_by_the_same_windows():
    scores = tiny.forecast().baselines(CrossValidation(folds=2, gap=1))
    assert scores["seasonal naive"] == pytest.approx([0.12, 0.12])
