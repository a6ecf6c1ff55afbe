# SPDX-License-Identifier: Apache-2.0
"""The errors of all steps, against autodiff by sequences cut at each step."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn
from keras_rnn.diagnostics import gradient_flow
from keras_rnn.engine import gradients
from tests.rows import OWN_VARIANTS, randomized

TIME, FEATURES, SAMPLES = 5, 3, 2


def sequences(seed=0, time=TIME, features=FEATURES):
    shape = (SAMPLES, time, features)
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def compiled(*layers, features=FEATURES):
    model = keras.Sequential([keras.Input((None, features)), *layers])
    model.compile(loss="mse", optimizer="sgd")
    return model


@pytest.mark.parametrize("variant", OWN_VARIANTS, ids=str)
def test_an_error_is_the_gradient_by_the_states_of_a_cut_sequence(variant):
    """What the steps after t make of the states at t, and the step's own."""
    layer = variant.random_layer(return_sequences=True, engine="reference")
    x = sequences()
    width = layer(x).shape[-1]
    y = np.random.default_rng(1).normal(size=(SAMPLES, TIME, width))
    y = y.astype("float32")
    found = gradient_flow(compiled(layer), x, y, distances=[1])
    errors = found.errors.droplevel(["layer", "direction"])["norm"]
    layer.return_state = True
    cell = layer.cell
    for t in (0, 2, TIME - 1):
        _, *states = layer(x[:, : t + 1])

        def loss(*states, t=t):
            """As `mse`, of each sequence: the mean over steps and units."""
            own = cell.read_out(states[0]) - y[:, t]
            total = ops.sum(own**2)
            if t + 1 < TIME:
                outputs, *_ = layer(x[:, t + 1 :], initial_state=list(states))
                total += ops.sum((outputs - y[:, t + 1 :]) ** 2)
            return total / (TIME * width)

        _, by_states, _ = gradients(loss, states)
        for name, by_state in zip(cell.states, by_states, strict=True):
            np.testing.assert_allclose(
                errors.loc[name].xs(t, level="time"),
                np.linalg.norm(ops.convert_to_numpy(by_state), axis=1),
                rtol=2e-3,
                atol=1e-6,
            )


def adding_inputs(**arguments):
    """h = x + h' R: the gradient by x(t) is that by h(t)."""
    layer = keras_rnn.SimpleRNN(
        FEATURES, activation="linear", return_sequences=True, **arguments
    )
    layer.build((None, None, FEATURES))
    return adding(layer)


def adding(layer):
    R = 0.4 * np.random.default_rng(2).normal(size=(FEATURES, FEATURES))
    layer.set_weights([np.eye(FEATURES), R, np.zeros(FEATURES)])
    return layer


def by_inputs(model, x, y):
    """‖dL/dx(t)‖ of each sequence and step."""
    _, (found,), _ = gradients(
        lambda x: SAMPLES * model.compute_loss(y=y, y_pred=model(x)), [x]
    )
    return np.linalg.norm(ops.convert_to_numpy(found), axis=-1)


def errors_of(model, x, y, layer, direction="forward"):
    """Array `(samples, time)`; NaN where a step is masked."""
    found = gradient_flow(model, x, y, distances=[1]).errors
    frame = found.loc[(layer.name, direction, "h"), "norm"]
    return frame.unstack("time").to_numpy()


def test_an_error_passes_through_the_layers_above():
    first = adding_inputs()
    above = keras.layers.Bidirectional(
        keras_rnn.GRU(4, return_sequences=True), merge_mode="concat"
    )
    model = randomized_but(
        first, first, above, keras_rnn.LSTM(3), keras.layers.Dense(2)
    )
    x, y = sequences(), np.ones((SAMPLES, 2), "float32")
    np.testing.assert_allclose(
        errors_of(model, x, y, first), by_inputs(model, x, y), rtol=1e-3
    )


def randomized_but(kept, *layers):
    model = compiled(*layers)
    weights = kept.get_weights()
    randomized(model)
    kept.set_weights(weights)
    return model


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul"])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_a_direction_has_its_own_errors(merge_mode, return_sequences):
    layer = keras_rnn.SimpleRNN(
        FEATURES, activation="linear", return_sequences=return_sequences
    )
    both = keras.layers.Bidirectional(layer, merge_mode=merge_mode)
    model = compiled(both, keras.layers.Dense(1))
    parts = [adding(both.forward_layer), adding(both.backward_layer)]
    x = sequences()
    y = np.ones((SAMPLES, *model(x).shape[1:]), "float32")
    ahead, back = (
        errors_of(model, x, y, both, direction)
        for direction in ("forward", "backward")
    )
    total = by_inputs(model, x, y)
    # The gradient by x(t) is the sum of two vectors of these norms.
    assert (total <= ahead + back + 1e-5).all()
    assert (total >= np.abs(ahead - back) - 1e-5).all()
    for part in parts:
        other = parts[1] if part is parts[0] else parts[0]
        other.cell.kernel.assign(np.zeros((FEATURES, FEATURES)))
        alone = errors_of(
            model, x, y, both, "backward" if part.go_backwards else "forward"
        )
        np.testing.assert_allclose(alone, by_inputs(model, x, y), rtol=1e-3)
        other.cell.kernel.assign(np.eye(FEATURES))


