# SPDX-License-Identifier: Apache-2.0
"""loss_surface, against evaluate and against descents written by hand."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn
from keras_rnn.diagnostics import loss_surface
from keras_rnn.diagnostics.weight_plane import random_plane
from keras_rnn.models import (
    MultiClass,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
)
from tests.rows import randomized

CLIPS = {
    "plain": lambda g: g,
    "norm-clipped": lambda g: g / max(1.0, np.linalg.norm(g)),
    "value-clipped": lambda g: np.clip(g, -1.0, 1.0),
}


def arrays(variables):
    return [ops.convert_to_numpy(v).copy() for v in variables]


def one_unit(w, b):
    """h = σ(w h' + b), which reads nothing but zeros for 50 steps."""
    layer = keras_rnn.SimpleRNN(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((50, 1)), layer])
    layer.set_weights([np.ones((1, 1)), np.full((1, 1), w), np.full(1, b)])
    model.compile(loss="mse")
    weights = (layer.cell.recurrent_kernel, (0, 0)), (layer.cell.bias, 0)
    return model, np.zeros((1, 50, 1)), np.array([[0.7]]), weights


def slope_by_hand(place):
    """dL/dw and dL/db of L = (h_50 − 0.7)²."""
    (w, b), h, slope = place, 0.0, np.zeros(2)
    for _ in range(50):
        after = 1 / (1 + np.exp(-(w * h + b)))
        slope = after * (1 - after) * (np.array([h, 1.0]) + w * slope)
        h = after
    return 2 * (h - 0.7) * slope


def path_by_hand(place, clip, learning_rate, steps):
    path = [place]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * clip(slope_by_hand(path[-1])))
    return np.array(path)


def forecaster():
    model = many_to_one(
        Stack("lstm", 3, dropout=0.5),
        Sequences(2, mask_value=0.0),
        Regression(),
    )
    x = np.random.default_rng(0).normal(size=(5, 6, 2))
    x[1, 3:] = 0.0
    return model, x, x.sum(axis=(1, 2))[:, None], "mse"


def tagger():
    stack = Stack("elman", 3, options={"recurrent_regularizer": "l2"})
    model = many_to_many(stack, Tokens(9), MultiClass(2))
    ids = np.random.default_rng(1).integers(1, 9, (4, 5))
    ids[2, 3:] = 0
    return model, ids, ids % 2, "sparse_categorical_crossentropy"


@pytest.mark.parametrize("build", [forecaster, tagger])
def test_the_surface_is_the_loss_that_evaluate_finds_there(build):
    model, x, y, loss = build()
    randomized(model).compile(loss=loss)
    found = loss_surface(model, x, y, span=(0.5, 1.5), steps=4, seed=3)

    plane = random_plane(model, 3)
    own = arrays(plane.variables)
    for row, column in [(0, 0), (1, 3), (3, 2)]:
        a, b = found.surface.index[row], found.surface.columns[column]
        for variable, weights, first, second in zip(
            plane.variables, own, plane.first, plane.second, strict=True
        ):
            variable.assign(weights + a * first + b * second)
        expected = model.evaluate(x, y, batch_size=len(x), verbose=0)
        assert found.surface.iloc[row, column] == pytest.approx(expected, 1e-5)
    np.testing.assert_allclose(found.surface.index, [-0.5, -1 / 6, 1 / 6, 0.5])
    assert found.surface.columns[-1] == 1.5


def test_two_weights_move_by_the_offsets():
    model, x, y, weights = one_unit(4.5, -2.0)
    path = weights[0][0].path
    found = loss_surface(
        model, x, y, directions=((path, (0, -1)), weights[1]), steps=3
    )
    assert found.surface.index.name == f"{path}[0, 0]"
    weights[0][0].assign([[3.5]])
    weights[1][0].assign([-1.0])
    expected = model.evaluate(x, y, verbose=0)
    assert found.surface.loc[-1.0, 1.0] == pytest.approx(expected, 1e-5)


@pytest.mark.parametrize("name", CLIPS)
def test_a_descent_is_that_written_by_hand(name):
    model, x, y, weights = one_unit(5.0, -2.5)
    found = loss_surface(
        model,
        x,
        y,
        directions=weights,
        steps=2,
        start=(0.25, 0.5),
        learning_rate=0.3,
        descent_steps=12,
        clipnorm=0.2,
        clipvalue=0.1,
    )
    clip = {
        "plain": CLIPS["plain"],
        "norm-clipped": lambda g: 0.2 * CLIPS["norm-clipped"](g / 0.2),
        "value-clipped": lambda g: 0.1 * CLIPS["value-clipped"](g / 0.1),
    }[name]
    expected = path_by_hand(np.array([5.25, -2.0]), clip, 0.3, 12)
    path = found.paths.loc[name]
    np.testing.assert_allclose(
        path[["a", "b"]], expected - [5.0, -2.5], atol=2e-4
    )
    for variable, value in zip(weights, expected[5], strict=True):
        variable[0].assign(np.full(variable[0].shape, value))
    assert path.loc[5, "loss"] == pytest.approx(
        model.evaluate(x, y, verbose=0), 1e-3
    )


def test_plain_descent_is_thrown_off_the_wall_and_clipped_descent_is_not():
    model, x, y, weights = one_unit(4.75, -2.4)
    found = loss_surface(
        model,
        x,
        y,
        directions=weights,
        steps=2,
        learning_rate=0.3,
        descent_steps=60,
    )
    distance = np.hypot(found.paths["a"], found.paths["b"])
    furthest = distance.groupby("descent").max()
    assert furthest["plain"] > 3
    assert furthest["norm-clipped"] < 1
    assert furthest["value-clipped"] < 1
    last = found.paths["loss"].groupby("descent").last()
    assert last["norm-clipped"] < 0.1 * last["plain"]


