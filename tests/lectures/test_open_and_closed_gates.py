# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np

from tests.examples import names_in, run_and_draw

script = names_in("open_and_closed_gates")
KEEP, STORE, RECALL, CLEAR = range(4)


def test_what_is_stored_is_kept_until_it_is_overwritten_or_cleared():
    values = np.array([[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]])
    events = np.array([[RECALL, STORE, RECALL, STORE, RECALL, CLEAR, RECALL]])
    memory = script.stored(values, events)
    assert memory.tolist() == [[0, 0.2, 0.2, 0.4, 0.4, 0, 0]]
    x, answers, _ = script.with_answers(values, events)
    np.testing.assert_allclose(answers, [[0, 0, 0.2, 0, 0.4, 0, 0]])
    np.testing.assert_allclose(x[0, 1], [0.2, 1, 0, 0])
    np.testing.assert_allclose(x[0, 5], [0.6, 0, 0, 1])


def test_windows_end_at_their_step_and_begin_with_zeros():
    x = np.arange(1.0, 61.0).reshape(1, 30, 2)
    rows = script.windows(x)
    assert rows.shape == (30, 2 * script.WINDOW)
    # One feature after the other, each in the order of time.
    assert sorted(rows[0])[-3:] == [0, 1, 2]
    assert sorted(rows[-1]) == list(range(21, 61))


def test_the_gates_by_event_are_those_of_the_unit():
    """Gates set by hand: i opens to store, o to recall, f closes to clear."""
    network = keras.Sequential(
        [
            keras.Input((None, 4)),
            script.NETWORKS["LSTM, 1 unit"](),
            keras.layers.Dense(1),
        ]
    )
    kernel = np.zeros((4, 4))  # value, flags; i, f, g, o
    kernel[0, 2] = 0.01  # small enough for tanh to be nearly linear
    kernel[1] = 40, -40, 0, 0
    kernel[2, 3] = 40
    kernel[3, 1] = -40
    bias = np.array([-20, 20, 0, -20])
    output = np.array([[100.0]])
    network.set_weights([kernel, np.zeros((1, 4)), bias, output, np.zeros(1)])
    data = script.stream(np.random.default_rng(0), 20, 40)
    assert script.missed(network, data) < 1e-3
    table = script.by_event(network, data)
    np.testing.assert_allclose(
        table.loc[["i", "f", "o"], ["keep", "store", "recall", "clear"]],
        [[0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0]],
        atol=1e-6,
    )


def test_it_runs_and_draws(tmp_path):
    error, out = run_and_draw(
        "open_and_closed_gates", tmp_path,
        "--seeds", 1, "--epochs", 1, "--streams", 20,
    )  # fmt: skip
    assert 0 < error < 1
    assert all(name in out for name in script.NETWORKS)
    assert "fill forward by the flags" in out
