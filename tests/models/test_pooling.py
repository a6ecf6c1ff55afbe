# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np

from keras_rnn.models import LastStep

#: One sequence of three steps, two features.
X = np.array([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])


def test_without_a_mask_it_is_the_last_step():
    np.testing.assert_array_equal(LastStep()(X), [[3, 30]])


def test_with_a_mask_it_is_the_last_valid_step():
    for mask, expected in (
        ([True, True, False], [2, 20]),
        ([False, True, True], [3, 30]),
        ([True, False, False], [1, 10]),
        ([False, False, False], [1, 10]),
    ):
        y = LastStep()(X, mask=np.array([mask]))
        np.testing.assert_array_equal(y, [expected])


def test_the_backward_half_is_taken_at_the_first_valid_step():
    layer = LastStep(bidirectional=True)
    np.testing.assert_array_equal(layer(X), [[3, 10]])
    y = layer(X, mask=np.array([[False, True, True]]))
    np.testing.assert_array_equal(y, [[3, 20]])


def test_its_config_is_complete():
    layer = LastStep(bidirectional=True, name="last")
    again = LastStep.from_config(layer.get_config())
    assert (again.bidirectional, again.name) == (True, "last")


def test_it_ends_the_mask():
    ids = keras.Input((3,), dtype="int32")
    x = keras.layers.Embedding(5, 2, mask_zero=True)(ids)
    assert getattr(LastStep()(x), "_keras_mask", None) is None
