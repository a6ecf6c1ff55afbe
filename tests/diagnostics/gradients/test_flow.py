# SPDX-License-Identifier: Apache-2.0
"""gradient_flow and its verdicts, on networks whose gains are known."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn
from keras_rnn.diagnostics import gradient_flow
from keras_rnn.layers import LAYERS, Chrono
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

TIME, UNITS = 50, 32


def noise(samples=4, time=TIME, features=3, seed=0):
    shape = (samples, time, features)
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def compiled(model, **settings):
    model.compile(loss="mse", optimizer="sgd", **settings)
    return model


def one_layer(layer, features=3):
    layers = [keras.Input((None, features)), layer, keras.layers.Dense(1)]
    return compiled(keras.Sequential(layers))


def flow_of(model, x, **settings):
    targets = np.ones((len(x), *model.output_shape[1:]), "float32")
    return gradient_flow(model, x, targets, **settings)


def rotation(units, seed=0):
    normal = np.random.default_rng(seed).normal(size=(units, units))
    return np.linalg.qr(normal)[0]


@pytest.mark.parametrize(
    ("size", "verdict"),
    [(0.8, "vanishing"), (1.0, "stable"), (1.2, "exploding")],
)
def test_a_linear_elman_network_has_the_gain_of_its_rotation(size, verdict):
    """∂h(t) / ∂h(t − d) = (s Q)^d, whose norm is s^d."""
    layer = keras_rnn.Elman(8, activation="linear")
    model = one_layer(layer)
    layer.cell.recurrent_kernel.assign(size * rotation(8))
    found = flow_of(model, noise())
    joint = found.jacobians.xs("joint", level="block").droplevel([0, 1])
    for column in ("median", "smallest", "largest", "bound"):
        np.testing.assert_allclose(
            joint[column], size ** joint.index.to_numpy(float), rtol=1e-4
        )
    (row,) = found.verdicts.to_dict("records")
    assert row["verdict"] == verdict
    assert row["distance"] == TIME
    assert row["gain"] == pytest.approx(size**TIME, rel=1e-4)
    assert row["gain_per_step"] == pytest.approx(size, rel=1e-5)
    assert bool(row["remedy"]) == (verdict != "stable")
    kernel = found.kernels.iloc[0]
    assert kernel["singular_value"] == pytest.approx(size, rel=1e-5)
    assert kernel["spectral_radius"] == pytest.approx(size, rel=1e-5)


@pytest.mark.parametrize("key", ["gru", "keras_gru", "simple_rnn"])
def test_what_forgets_by_default_vanishes(key):
    model = one_layer(LAYERS[key].layer(UNITS, seed=1))
    (row,) = flow_of(model, noise()).verdicts.to_dict("records")
    assert row["verdict"] == "vanishing"
    assert "forget_bias=Chrono(50)" in row["remedy"]


def test_an_open_forget_gate_is_stable():
    bias = Chrono(TIME, seed=0)
    model = one_layer(keras_rnn.LSTM(UNITS, forget_bias=bias, seed=1))
    (row,) = flow_of(model, noise()).verdicts.to_dict("records")
    assert row["verdict"] == "stable"


def test_the_constant_error_carousel_has_a_gain_of_one():
    """The forget gate is 1 and R is 0: c = c' + i g."""
    layer = keras_rnn.AblatedLSTM(
        UNITS,
        ablated_gate="forget",
        peephole=None,
        recurrent_initializer="zeros",
    )
    found = flow_of(one_layer(layer), noise())
    (row,) = found.verdicts.to_dict("records")
    assert row["verdict"] == "stable"
    cells = found.jacobians.xs("c_c", level="block")["median"]
    np.testing.assert_allclose(cells, 1, rtol=1e-5)
    paths = found.jacobians.xs("cell_path", level="block")["median"]
    np.testing.assert_allclose(paths, 1, rtol=1e-5)


