# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.models import (
    Regression,
    Sequences,
    Stack,
    many_to_one,
    reconstruction_error,
    sequence_autoencoder,
)

TIME, FEATURES = 5, 2


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(4, TIME, FEATURES))


def autoencoder(**inputs):
    inputs = Sequences(FEATURES, **inputs)
    return sequence_autoencoder(Stack("gru", 4), inputs, 2).autoencoder


def test_it_is_the_mean_square_over_features_and_steps(x):
    model = autoencoder(length=TIME)
    error = reconstruction_error(model, x, batch_size=3)
    squares = np.square(np.asarray(model(x), "float64") - x)
    np.testing.assert_allclose(error.per_step, squares.mean(2), rtol=1e-4)
    np.testing.assert_allclose(
        error.per_sample, squares.mean((1, 2)), rtol=1e-4
    )


def test_padding_is_no_error_and_changes_none(x):
    model = autoencoder(mask_value=0.0)
    padded = np.pad(x, [(0, 0), (0, 3), (0, 0)])
    padded[3] = 0
    error = reconstruction_error(model, padded)
    plain = reconstruction_error(model, x)
    np.testing.assert_allclose(
        error.per_sample[:3], plain.per_sample[:3], rtol=1e-5
    )
    assert np.isnan(error.per_sample[3])
    assert np.isnan(error.per_step[:, TIME:]).all()
    np.testing.assert_allclose(
        error.per_step[:3, :TIME], plain.per_step[:3], rtol=1e-5
    )


def test_a_sequence_of_another_shape_is_refused(x):
    with pytest.raises(ValueError, match=r"\(samples, 5, 2\)"):
        reconstruction_error(autoencoder(length=TIME), x[:, 1:])
    with pytest.raises(ValueError, match=r"\(samples, time, 2\)"):
        reconstruction_error(autoencoder(), x[:, :, :1])


def test_another_model_is_refused(x):
    model = many_to_one(Stack("elman", 3), Sequences(FEATURES), Regression())
    with pytest.raises(ValueError, match="made by sequence_autoencoder"):
        reconstruction_error(model, x)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
@pytest.mark.parametrize("mask_value", [None, 0.0])
def test_a_valid_step_that_is_no_number_is_refused(x, value, mask_value):
    model = autoencoder(mask_value=mask_value)
    x[2, 3, 1] = value
    with pytest.raises(ValueError, match="in step 3 of sample 2"):
        reconstruction_error(model, x)
