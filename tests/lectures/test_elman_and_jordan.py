# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.models import seeded
from tests.examples import names_in, run_and_draw

script = names_in("elman_and_jordan")
STEPS = {
    keras_rnn.Elman: script.elman_step,
    keras_rnn.Jordan: script.jordan_step,
}


@pytest.mark.parametrize("layer_class", STEPS)
@pytest.mark.parametrize("outputs", [1, 2])
def test_going_on_by_the_equations_is_what_the_layer_says(layer_class, outputs):
    with seeded(0):
        layer = layer_class(5, output_units=outputs, return_sequences=True)
    layer.build((None, None, 1))
    known = np.sin(np.arange(6.0))
    said = script.go_on(layer.get_weights(), STEPS[layer_class], known, 4)
    # The layer reads what was known, and then what was said.
    read = np.concatenate([known, said[:-1]]).astype("float32")
    answers = keras.ops.convert_to_numpy(layer(read[None, :, None]))
    np.testing.assert_allclose(said, answers[0, 5:, 0], atol=1e-5)


@pytest.mark.parametrize("points", [10, 100])
def test_autoregression_of_order_two_is_exact(points):
    ahead = script.known(points)[1]
    said = script.by_autoregression(points, 0, None)
    np.testing.assert_allclose(said, np.sin(ahead), atol=1e-9)


def test_the_points_ahead_go_on_in_steps_of_the_same_width():
    x, ahead = script.known(100)
    everything = np.concatenate([x, ahead])
    np.testing.assert_allclose(np.diff(everything), 20 / 99)
    assert everything[-1] == pytest.approx(30)


def test_the_last_period_is_behind_by_what_31_steps_lack():
    # The period has 31.1 steps; after k periods sin is k × 0.0198 off.
    lag = 2 * np.pi - 31 * 20 / 99
    said = np.array([script.by_last_period(100, 0, None)])
    first = script.misses(said[:, :], 10, 10 + 31 * 20 / 99)
    assert first == pytest.approx(lag / np.sqrt(2), rel=0.05)


def test_it_runs_and_draws(tmp_path):
    error, out = run_and_draw(
        "elman_and_jordan", tmp_path,
        "--seeds", 1, "--steps", 2, "--units", 4,
    )  # fmt: skip
    assert np.isfinite(error)
    assert all(name in out for name in script.METHODS)