@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_masked_steps_hand_errors_on(zero_output_for_mask, return_sequences):
    layer = adding_inputs(zero_output_for_mask=zero_output_for_mask)
    layer.return_sequences = return_sequences
    x = sequences(time=7)
    x[0, [1, 2, 5]] = 0
    x[1, [0, 6]] = 0
    inputs = keras.Input((None, FEATURES))
    # An operation that is no layer hands no mask on.
    model = keras.Model(inputs, 2 * layer(keras.layers.Masking()(inputs)))
    model.compile(loss="mse", optimizer="sgd")
    y = np.ones(model(x).shape, "float32")
    found = errors_of(model, x, y, layer)
    valid = (x != 0).any(axis=-1)
    np.testing.assert_array_equal(np.isnan(found), ~valid)
    np.testing.assert_allclose(
        found[valid], by_inputs(model, x, y)[valid], rtol=1e-3, atol=1e-7
    )


def test_last_states_and_given_states_hand_errors_on():
    """An encoder, whose last states are all that a decoder reads."""
    encoder, decoder = (
        adding_inputs(return_state=True),
        keras_rnn.SimpleRNN(FEATURES, seed=1, return_sequences=True),
    )
    source = keras.Input((None, FEATURES))
    _, last = encoder(source)
    shown = keras.layers.RepeatVector(3)(keras.layers.Dense(2)(last))
    model = keras.Model(source, decoder(shown, initial_state=last))
    model.compile(loss="mse", optimizer="sgd")
    x, y = sequences(), np.ones((SAMPLES, 3, FEATURES), "float32")
    np.testing.assert_allclose(
        errors_of(model, x, y, encoder), by_inputs(model, x, y), rtol=1e-3
    )


def test_weights_have_the_gradients_of_training():
    penalty = keras.regularizers.L2(0.1)
    layer = keras_rnn.LSTM(3, kernel_regularizer=penalty)
    model = compiled(layer, keras.layers.Dense(1))
    randomized(model)
    x, y = sequences(), np.ones((SAMPLES, 1), "float32")
    start = model.get_weights()
    found = gradient_flow(model, x, y, distances=[1]).weights
    model.optimizer.learning_rate = 1.0
    model.train_on_batch(x, y)  # SGD subtracts the gradient itself
    moved = [
        float(np.linalg.norm(old - new))
        for old, new in zip(start, model.get_weights(), strict=True)
    ]
    np.testing.assert_allclose(found["before"].iloc[:-1], moved, rtol=1e-4)
    assert found.index.tolist() == [
        *(v.path for v in model.trainable_variables),
        "all",
    ]
    assert found.loc["all", "before"] == pytest.approx(np.linalg.norm(moved))
    assert (found["before"] == found["after"]).all()


@pytest.mark.parametrize(
    "clipping",
    [{"clipnorm": 0.01}, {"global_clipnorm": 0.02}, {"clipvalue": 0.003}],
)
def test_clipping_is_that_of_the_optimizer(clipping):
    model = compiled(keras_rnn.GRU(3), keras.layers.Dense(1))
    randomized(model)
    optimizer = keras.optimizers.SGD(1.0, **clipping)
    model.compile(loss="mse", optimizer=optimizer)
    x, y = sequences(), np.ones((SAMPLES, 1), "float32")
    start = model.get_weights()
    found = gradient_flow(model, x, y, distances=[1]).weights
    model.train_on_batch(x, y)
    moved = [
        float(np.linalg.norm(old - new))
        for old, new in zip(start, model.get_weights(), strict=True)
    ]
    np.testing.assert_allclose(
        found["after"].iloc[:-1], moved, rtol=1e-3, atol=1e-6
    )
    assert found.loc["all", "after"] < found.loc["all", "before"]


def test_the_model_is_left_as_it_was():
    model = compiled(keras_rnn.GRU(3, stateful=False), keras.layers.Dense(1))
    x, y = sequences(), np.ones((SAMPLES, 1), "float32")
    keras.utils.set_random_seed(3)
    expected = keras.random.normal((2,))
    before = [*model.get_weights(), *map(np.asarray, model.optimizer.variables)]
    keras.utils.set_random_seed(3)
    gradient_flow(model, x, y)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(keras.random.normal((2,))),
        ops.convert_to_numpy(expected),
    )
    after = [*model.get_weights(), *map(np.asarray, model.optimizer.variables)]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)
