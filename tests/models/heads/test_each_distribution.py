# SPDX-License-Identifier: Apache-2.0
"""What holds for every distribution of the table, by its row of oracles."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.models import (
    DISTRIBUTIONS,
    Sequences,
    Stack,
    many_to_one,
    seeded,
)
from tests.backend import tensorflow_only
from tests.models.heads.oracles import ORACLES

CASES = [
    pytest.param(key, parameters, id=f"{key} {parameters}")
    for key, oracle in ORACLES.items()
    for parameters in oracle.parameters
]
every_case = pytest.mark.parametrize(("key", "parameters"), CASES)
every_key = pytest.mark.parametrize("key", ORACLES)
LEVELS = (0.05, 0.3, 0.5, 0.9)


def prediction_of(parameters, *shape):
    """What a model would return that says these parameters everywhere."""
    return np.broadcast_to(np.array(parameters), (*shape, len(parameters)))


def loss_of(key, dtype):
    """The loss of a head, in another precision."""
    loss = DISTRIBUTIONS[key]().loss
    return type(loss)(dtype=dtype)


def test_every_distribution_has_an_oracle():
    drawn = {key for key, head in DISTRIBUTIONS.items() if head.can_sample}
    assert drawn == ORACLES.keys()


@tensorflow_only
@every_case
@pytest.mark.parametrize(
    ("dtype", "error"), [("float64", 3e-9), ("float32", 1e-5)]
)
def test_the_loss_is_the_likelihood_of_scipy(key, parameters, dtype, error):
    # The oracle sees what the precision can hold.
    parameters = np.array(parameters, dtype).astype("float64")
    y = ORACLES[key].values(parameters).astype(dtype)
    found = loss_of(key, dtype).call(
        ops.convert_to_tensor(y),
        ops.convert_to_tensor(prediction_of(parameters, len(y)).astype(dtype)),
    )
    expected = -ORACLES[key].log_density(y.astype("float64"), parameters)
    np.testing.assert_allclose(found, expected, rtol=error, atol=error)


@tensorflow_only
@every_case
def test_gradients_are_finite_differences_of_the_loss(key, parameters):
    import tensorflow as tf

    loss, y = loss_of(key, "float64"), ORACLES[key].values(parameters)

    def value(p):
        return loss(tf.constant(y), prediction_of(p, len(y)))

    at = tf.constant(parameters, "float64")
    with tf.GradientTape() as tape:
        tape.watch(at)
        total = loss(tf.constant(y), tf.repeat(at[None], len(y), axis=0))
    found = tape.gradient(total, at).numpy()
    for k, parameter in enumerate(parameters):
        step = 1e-4 * min(1.0, abs(parameter))
        up, down = (np.array(parameters) for _ in range(2))
        up[k] += step
        down[k] -= step
        slope = (value(up) - value(down)) / (2 * step)
        np.testing.assert_allclose(found[k], slope, rtol=1e-5, atol=1e-7)


@every_case
def test_quantiles_are_those_of_scipy(key, parameters):
    head = DISTRIBUTIONS[key]()
    found = head.quantiles(prediction_of(parameters, 2, 3, 1), LEVELS)
    expected = ORACLES[key].of(*parameters).ppf(LEVELS)
    np.testing.assert_allclose(found, np.broadcast_to(expected, (2, 3, 1, 4)))


@every_case
def test_draws_have_the_quantiles_of_scipy(key, parameters):
    head, draws = DISTRIBUTIONS[key](), 20_000
    found = head.sample(prediction_of(parameters, 1, 1), draws, seed=0)
    assert found.shape == (draws, 1, 1)
    # A share of n draws deviates by √(p (1 − p) / n); five times that is never.
    frozen = ORACLES[key].of(*parameters)
    for q in frozen.ppf([0.01, *LEVELS, 0.99]):
        p = frozen.cdf(q)
        error = 5 * np.sqrt(p * (1 - p) / draws)
        assert np.mean(found <= q) == pytest.approx(p, abs=error)
    again = head.sample(prediction_of(parameters, 1, 1), draws, seed=0)
    np.testing.assert_array_equal(again, found)


@every_case
def test_what_lies_below_a_parameter_is_refused(key, parameters):
    head = DISTRIBUTIONS[key]()
    for k, (name, bound) in enumerate(head.parameters.items()):
        wrong = np.array(parameters)
        wrong[k] = bound
        with pytest.raises(ValueError, match=f"parameter '{name}' must be ab"):
            head.quantiles(prediction_of(wrong, 1), LEVELS)
    with pytest.raises(
        ValueError, match=f"the {head.num_parameters} parameters"
    ):
        head.sample(prediction_of((*parameters, 1.0), 1), 2)


@every_key
def test_parameters_are_found_again_from_draws(key):
    """No worse a likelihood than the true ones have, and close to them."""
    true = ORACLES[key].parameters[0]
    y = ORACLES[key].of(*true).rvs((4000, 1, 1), random_state=1)
    head = DISTRIBUTIONS[key]()
    with seeded(0):
        model = many_to_one(Stack("elman", 2), Sequences(1, 1), head)
    model.compile(keras.optimizers.Adam(0.05), head.loss)
    x = np.ones((4000, 1, 1))
    model.fit(x, y, epochs=25, batch_size=500, verbose=0, shuffle=False)
    model.optimizer.learning_rate = 0.003
    model.fit(x, y, epochs=10, batch_size=500, verbose=0, shuffle=False)
    found = ops.convert_to_numpy(model(x[:1]))[0, 0, 0]
    np.testing.assert_allclose(found, true, rtol=0.15, atol=0.05)
    best = -ORACLES[key].log_density(y, true).mean()
    assert model.evaluate(x, y, verbose=0) < best + 0.005