def test_a_training_that_explodes_is_named_and_clipping_helps():
    layer = keras_rnn.SimpleRNN(8, activation="linear")
    model = one_layer(layer)
    layer.cell.recurrent_kernel.assign(1.3 * rotation(8))
    x, y = noise(16), np.ones((16, 1), "float32")
    assert set(flow_of(model, x).verdicts["verdict"]) == {"exploding"}
    start = model.get_weights()
    lost = model.fit(x, y, epochs=8, verbose=0).history["loss"]
    assert not np.isfinite(lost[-1]) or lost[-1] > lost[0]
    model.set_weights(start)
    clipped = keras.optimizers.SGD(0.01, clipnorm=1.0)
    model.compile(loss="mse", optimizer=clipped)
    weights = flow_of(model, x).weights
    assert weights.loc["all", "before"] > 1e3
    assert weights.drop(index="all")["after"].max() <= 1 + 1e-6


def test_a_training_that_cannot_learn_is_named():
    """The target is the first input: its gradient does not arrive."""
    layer = keras_rnn.SimpleRNN(8, recurrent_initializer="zeros")
    model = one_layer(layer, features=1)
    layer.cell.recurrent_kernel.assign(0.4 * rotation(8))
    x = noise(64, features=1)
    y = x[:, 0]
    before = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=5, verbose=0)
    assert model.evaluate(x, y, verbose=0) > 0.5 * min(before, y.var())
    (row,) = flow_of(model, x).verdicts.to_dict("records")
    assert row["verdict"] == "vanishing"


def test_distances_and_thresholds_are_the_callers():
    model = one_layer(keras_rnn.SimpleRNN(4, seed=2))
    x = noise(2, 10)
    found = flow_of(model, x, distances=[7, 3, 99], vanishing=1e-30)
    joint = found.jacobians.xs("joint", level="block")
    assert joint.index.get_level_values("distance").tolist() == [3, 7]
    assert found.verdicts["distance"].tolist() == [7]
    assert found.verdicts["verdict"].tolist() == ["stable"]


def test_layers_and_directions_stand_in_one_table():
    stack = Stack("gru", [4, 3], bidirectional=True)
    inputs = Sequences(3, mask_value=0.0)
    model = compiled(many_to_one(stack, inputs, Regression()))
    x = noise(3, 6)
    x[1, 4:] = 0
    found = flow_of(model, x)
    for table in (found.errors, found.jacobians, found.kernels, found.verdicts):
        assert table.index.names[:2] == ["layer", "direction"]
        assert len(table.index.droplevel(
            list(range(2, table.index.nlevels))
        ).unique()) == 4  # fmt: skip
    one = found.errors.xs("forward", level="direction").xs(1, level="sample")
    assert one.index.get_level_values("time").max() == 3


def test_token_ids_are_read():
    tokens = Tokens(7)
    model = many_to_many(Stack("elman", 3), tokens, NextToken.of(tokens))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    ids = np.array([[3, 4, 5, 2], [1, 6, 0, 0]])
    found = gradient_flow(model, ids, np.roll(ids, -1, axis=1))
    assert len(found.errors) == 4 + 2
    assert found.verdicts["distance"].tolist() == [4]


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_has_about_the_same_gradients(dtype):
    found = []
    for policy in ("float32", dtype):
        layers = [
            keras_rnn.LSTM(3, return_sequences=True, dtype=policy, seed=1),
            keras_rnn.Elman(3, dtype=policy, seed=1),
        ]
        model = keras.Sequential([keras.Input((None, 3)), *layers])
        randomized(compiled(model))
        found.append(flow_of(model, noise(2, 6)))
    exact, rounded = found
    for table in ("errors", "jacobians"):
        np.testing.assert_allclose(
            getattr(rounded, table), getattr(exact, table), rtol=0.2, atol=0.02
        )


def test_cells_stacked_in_one_layer_are_left_out_with_a_warning():
    cells = [keras.layers.LSTMCell(3), keras.layers.GRUCell(2)]
    stacked = keras.layers.RNN(cells, return_sequences=True)
    layers = [keras.Input((None, 3)), stacked, keras_rnn.GRU(2)]
    model = compiled(keras.Sequential(layers))
    with pytest.warns(UserWarning, match="not recorded"):
        found = flow_of(model, noise(2, 5))
    assert len(found.verdicts) == 1


class OwnCell(keras.layers.Layer):
    """h = tanh(x W + h'): a cell that this package knows nothing of."""

    state_size = output_size = 3

    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], 3), name="W")

    def call(self, x, states, training=False):
        h = ops.tanh(ops.matmul(x, self.W) + states[0])
        return h, [h]


