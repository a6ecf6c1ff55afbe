# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.tuning.records.failures import reason_of
from tests.backend import tensorflow_only


@tensorflow_only
def test_the_reason_of_an_error_in_a_graph_is_what_was_wrong_in_it():
    model = keras.Sequential(
        [keras.Input((2,), dtype="int32"), keras.layers.Embedding(10, 1)]
    )
    model.compile("sgd", "mse", jit_compile=False)
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        model.fit(np.array([[3, 10]]), np.zeros((1, 2, 1)), verbose=0)
    assert reason_of(error.value) == (
        "InvalidArgumentError: indices[0,1] = 10 is not in [0, 10)"
    )


def test_the_reason_of_an_error_of_keras_is_what_it_expected():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="input shape") as error:
        model.layers[0](np.zeros((1, 3)))
    reason = reason_of(error.value)
    assert "expected axis -1 of input shape to have value 2" in reason
    assert "\x1b" not in reason


def test_an_error_without_words_is_named():
    assert reason_of(MemoryError()) == "MemoryError"
    assert reason_of(ValueError("  indented alone")) == (
        "ValueError:   indented alone"
    )
    assert len(reason_of(ValueError("x" * 9999))) < 500
