# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from tests.examples import names_in, run_and_draw

script = names_in("gradients_through_time")


@pytest.mark.parametrize("name", ["SimpleRNN, σ, 6 R", "SimpleRNN, tanh, 3 R"])
def test_gains_of_new_networks_keep_below_their_bounds(name):
    layer, factor, spread = script.NEW[name]
    found = script.flow_of_new(layer, factor, spread, seed=0).jacobians
    joint = found.droplevel(["layer", "direction"]).xs("joint", level="block")
    slope = 0.25 if layer == script.SIGMOID else 1
    # A new recurrent kernel is a rotation, times the factor.
    bound = (slope * factor) ** np.array(script.DISTANCES, float)
    np.testing.assert_allclose(joint["bound"], bound, rtol=1e-3)
    assert (joint["largest"] <= joint["bound"] * (1 + 1e-6)).all()


def test_the_error_of_a_carousel_flows_unchanged_for_as_long_as_one_likes():
    flow = script.flow_of_new(script.NO_FORGET_GATE, 0, 1, seed=0)
    medians = flow.jacobians["median"].droplevel(["layer", "direction"])
    for block in ("c_c", "cell_path"):
        np.testing.assert_allclose(medians.xs(block), 1, rtol=1e-6)


def test_the_task_has_its_answer_at_the_first_step():
    x, y = script.first_number(np.random.default_rng(0), 5)
    np.testing.assert_array_equal(x[:, 0, 0], y[:, 0])
    np.testing.assert_array_equal(x[:, :, 1].sum(axis=1), np.ones(5))
    assert script.ridge(0) < 1e-9


def test_errors_of_a_linear_rotation_are_the_same_at_all_steps():
    layer = ("SimpleRNN", {"activation": "linear"})
    network = script.new_network(layer, 0, 2, keras.optimizers.SGD())
    shares = script.errors_by_step(network, seed=0)
    np.testing.assert_allclose(shares, 1, rtol=1e-4)


def test_a_seed_that_ended_in_nan_is_not_left_out():
    rows = [
        {"error": e, "last": v} for e, v in ((0.1, "stable"), (3, "exploding"))
    ]
    found = script.over_seeds(rows)
    assert found == {
        "error": pytest.approx(1.55), "worst": 3, "last": "exploding, stable"
    }  # fmt: skip
    rows.append({"error": np.nan, "last": "exploding"})
    found = script.over_seeds(rows)
    assert np.isnan([found["error"], found["worst"]]).all()


def test_it_runs_and_draws(tmp_path):
    error, out = run_and_draw(
        "gradients_through_time",
        tmp_path,
        "--rows",
        40,
        "--epochs",
        1,
        "--longest",
        20,
    )
    assert 0 < error < 10
    assert all(name in out for name in (*script.NEW, *script.CLIPPING))
    assert "ridge regression" in out