def test_a_cell_of_somebody_else_has_gains_and_no_equations():
    """∂h(t) / ∂h(t − 1) = diag(1 − h(t)²)."""
    model = one_layer(keras.layers.RNN(OwnCell()))
    x = noise(1, 2)
    found = flow_of(model, x)
    assert found.kernels.empty
    assert set(found.jacobians.index.unique("block")) == {"joint", "h_h"}
    assert found.jacobians["bound"].isna().all()
    W = ops.convert_to_numpy(model.layers[0].cell.W)
    first = np.tanh(x[0, 0] @ W)
    slopes = (1 - first**2) * (1 - np.tanh(x[0, 1] @ W + first) ** 2)
    (row,) = found.verdicts.to_dict("records")
    assert row["gain"] == pytest.approx(slopes.max(), rel=1e-4)


def test_targets_are_not_shared_by_sequences():
    model = one_layer(keras_rnn.GRU(3))
    with pytest.raises(ValueError, match="must have the same batch"):
        gradient_flow(model, noise(4, 5), np.ones((1, 1)))


def test_what_cannot_be_answered_is_refused():
    x = noise(2, 5)
    model = many_to_one(Stack("gru", 2), Sequences(3), MultiClass(2))
    with pytest.raises(ValueError, match="must be compiled with a loss"):
        gradient_flow(model, x, np.zeros(2))
    model = one_layer(keras_rnn.GRU(2))
    for settings, message in (
        ({"samples": 0}, "`samples`"),
        ({"vanishing": 0.0}, "`vanishing`"),
        ({"exploding": -1.0}, "`exploding`"),
        ({"distances": [0]}, "`distances`"),
        ({"distances": [6]}, "5 unmasked steps"),
    ):
        with pytest.raises(ValueError, match=message):
            flow_of(model, x, **settings)
    inputs = Sequences(3, mask_value=0.0)
    masked = compiled(many_to_one(Stack("gru", 2), inputs, Regression()))
    with pytest.raises(ValueError, match="all are masked"):
        flow_of(masked, 0 * x)
    with pytest.raises(TypeError, match="`model`"):
        gradient_flow("model", x, np.zeros(2))


def test_stateful_layers_begin_with_their_states_and_keep_them():
    layer = keras_rnn.GRU(3, stateful=True, return_sequences=True)
    inputs = keras.Input((5, 3), batch_size=2)
    model = compiled(keras.Model(inputs, layer(inputs)))
    x, y = noise(2, 5), np.ones((2, 5, 3), "float32")
    model(noise(2, 5, seed=1))
    before = ops.convert_to_numpy(layer.states[0])
    assert before.any()
    found = gradient_flow(model, x, y)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.states[0]), before)
    plain = keras_rnn.GRU(3, return_sequences=True)
    inputs, state = keras.Input((5, 3)), keras.Input((3,))
    given = keras.Model([inputs, state], plain(inputs, initial_state=state))
    given.set_weights(layer.get_weights())
    expected = gradient_flow(compiled(given), [x, before], y)
    np.testing.assert_allclose(found.errors, expected.errors, rtol=1e-4)
    np.testing.assert_allclose(found.jacobians, expected.jacobians, rtol=1e-4)


@pytest.mark.parametrize("layer", [keras_rnn.SimpleRNN, keras_rnn.LSTM])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_a_training_blew_up_are_exploding(layer, value):
    model = one_layer(layer(4))
    model.set_weights([np.full_like(w, value) for w in model.get_weights()])
    found = flow_of(model, noise(samples=2, time=10))
    assert found.verdicts["verdict"].tolist() == ["exploding"]
    assert found.jacobians["median"].isna().all()
    assert found.kernels.isna().all(axis=None)
    assert np.isnan(found.weights.loc["all", "before"])


def test_gains_and_bounds_above_all_numbers_are_infinite():
    model = one_layer(keras_rnn.SimpleRNN(4, activation="relu"))
    model.set_weights([np.full_like(w, 1e30) for w in model.get_weights()])
    found = flow_of(model, np.ones((2, 20, 3), "float32"))
    joint = found.jacobians.xs("joint", level="block").droplevel([0, 1])
    # A matrix of ones has the norm 4, and nothing stops a ReLU.
    assert joint.loc[1, "median"] == pytest.approx(4e30)
    assert np.isposinf(joint.loc[20, ["median", "bound"]]).all()
    assert found.verdicts["verdict"].tolist() == ["exploding"]
