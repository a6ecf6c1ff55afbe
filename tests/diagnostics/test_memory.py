# SPDX-License-Identifier: Apache-2.0
"""memory, of networks whose memory is known beforehand."""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.diagnostics import memory
from keras_rnn.models import (
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
)
from tests.rows import randomized


def linear(decay, **arguments):
    """h = decay · h' + x."""
    layer = keras_rnn.SimpleRNN(1, activation="linear", **arguments)
    model = keras.Sequential([keras.Input((None, 1)), layer])
    layer.set_weights([np.array([[1.0]]), np.array([[decay]]), np.zeros(1)])
    return model


@pytest.mark.parametrize("decay", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_a_linear_network_forgets_by_its_decay(decay, return_sequences):
    found = memory(linear(decay, return_sequences=return_sequences), 40)
    np.testing.assert_allclose(
        found.response, decay ** np.arange(40.0), atol=1e-5
    )
    assert found.half_life == pytest.approx(
        np.log(0.5) / np.log(decay), rel=1e-3
    )


def test_what_is_never_forgotten_has_no_half_life():
    assert memory(linear(1.0), 30).half_life == np.inf
    assert memory(linear(1.2), 30).half_life == np.inf


def test_the_half_life_counts_from_the_peak():
    """y = h(2) + h(1): a moving sum forgets all at once."""
    model = keras.Sequential(
        [
            keras.Input((None, 1)),
            keras.layers.Conv1D(
                1, 3, padding="causal", kernel_initializer="ones"
            ),
        ]
    )
    found = memory(model, 6)
    np.testing.assert_allclose(found.response, [1, 1, 1, 0, 0, 0], atol=1e-5)
    assert 2 < found.half_life <= 3


def test_the_same_sequences_have_the_same_memory():
    model = randomized(
        many_to_one(Stack("gru", 4), Sequences(3), MultiClass(2))
    )
    x = np.random.default_rng(0).normal(size=(5, 12, 3))
    first, again = memory(model, 10, x=x), memory(model, 10, x=x)
    np.testing.assert_array_equal(first.response, again.response)
    other = memory(model, 10, x=x, seed=1)
    assert not np.array_equal(first.response, other.response)
    assert first.response.index.tolist() == list(range(10))


def test_a_forecast_of_several_steps_is_one_answer():
    model = randomized(
        many_to_one(Stack("gru", 4), Sequences(2), Regression(horizon=3))
    )
    found = memory(model, 6)
    assert found.response.shape == (6,)
    assert (found.response > 0).all()


def test_tokens_are_replaced_by_others():
    tokens = Tokens(6)
    model = many_to_many(Stack("elman", 4), tokens, NextToken.of(tokens))
    found = memory(randomized(model), 5, samples=20)
    assert (found.response > 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"length": 0}, "`length`"),
        ({"length": 5, "size": 0.0}, "`size`"),
        ({"length": 5, "samples": 0}, "`samples`"),
        ({"length": 5, "seed": -1}, "`seed`"),
        ({"length": 5, "x": np.zeros((2, 4, 1))}, "at least length=5 steps"),
        ({"length": 5, "x": np.zeros((2, 9))}, "must have 3 axes"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        memory(linear(0.5), **settings)


def test_several_inputs_are_refused():
    inputs = Sequences(2, num_static=1)
    model = many_to_one(Stack("elman", 3), inputs, MultiClass(2))
    with pytest.raises(ValueError, match="must have one input"):
        memory(model, 4)
