# SPDX-License-Identifier: Apache-2.0
"""The blocks of recurrent kernels, against NumPy."""

import numpy as np
import pytest
from keras import ops

import keras_rnn
from keras_rnn.diagnostics.gradients.kernels import (
    kernel_table,
    recurrent_blocks,
)
from tests.rows import randomized

UNITS, FEATURES = 4, 3


def cell_of(layer):
    layer.build((None, None, FEATURES))
    return randomized(layer).cell


def kernel(cell, name="recurrent_kernel"):
    return ops.convert_to_numpy(getattr(cell, name))


def sizes(matrix):
    """The largest singular value, and the spectral radius."""
    values = np.linalg.eigvals(matrix)
    return np.linalg.norm(matrix, 2), np.abs(values).max()


def assert_sizes(cell, matrices):
    table = kernel_table(cell)
    assert table.index.get_level_values("gate").tolist() == list(matrices)
    expected = [sizes(matrix) for matrix in matrices.values()]
    np.testing.assert_allclose(table, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("layer", "gates"),
    [(keras_rnn.LSTM, "ifgo"), (keras_rnn.SimpleRNN, "h")],
)
def test_a_dense_kernel_has_a_matrix_per_gate(layer, gates):
    cell = cell_of(layer(UNITS))
    matrices = np.split(kernel(cell), len(gates), axis=1)
    assert_sizes(cell, dict(zip(gates, matrices, strict=True)))


def test_a_jordan_network_sees_its_units_through_the_output():
    cell = cell_of(keras_rnn.Jordan(UNITS, output_units=2))
    V = kernel(cell, "output_kernel")
    assert_sizes(cell, {"h": V @ kernel(cell)})


def test_a_projection_stands_between_units_and_gates():
    cell = cell_of(keras_rnn.ProjectedLSTM(UNITS, projection_units=2))
    P = kernel(cell, "projection_kernel")
    matrices = np.split(P @ kernel(cell), 4, axis=1)
    assert_sizes(cell, dict(zip("ifgo", matrices, strict=True)))


def test_a_diagonal_kernel_is_as_large_as_its_largest_entry():
    cell = cell_of(keras_rnn.IndRNN(UNITS))
    table = kernel_table(cell)
    largest = np.abs(kernel(cell)).max()
    np.testing.assert_allclose(table, [[largest, largest]], rtol=1e-5)


def test_the_blocks_of_a_kernel_lie_along_the_diagonal():
    cell = cell_of(keras_rnn.SLSTM(UNITS, num_heads=2))
    blocks = recurrent_blocks(cell)
    R = kernel(cell)  # (heads, units of a head, gates × units of a head)
    for k, (gate, _) in enumerate(blocks):
        matrix = np.zeros((UNITS, UNITS))
        for head in range(2):
            rows = slice(2 * head, 2 * head + 2)
            matrix[rows, rows] = R[head][:, 2 * k : 2 * k + 2]
        np.testing.assert_allclose(blocks[gate, "h"], matrix, rtol=1e-5)


def test_a_cell_without_recurrent_kernel_has_no_rows():
    assert kernel_table(cell_of(keras_rnn.MinGRU(UNITS))).empty
