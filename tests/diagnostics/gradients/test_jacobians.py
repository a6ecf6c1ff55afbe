# SPDX-License-Identifier: Apache-2.0
"""The Jacobians of the states, against autodiff through the whole layer."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

import keras_rnn
from keras_rnn.diagnostics.gradients import jacobians, products
from keras_rnn.diagnostics.gradients.bounds import (
    factor_of_bound,
    largest_slope,
)
from keras_rnn.diagnostics.recorded import recorded
from keras_rnn.engine import gradients
from keras_rnn.layers import LAYERS
from tests.rows import OWN_VARIANTS, UNITS, randomized

TIME, FEATURES = 6, 3


def model_of(layer, features=FEATURES):
    return keras.Sequential([keras.Input((None, features)), layer])


def norms_of(model, x, distances):
    (record,) = recorded(model, x)
    return jacobians.jacobian_norms(record, record.states(), distances)


def by_autodiff(layer, x):
    """∂ last states / ∂ first states of one sequence, by the engine's own.

    Returns:
        The matrix, and the columns of each state.
    """
    layer.return_state = True
    first = layer.get_initial_state(batch_size=1)
    widths = [v.shape[-1] for v in first]
    rows = []
    for k, width in enumerate(widths):
        for unit in range(width):
            _, found, _ = gradients(
                lambda *s, k=k, unit=unit: layer(x, initial_state=list(s))[
                    1 + k
                ][0, unit],
                first,
            )
            rows.append(
                np.concatenate([ops.convert_to_numpy(v)[0] for v in found])
            )
    ends = np.cumsum(widths)
    blocks = [slice(e - w, e) for e, w in zip(ends, widths, strict=True)]
    return np.array(rows), blocks


@pytest.mark.parametrize("variant", OWN_VARIANTS, ids=str)
def test_a_product_is_the_derivative_of_the_last_states(variant):
    layer = variant.random_layer(return_sequences=True, engine="reference")
    x = np.random.default_rng(1).normal(size=(1, TIME, FEATURES))
    x = x.astype("float32")
    found = norms_of(model_of(layer), x, [TIME])
    matrix, blocks = by_autodiff(layer, x)
    expected = {"joint": np.linalg.norm(matrix, 2)} | {
        f"{name}_{name}": np.linalg.norm(matrix[block, block], 2)
        for name, block in zip(layer.cell.states, blocks, strict=True)
    }
    for block, norm in expected.items():
        row = found.loc[(block, TIME)]
        np.testing.assert_allclose(row, norm, rtol=2e-3, atol=1e-7)


def test_every_pair_of_steps_at_a_distance_counts():
    layer = randomized(model_of(keras_rnn.LSTM(UNITS))).layers[0]
    x = np.random.default_rng(2).normal(size=(2, TIME, FEATURES))
    x = x.astype("float32")
    found = norms_of(model_of(layer), x, [2]).loc[("joint", 2)]
    layer.return_state = True
    norms = []
    for sequence in x:
        for start in range(TIME - 1):
            states = None
            if start:
                _, *states = layer(sequence[None, :start])
            norms.append(jacobian_from(layer, sequence, start, states))
    assert len(norms) == 2 * (TIME - 1)
    expected = [np.median(norms), np.min(norms), np.max(norms)]
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def jacobian_from(layer, sequence, start, states):
    """‖∂s(start + 2) / ∂s(start)‖₂ by central differences."""
    if states is None:
        states = layer.get_initial_state(batch_size=1)
    flat = np.concatenate([ops.convert_to_numpy(v)[0] for v in states])
    piece = np.broadcast_to(
        sequence[start : start + 2], (2 * len(flat), 2, FEATURES)
    )
    size = 1e-2
    moved = flat + size * np.concatenate([np.eye(8), -np.eye(8)])
    _, *last = layer(piece, initial_state=np.split(moved, 2, axis=1))
    last = np.concatenate([ops.convert_to_numpy(v) for v in last], axis=1)
    plus, minus = np.split(last, 2)
    return np.linalg.norm((plus - minus) / (2 * size), 2)


@pytest.mark.parametrize("key", ["lstm", "gru", "slstm", "min_gru", "lru"])
def test_wide_states_have_the_same_norms_by_power_iteration(key, monkeypatch):
    layer = LAYERS[key].layer(4, return_sequences=True, seed=3)
    model = model_of(layer)
    x = np.random.default_rng(3).normal(size=(1, 9, FEATURES))
    matrices = norms_of(model, x, [1, 3, 9])
    monkeypatch.setattr(jacobians, "WIDEST", 1)
    monkeypatch.setattr(jacobians, "FEW_STARTS", 9)
    iterated = norms_of(model, x, [1, 3, 9])
    # What is iterated from below is at most the norm.
    assert (iterated.loc["joint"] <= matrices.loc["joint"] * 1.001).all(
        axis=None
    )
    assert (iterated.loc["joint"] >= matrices.loc["joint"] * 0.9).all(axis=None)
    assert iterated.index.equals(matrices.index)


def test_masked_steps_are_no_distance():
    layer = randomized(model_of(keras_rnn.GRU(UNITS))).layers[0]
    x = np.random.default_rng(4).normal(size=(1, 4, FEATURES))
    x = x.astype("float32")
    with_holes = np.zeros((1, 7, FEATURES), "float32")
    with_holes[0, [0, 2, 3, 5]] = x[0]
    masked = keras.Sequential(
        [keras.Input((None, FEATURES)), keras.layers.Masking(), layer]
    )
    distances = [1, 2, 3, 4]
    np.testing.assert_allclose(
        norms_of(masked, with_holes, distances),
        norms_of(model_of(layer), x, distances),
        rtol=1e-4,
    )


def test_products_too_small_for_any_number_have_a_logarithm():
    shrinking = np.full((200, 1, 1), 1e-5, np.float32)
    (found,) = products.products(shrinking, products.Spans([200]))
    distance, matrices, logarithms = found
    assert distance == 200
    assert matrices.tolist() == [[[1.0]]]
    np.testing.assert_allclose(logarithms, 200 * np.log(1e-5))


@pytest.mark.parametrize("variant", OWN_VARIANTS, ids=str)
def test_the_path_along_the_cell_is_all_where_nothing_else_is(variant):
    """R and peepholes are 0: ∂c(t) / ∂c(t − d) is the product of gates."""
    layer = variant.random_layer(return_sequences=True, engine="reference")
    for weight in layer.trainable_weights:
        if "recurrent" in weight.name or "peephole" in weight.name:
            weight.assign(np.zeros(weight.shape))
    x = np.random.default_rng(5).normal(size=(1, TIME, FEATURES))
    found = norms_of(model_of(layer), x, [TIME])
    if "cell_path" in found.index:
        states = layer.cell.states
        name = next((k for k in states if k in "cC"), states[0])
        np.testing.assert_allclose(
            found.loc[("cell_path", TIME)],
            found.loc[(f"{name}_{name}", TIME)],
            rtol=1e-3,
        )


def test_gated_cells_have_a_path_and_simple_ones_have_none():
    x = np.random.default_rng(6).normal(size=(1, TIME, FEATURES))
    with_path = {
        variant.key
        for variant in OWN_VARIANTS
        if "cell_path"
        in norms_of(
            model_of(
                variant.random_layer(return_sequences=True, engine="reference")
            ),
            x,
            [2],
        ).index
    }
    simple = {"simple_rnn", "elman", "jordan", "ind_rnn", "lru"}
    # In these a state is normalized, so its units mix.
    simple |= {"layer_norm_simple_rnn", "layer_norm_lstm"}
    assert with_path == {v.key for v in OWN_VARIANTS} - simple


SLOPES = {"tanh": 1, "relu": 1, "sigmoid": 0.25, "linear": 1, "softsign": 1}


@pytest.mark.parametrize("key", ["simple_rnn", "elman", "ind_rnn", "jordan"])
@given(
    seed=st.integers(0, 2**16),
    size=st.floats(0.1, 3),
    activation=st.sampled_from(sorted(SLOPES)),
)
@settings(max_examples=8)
def test_no_product_is_larger_than_its_bound(key, seed, size, activation):
    layer = LAYERS[key].layer(3, activation=activation, return_sequences=True)
    model = model_of(layer)
    generator = np.random.default_rng(seed)
    for weight in layer.trainable_weights:
        weight.assign(size * generator.normal(size=weight.shape))
    found = norms_of(model, generator.normal(size=(2, 5, FEATURES)), [1, 2, 5])
    factor = factor_of_bound(layer.cell)
    joint = found.loc["joint", "largest"]
    bound = factor ** joint.index.to_numpy(float)
    assert (joint <= bound * (1 + 1e-4)).all()
    R = ops.convert_to_numpy(layer.cell.recurrent_kernel)
    if key == "ind_rnn":
        R = np.diag(R)
    by_hand = np.linalg.norm(R, 2) * SLOPES[activation]
    if key == "jordan":
        V = ops.convert_to_numpy(layer.cell.output_kernel)
        by_hand *= np.linalg.norm(V, 2)
    assert factor == pytest.approx(by_hand, rel=1e-4)


def test_a_slope_that_is_not_known_is_found():
    def scaled(z):
        return 3 * ops.sin(z)

    assert largest_slope(scaled) == pytest.approx(3, rel=1e-4)
    assert largest_slope(keras.activations.softmax) == 0.5


def test_other_cells_have_no_bound():
    layer = keras_rnn.LSTM(2)
    layer.build((None, None, 3))
    assert np.isnan(factor_of_bound(layer.cell))
