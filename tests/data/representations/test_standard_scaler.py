# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.data.representations.standard_scaler import StandardScaler


def test_columns_get_mean_zero_and_standard_deviation_one():
    # Mean 3 and standard deviation 2; mean 30 and standard deviation 20.
    values = np.array([[1.0, 10.0], [5.0, 50.0]])
    scaler = StandardScaler.fit(values)
    assert scaler.mean.tolist() == [3.0, 30.0]
    assert scaler.scale.tolist() == [2.0, 20.0]
    assert scaler.transform(values).tolist() == [[-1.0, -1.0], [1.0, 1.0]]


@pytest.mark.parametrize("level", [0.0, 0.1, -1e9, 1e-300])
def test_a_constant_column_is_exactly_zero_with_scale_one(level):
    values = np.full((1000, 1), level)
    scaler = StandardScaler.fit(values)
    assert scaler.scale.tolist() == [1.0]
    assert not scaler.transform(values).any()
    assert scaler.transform(values + 2.0) == pytest.approx(2.0)


def test_small_changes_on_a_large_level_survive():
    values = 1e9 + np.array([[-1.0], [1.0]])
    scaled = StandardScaler.fit(values).transform(values)
    assert scaled.astype(np.float32).tolist() == [[-1.0], [1.0]]


def test_no_columns_are_scaled_to_no_columns():
    values = np.empty((5, 0))
    assert StandardScaler.fit(values).transform(values).shape == (5, 0)


@given(arrays(np.float64, (6, 2), elements=st.floats(-1e6, 1e6)))
def test_inverse_undoes_transform(values):
    scaler = StandardScaler.fit(values)
    back = scaler.inverse(scaler.transform(values))
    np.testing.assert_allclose(back, values, rtol=1e-12, atol=1e-8)