def test_a_descent_in_a_random_plane_follows_the_gradient_in_it():
    """Of a linear model, whose gradient is known."""
    generator = np.random.default_rng(5)
    x, y = generator.normal(size=(7, 4)), generator.normal(size=(7, 1))
    inputs = keras.Input((4,))
    layer = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    model.compile(loss="mse")
    found = loss_surface(
        model, x, y, steps=2, learning_rate=0.2, descent_steps=6, seed=2
    )

    kernel = arrays([layer.kernel])[0].astype(np.float64)
    plane = random_plane(model, 2)
    directions = np.column_stack([plane.first[0], plane.second[0]])
    unit = directions / np.linalg.norm(directions, axis=0)
    for name, clip in CLIPS.items():
        weights = kernel.copy()
        for a, b, loss in found.paths.loc[name].to_numpy():
            at = kernel + directions @ [[a], [b]]
            np.testing.assert_allclose(weights, at, atol=1e-5)
            assert loss == pytest.approx(np.mean((x @ at - y) ** 2), 1e-4)
            gradient = 2 * x.T @ (x @ weights - y) / len(x)
            weights = weights - 0.2 * unit @ clip(unit.T @ gradient)


def test_random_directions_are_orthogonal_and_as_long_as_each_variable():
    model = randomized(many_to_one(Stack("gru", 4), Sequences(2), Regression()))
    model.trainable_variables[2].assign(np.zeros((2, 12)))
    plane = random_plane(model, 0)
    assert len(plane.variables) == len(model.trainable_variables) - 1
    for variable, first, second in zip(
        plane.variables, plane.first, plane.second, strict=True
    ):
        length = np.linalg.norm(arrays([variable])[0])
        assert np.linalg.norm(first) == pytest.approx(length, 1e-5)
        if first.size > 1:
            assert np.linalg.norm(second) == pytest.approx(length, 1e-5)
        assert np.sum(first * second) == pytest.approx(0, abs=1e-9)


def test_the_same_seed_draws_the_same_plane():
    model, x, y, loss = forecaster()
    randomized(model).compile(loss=loss)
    first, again, other = (
        loss_surface(model, x, y, steps=2, descent_steps=1, seed=seed).surface
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_nothing_of_the_model_and_no_random_state_changes():
    layer = keras_rnn.GRU(3, stateful=True, dropout=0.5)
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(2, 4, 1)),
            layer,
            keras.layers.BatchNormalization(),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    x, y = np.ones((2, 4, 1)), np.ones((2, 3))
    model.test_on_batch(x, y)
    everything = [*model.variables, *layer.variables, *model.metrics_variables]
    before = arrays(everything)
    np.random.seed(7)  # noqa: NPY002 - the state that users of NumPy share
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    loss_surface(model, x, y, steps=2, descent_steps=2)
    assert np.random.random() == expected  # noqa: NPY002
    for old, new in zip(before, arrays(everything), strict=True):
        np.testing.assert_array_equal(new, old)


def test_a_call_that_fails_changes_no_weight():
    model, x, _, weights = one_unit(5.0, -2.5)
    model.compile(loss=lambda y_true, y_pred: ops.matmul(y_true, y_pred))
    before = arrays(model.variables)
    with pytest.raises(Exception, match=r".+"):
        loss_surface(model, x, np.ones((1, 3)), directions=weights)
    for old, new in zip(before, arrays(model.variables), strict=True):
        np.testing.assert_array_equal(new, old)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"directions": (("kernel", 0), ("bias", 0))}, "by a variable or its"),
        ({"directions": ("kernel", "bias")}, "two tuples"),
        ({"span": (1.0, 2.0, 3.0)}, "`span` must be two numbers"),
        ({"span": 0.0}, "`span` must be a finite number above 0"),
        ({"steps": 1}, "`steps` must be an integer of at least 2"),
        ({"start": 1.0}, "`start` must be two numbers"),
        ({"clipnorm": 0}, "`clipnorm`"),
        ({"learning_rate": -1}, "`learning_rate`"),
        ({"seed": -1}, "`seed`"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings, message):
    model, x, y, _ = one_unit(5.0, -2.5)
    with pytest.raises(ValueError, match=message):
        loss_surface(model, x, y, **settings)


def test_a_weight_that_does_not_exist_is_refused():
    model, x, y, (first, second) = one_unit(5.0, -2.5)
    for index in [(0,), (0, 1), (0, 0, 0), 1.5, (0, None)]:
        wrong = (first[0], index), second
        with pytest.raises(ValueError, match="must lie in its shape"):
            loss_surface(model, x, y, directions=wrong)
    with pytest.raises(ValueError, match="Take two weights"):
        loss_surface(model, x, y, directions=(second, (second[0], -1)))
    stranger = keras.Variable([1.0])
    with pytest.raises(ValueError, match="by a variable or its path"):
        loss_surface(model, x, y, directions=(first, (stranger, 0)))


def test_a_model_without_a_loss_and_other_batches_are_refused():
    model, x, y, weights = one_unit(5.0, -2.5)
    with pytest.raises(ValueError, match="must have the same batch"):
        loss_surface(model, x, np.ones((2, 1)), directions=weights)
    # Each of its three variables is a single number.
    with pytest.raises(ValueError, match="that are not all 0"):
        loss_surface(model, x, y)
    without = keras.Sequential([keras.Input((50, 1)), keras_rnn.GRU(1)])
    for _ in range(2):
        with pytest.raises(ValueError, match="must be compiled with a loss"):
            loss_surface(without, x, y)
        without.compile("sgd")
