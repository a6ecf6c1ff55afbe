# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tests.examples import names_in, run_and_draw

script = names_in("first_networks")


def test_the_hidden_values_and_answers_found_by_hand():
    # Ones are counted; a pair of ones counts one more in the second unit.
    assert script.hand_table().to_numpy().tolist() == [
        [0, 0, 0, 0, 0, 1],
        [0, 1, 1, 0, 1, 0],
        [1, 0, 1, 0, 1, 0],
        [1, 1, 2, 1, 0, 1],
    ]


def test_a_linear_regression_says_a_half_to_every_pair():
    said = script.regressed(script.BITS, script.ANSWERS)(script.BITS)
    np.testing.assert_allclose(said, 0.5)


def test_a_regression_that_sees_the_product_is_exact():
    x = script.product()
    said = script.regressed(x, script.ANSWERS)(x)
    np.testing.assert_allclose(said, script.ANSWERS, atol=1e-12)


def test_the_error_of_always_0_is_that_of_the_integral():
    zeros = np.zeros((1, len(script.everywhere())))
    for low, high in script.INTERVALS.values():
        # The mean of sin² is ½ less the change of ¼ sin 2x per length.
        change = (np.sin(2 * high) - np.sin(2 * low)) / 4
        mean = 1 / 2 - change / (high - low)
        error = script.misses(zeros, low, high)
        assert error == pytest.approx(np.sqrt(mean), rel=2e-3)


def test_the_polynomial_passes_through_ten_points():
    x = np.linspace(-script.END, script.END, 10)
    curve = script.by_polynomial(x)
    there = np.interp(x, script.everywhere(), curve)
    # Between the points of the grid a line stands for the curve.
    np.testing.assert_allclose(there, np.sin(x), atol=0.02)


def test_it_runs_and_draws(tmp_path):
    error, out = run_and_draw(
        "first_networks", tmp_path, "--seeds", 1, "--steps", 2
    )
    assert np.isfinite(error)
    assert "Linear regression of the bits, largest error: 0.500" in out
    assert "Linear regression of the bits and their product, largest" in out
