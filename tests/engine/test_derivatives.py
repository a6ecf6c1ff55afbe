# SPDX-License-Identifier: Apache-2.0
"""gradients, against derivatives written by hand and finite differences."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.engine import gradients
from keras_rnn.layers import LSTM


def arrays(tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


def test_gradients_equal_those_written_by_hand():
    x = np.array([[1.0, -2.0], [0.5, 3.0]], "float32")
    w = keras.Variable(np.array([[2.0], [-1.0]], "float32"))
    frozen = keras.Variable([3.0], trainable=False)

    value, d_tensors, d_variables = gradients(
        lambda x, bias: ops.sum((ops.matmul(x, w) * frozen + bias) ** 2),
        [x, np.float32(0.25)],
        [w, frozen],
    )

    product = x @ [[2.0], [-1.0]]
    answers = 3.0 * product + 0.25
    assert float(value) == pytest.approx(float(np.sum(answers**2)))
    by_hand = [2 * answers @ [[6.0, -3.0]], 2 * answers.sum()]
    for found, expected in zip(arrays(d_tensors), by_hand, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    by_hand = [6.0 * x.T @ answers, [2 * np.sum(answers * product)]]
    for found, expected in zip(arrays(d_variables), by_hand, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_gradients_of_an_lstm_equal_central_differences():
    layer = LSTM(3, seed=1)
    x = np.random.default_rng(0).normal(size=(2, 6, 2)).astype("float32")
    layer.build(x.shape)
    _, (found,), (found_kernel, *_) = gradients(
        lambda x: ops.sum(layer(x) ** 2), [x], layer.trainable_variables
    )

    def at(x):
        outputs = ops.convert_to_numpy(layer(x.astype("float32")))
        return float(np.sum(outputs**2))

    def slope(position, size=1e-2):
        step = np.zeros(x.shape)
        step[position] = size
        return (at(x + step) - at(x - step)) / (2 * size)

    for position in [(0, 0, 0), (1, 3, 1), (0, 5, 1)]:
        assert float(found[position]) == pytest.approx(slope(position), 2e-2)
    kernel = layer.cell.kernel
    weights = ops.convert_to_numpy(kernel)
    losses = []
    for size in (1e-2, -1e-2):
        moved = weights.copy()
        moved[1, 4] += size
        kernel.assign(moved)
        losses.append(at(x))
    by_differences = (losses[0] - losses[1]) / 2e-2
    assert float(found_kernel[1, 4]) == pytest.approx(by_differences, 2e-2)


def test_gradients_are_zeros_where_the_value_does_not_depend_on_them():
    unread = keras.Variable(np.ones((2, 3), "float32"))
    value, (d_tensor,), (d_variable,) = gradients(
        lambda x: ops.convert_to_tensor(7.0),
        [np.ones((4,), "float32")],
        [unread],
    )
    assert float(value) == 7.0
    np.testing.assert_array_equal(*arrays([d_tensor]), np.zeros((4,)))
    np.testing.assert_array_equal(*arrays([d_variable]), np.zeros((2, 3)))


def test_the_gradient_of_an_embedding_is_as_large_as_its_table():
    layer = keras.layers.Embedding(5, 2)
    ids = np.array([[1, 3, 1]])
    layer.build(ids.shape)
    _, _, (found,) = gradients(
        lambda: ops.sum(layer(ids)), variables=layer.trainable_variables
    )
    counts = [0, 2, 0, 1, 0]
    np.testing.assert_array_equal(
        *arrays([found]), np.outer(counts, np.ones(2))
    )


def test_what_the_function_assigns_is_gone_afterwards():
    layer = keras.layers.BatchNormalization()
    dropout = keras.layers.Dropout(0.5, seed=3)
    x = np.arange(6, dtype="float32").reshape(3, 2)
    layer.build(x.shape)
    variables = [*layer.variables, *dropout.variables]
    before = arrays(variables)
    gradients(
        lambda x: ops.sum(dropout(layer(x, training=True), training=True)),
        [x],
        layer.trainable_variables,
    )
    for old, new in zip(before, arrays(variables), strict=True):
        np.testing.assert_array_equal(new, old)


def test_a_penalty_that_a_layer_adds_can_be_differentiated():
    layer = keras.layers.Dense(1, activity_regularizer=keras.regularizers.L2(1))
    x = np.array([[1.0, 2.0], [3.0, -1.0]], "float32")
    layer.build(x.shape)

    def penalty(x):
        layer(x)
        return ops.sum(layer.losses[0])

    value, (found,), _ = gradients(penalty, [x])
    kernel = ops.convert_to_numpy(layer.kernel)
    # Keras divides the penalty of an activity by the size of the batch.
    assert float(value) == pytest.approx(float(np.sum((x @ kernel) ** 2)) / 2)
    np.testing.assert_allclose(
        *arrays([found]), x @ kernel @ kernel.T, rtol=1e-5
    )


def test_a_function_that_returns_no_scalar_is_refused():
    with pytest.raises(ValueError, match="must return a scalar"):
        gradients(lambda x: 2 * x, [np.ones((3,), "float32")])
