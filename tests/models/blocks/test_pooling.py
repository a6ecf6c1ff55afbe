# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.models import (
    AttentionPooling,
    LastStep,
    MaxPooling,
    MeanPooling,
    SumPooling,
)
from keras_rnn.models.blocks.pooling import POOLINGS

#: One sequence of three steps, two features.
X = np.array([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])

every_pooling = pytest.mark.parametrize("name", POOLINGS)


def test_without_a_mask_it_is_the_last_step():
    np.testing.assert_array_equal(LastStep()(X), [[3, 30]])


def test_with_a_mask_it_is_the_last_valid_step():
    for mask, expected in (
        ([True, True, False], [2, 20]),
        ([False, True, True], [3, 30]),
        ([True, False, False], [1, 10]),
        ([False, False, False], [0, 0]),
    ):
        y = LastStep()(X, mask=np.array([mask]))
        np.testing.assert_array_equal(y, [expected])


def test_the_backward_half_is_taken_at_the_first_valid_step():
    layer = LastStep(bidirectional=True)
    np.testing.assert_array_equal(layer(X), [[3, 10]])
    y = layer(X, mask=np.array([[False, True, True]]))
    np.testing.assert_array_equal(y, [[3, 20]])


@pytest.mark.parametrize(
    ("layer", "expected", "of_first_and_last"),
    [
        (MeanPooling(), [2, 20], [2, 20]),
        (SumPooling(), [6, 60], [4, 40]),
        (MaxPooling(), [3, 30], [3, 30]),
    ],
)
def test_sums_and_means_are_those_of_the_valid_steps(
    layer, expected, of_first_and_last
):
    np.testing.assert_allclose(layer(X), [expected])
    y = layer(X, mask=np.array([[True, False, True]]))
    np.testing.assert_allclose(y, [of_first_and_last])


def test_the_largest_of_negative_numbers_is_negative():
    mask = np.array([[True, True, False]])
    np.testing.assert_array_equal(MaxPooling()(-X, mask=mask), [[-1, -10]])


def test_attention_weights_steps_by_a_learned_query():
    layer = AttentionPooling(units=5)
    layer(X)
    kernel, bias, query = (0.1 * np.ones(w.shape) for w in layer.weights)
    layer.set_weights([kernel, bias, query])
    valid = X[:, [0, 2]]
    scores = np.tanh(valid @ kernel + bias) @ query
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = (shares * valid).sum(axis=1)
    y = layer(X, mask=np.array([[True, False, True]]))
    np.testing.assert_allclose(y, expected, rtol=1e-6)


@every_pooling
def test_what_stands_at_masked_steps_never_matters(name):
    layer = POOLINGS[name]()
    mask = np.array([[False, True, True, False], [True, False, False, False]])
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    before = np.asarray(layer(x, mask=mask))
    for intruder in (1e30, -1e30, np.nan):
        changed = np.where(mask[:, :, None], x, np.float32(intruder))
        np.testing.assert_array_equal(layer(changed, mask=mask), before)


@every_pooling
def test_a_sequence_without_a_valid_step_gives_zeros(name):
    mask = np.array([[True, True], [False, False]])
    y = POOLINGS[name]()(np.ones((2, 2, 3)), mask=mask)
    assert np.any(y[0])
    np.testing.assert_array_equal(y[1], np.zeros(3))


@every_pooling
def test_large_scores_stay_finite_in_half_precision(name):
    layer = POOLINGS[name](dtype="float16")
    y = layer(np.full((1, 3, 2), 3e4), mask=np.array([[True, False, False]]))
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    np.testing.assert_allclose(y, [[3e4, 3e4]], rtol=1e-3)


@every_pooling
def test_a_pooling_ends_the_mask_and_survives_saving(name, tmp_path):
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(5, 2, mask_zero=True)(ids)
    y = POOLINGS[name]()(x)
    assert getattr(y, "_keras_mask", None) is None
    assert y.shape == (None, 2)
    model = keras.Model(ids, y)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    prompt = np.array([[1, 2, 0], [3, 0, 0]])
    np.testing.assert_array_equal(model(prompt), loaded(prompt))


@pytest.mark.parametrize(
    ("layer", "name", "value"),
    [
        (LastStep(bidirectional=True), "bidirectional", True),
        (AttentionPooling(units=3), "units", 3),
    ],
)
def test_its_config_is_complete(layer, name, value):
    again = type(layer).from_config(layer.get_config())
    assert (getattr(again, name), again.name) == (value, layer.name)


def test_attention_refuses_a_width_that_is_none():
    with pytest.raises(ValueError, match="`units` must be a positive"):
        AttentionPooling(units=0)
