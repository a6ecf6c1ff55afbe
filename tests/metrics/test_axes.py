# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.metrics.axes import laid_along, spread


@pytest.mark.parametrize(
    ("shape", "outputs", "fits"),
    [
        ((4,), (4, 1, 1), True),
        ((4, 1), (4, 1, 1), True),
        ((4, 3), (4, 3, 1), True),
        ((4, 3), (4, 1, 3), True),
        ((4, 3), (4, 1, 3, 1), True),
        ((4, 3), (4, 3, 3), False),
        ((4,), (4, 4, 1), False),
        ((4,), (1, 4, 1), False),
        ((4, 1), (4, 3, 1), False),
        ((4, 1, 3), (4, 3, 1), False),
        ((4, 3, 1, 1), (4, 3, 1), False),
        ((), (1, 1), False),
    ],
)
def test_only_axes_of_size_1_may_be_left_out(shape, outputs, fits):
    values = np.arange(np.prod(shape)).reshape(shape)
    found = laid_along(values, np.zeros(outputs), len(outputs))
    assert (found is not None) == fits
    if fits:
        np.testing.assert_array_equal(found, values.reshape(outputs))


@pytest.mark.parametrize(
    ("shape", "outputs", "expected"),
    [
        ((3,), (3, 3), (3, 1)),
        ((3, 3), (3, 3), (3, 3)),
        ((3, 1), (3, 4), (3, 1)),
        ((3, 4, 1), (3, 4), (3, 4)),
        ((3,), (3, 4, 5), (3, 1, 1)),
        ((4,), (3, 4), None),
        ((3, 5), (3, 4), None),
        ((3, 4, 2), (3, 4), None),
        ((1, 4), (3, 4), None),
    ],
)
def test_weights_lie_along_the_first_axes(shape, outputs, expected):
    found = spread(np.ones(shape), np.zeros(outputs), len(outputs))
    assert (found if found is None else found.shape) == expected
