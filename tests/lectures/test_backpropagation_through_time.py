# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest

from tests.examples import names_in, run_and_draw

script = names_in("backpropagation_through_time")
each_network = pytest.mark.parametrize("kind", ["SimpleRNN", "Elman", "Jordan"])


def test_all_ways_have_the_gradient_of_the_engine():
    differences = script.compared(seed=1)
    assert set(differences) == {"SimpleRNN", "Elman", "Jordan"}
    for found in differences.values():
        assert set(found) == set(script.WAYS)
        assert max(found.values()) < 1e-10


@each_network
@pytest.mark.parametrize("way", script.WAYS)
def test_each_way_has_the_gradient_of_finite_differences(kind, way):
    task = script.make_task(kind, 3, 5, seed=2)
    gradients = script.WAYS[way](task)
    assert set(gradients) == set(task.weights)
    for name, found in gradients.items():
        for place in np.ndindex(found.shape):
            slope = (loss(task, name, place, 1e-6)
                     - loss(task, name, place, -1e-6)) / 2e-6  # fmt: skip
            assert found[place] == pytest.approx(slope, abs=1e-7)


def loss(task, name, place, change):
    weights = {key: value.copy() for key, value in task.weights.items()}
    weights[name][place] += change
    _, y = script.forward(dataclasses.replace(task, weights=weights))
    return np.sum((y[1:] - task.target) ** 2) / 2


def test_paths_lead_back_only():
    lengths = script.paths(script.make_task("Elman", 4, 6, seed=0))
    back = np.tri(6, dtype=bool)
    assert np.isfinite(lengths[back]).all()
    assert np.isnan(lengths[~back]).all()


def test_it_runs_and_draws(tmp_path):
    difference, out = run_and_draw(
        "backpropagation_through_time", tmp_path, "--sizes", 2
    )
    assert 0 <= difference < 1e-10
    assert "Processor milliseconds per gradient, Elman, by units" in out
