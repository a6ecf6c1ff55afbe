# SPDX-License-Identifier: Apache-2.0
"""What the page of the formulas checks itself is run by tests/test_docs.py."""

import numpy as np
import pytest

from tests.examples import names_in, run_and_draw

script = names_in("formulas")


def test_powers_that_are_not_normal_grow_as_their_closed_form():
    # The power d of [[1, 2], [0, 1]] is [[1, 2d], [0, 1]]; the product of its
    # singular values is 1, the sum of their squares 4d² + 2.
    d = np.arange(61)
    expected = 0.9**d * (d + np.sqrt(d**2 + 1))
    found = script.power_norms(script.MATRICES["not normal"], 60)
    np.testing.assert_allclose(found, expected)
    assert found.argmax() in (9, 10)
    assert found.max() == pytest.approx(7.0, abs=0.05)
    assert np.flatnonzero(found > 1).max() == 42


def test_powers_of_a_normal_matrix_fade_at_once():
    found = script.power_norms(script.MATRICES["normal"], 60)
    np.testing.assert_allclose(found, 0.9 ** np.arange(61))


def test_both_matrices_have_the_same_spectral_radius():
    for matrix in script.MATRICES.values():
        radius = np.abs(np.linalg.eigvals(matrix)).max()
        assert radius == pytest.approx(0.9)


@pytest.mark.parametrize("gamma", [0.9, 1.5])
def test_no_flow_is_above_its_bound(gamma):
    rng = np.random.default_rng(0)
    for spread in (0.1, 3.0):
        flow = script.flow(rng, gamma, "tanh", spread, 30)
        assert (flow <= gamma ** np.arange(31) + 1e-12).all()


def test_without_an_activation_the_bound_is_reached():
    flow = script.flow(np.random.default_rng(0), 1.5, "linear", 1.0, 30)
    np.testing.assert_allclose(flow, 1.5 ** np.arange(31))


def test_a_gamma_above_1_does_not_suffice_to_explode():
    flow = script.flow(np.random.default_rng(0), 1.5, "tanh", 3.0, 40)
    assert flow[-1] < 0.9**40


def test_only_the_h_of_the_same_step_gives_the_gradient_of_v():
    weights, x, target = script.make_task(seed=0)
    right = script.gradients(weights, x, target)
    wrong = script.gradients(weights, x, target, lag=1)
    for which, (gradient, other) in enumerate(zip(right, wrong, strict=True)):
        slopes = np.empty_like(gradient)
        for place in np.ndindex(gradient.shape):
            up, down = (
                loss(weights, which, place, change, x, target)
                for change in (1e-6, -1e-6)
            )
            slopes[place] = (up - down) / 2e-6
        np.testing.assert_allclose(gradient, slopes, atol=1e-8)
        of_output_kernel = which == 3
        assert np.allclose(other, slopes, atol=1e-8) != of_output_kernel


def loss(weights, which, place, change, x, target):
    weights = [w.copy() for w in weights]
    weights[which][place] += change
    _, y = script.elman(weights, x)
    return np.mean((y - target) ** 2) / 2


def test_it_runs_and_draws(tmp_path):
    ratio, out = run_and_draw(
        "formulas", tmp_path, "--repeats", 2, "--steps", 50
    )
    assert ratio > 1
    assert "Norm of the powers of two matrices of spectral radius 0.9" in out
