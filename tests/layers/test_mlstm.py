# SPDX-License-Identifier: Apache-2.0
"""The mLSTM: its chunks against its loop, and gates that are extreme."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.engine.matrix_memory import CHUNK
from keras_rnn.layers import MLSTM, Chrono
from tests.backend import BACKEND, WIDEST, derivatives, fused_only
from tests.layers import oracles
from tests.rows import (
    FINEST,
    FLOAT32,
    assert_close,
    random,
    random_states,
    randomized,
)
from tests.tiers import products

ROWS, FEATURES, UNITS, HEADS = 3, 2, 6, 2
# In float32 sums over hundreds of steps differ by their order.
OVER_HUNDREDS = FINEST if WIDEST == "float64" else {"rtol": 2e-3, "atol": 1e-3}
EVERYTHING = {"return_sequences": True, "return_state": True}
LENGTHS = {
    "one chunk": 5,
    "a full chunk": CHUNK,
    "two, padded": CHUNK + 1,
    "five, padded": 4 * CHUNK + 7,
}


every_engine = pytest.mark.parametrize(
    "engine",
    ["auto", pytest.param("fused", marks=fused_only), "reference"],
)


def _layer(scale=1.0, **arguments):
    layer = MLSTM(UNITS, **{"num_heads": HEADS, **EVERYTHING, **arguments})
    layer.build((ROWS, None, FEATURES))
    randomized(layer)
    for weight in layer.trainable_weights:
        if weight.name in ("kernel_heads", "bias_heads"):
            weight.assign(scale * weight)
    return layer


def _mask(name, time):
    """Steps that are masked at the end, at the beginning, here and there."""
    if name == "none":
        return None
    mask = random(ROWS, time, seed=3) > 0
    if name == "ends":
        mask[:] = True
        mask[0, time // 2 :] = mask[1, : time // 2] = mask[2] = False
    return mask


@pytest.fixture
def chunks(monkeypatch):
    """Whether each call ran in chunks, where it was asked to."""
    done = []
    in_parallel = MLSTM.cell_class.in_parallel

    def spy(cell, batch):
        results = in_parallel(cell, batch)
        done.append(results is not None)
        return results

    monkeypatch.setattr(MLSTM.cell_class, "in_parallel", spy)
    return done


@products(
    time=LENGTHS, mask=["none", "ends", "random"], with_states=[False, True]
)
def test_chunks_have_the_numbers_of_the_loop(chunks, time, mask, with_states):
    results = []
    for engine in ("auto", "reference"):
        layer = _layer(dtype=WIDEST, engine=engine)
        states = random_states(layer, ROWS) if with_states else None
        x = random(ROWS, time, FEATURES)
        results.append(derivatives(layer, x, states, mask=_mask(mask, time)))
    assert chunks == [True]
    actual, expected = results
    assert_close(actual.outputs, expected.outputs, OVER_HUNDREDS)
    assert_close(actual.gradients, expected.gradients, OVER_HUNDREDS)


@pytest.mark.parametrize(
    ("time", "arguments", "expected"),
    [
        (7, {}, [True]),
        (1, {}, [False]),
        (7, {"zoneout": 0.1}, [False]),
        pytest.param(7, {"engine": "fused"}, [], marks=fused_only),
        pytest.param(7, {"checkpoint_every": 3}, [], marks=fused_only),
    ],
    ids=str,
)
def test_chunks_run_where_they_can(chunks, time, arguments, expected):
    _layer(**arguments)(random(ROWS, time, FEATURES))
    assert chunks == expected


def test_chunks_compute_what_the_oracle_does_over_hundreds_of_steps():
    layer = _layer(dtype=WIDEST)
    x = random(ROWS, 2 * CHUNK + 1, FEATURES)
    states = random_states(layer, ROWS)
    weights = {w.name: ops.convert_to_numpy(w) for w in layer.weights}
    outputs, last = oracles.run(oracles.mlstm, x, states, weights, None)
    for actual, expected in zip(
        layer(x, initial_state=states), [outputs, *last], strict=True
    ):
        np.testing.assert_allclose(actual, expected, **OVER_HUNDREDS)


@every_engine
@pytest.mark.parametrize("to_gates", [(300, 300), (-300, -300), (300, -300)])
def test_extreme_gates_overflow_nothing(engine, to_gates):
    layer = _layer(scale=30.0, engine=engine)
    bias = np.repeat(np.array(to_gates, "float32"), HEADS)
    layer.cell.bias_heads.assign(bias)
    x = random(ROWS, 3 * CHUNK, FEATURES)
    x[:, 10:20] = 0
    found = derivatives(layer, x)
    for name, value in (found.outputs | found.gradients).items():
        assert np.isfinite(value).all(), name


@every_engine
def test_a_memory_far_above_1_may_be_asked_for_nothing(engine):
    """With q = 0 both the numerator and n · q are 0."""
    layer = _layer(engine=engine, use_bias=False)
    layer.cell.kernel_heads.assign(np.full((FEATURES, 2 * HEADS), 200.0))
    x = np.ones((ROWS, 4, FEATURES), "float32")
    x[:, 1:] = 0
    found = derivatives(layer, x)
    assert not found.outputs["output 0"][:, 1:].any()
    for name, value in (found.outputs | found.gradients).items():
        assert np.isfinite(value).all(), name


def test_the_output_shows_nothing_of_the_stabiliser():
    layer = _layer(dtype=WIDEST)
    h, C, n, m = random_states(layer, ROWS)
    x = random(ROWS, 9, FEATURES)
    shift = 1.5
    scaled = [h, C / np.exp(shift), n / np.exp(shift), m + shift]
    plain, *_ = layer(x, initial_state=[h, C, n, m])
    shifted, *_ = layer(x, initial_state=scaled)
    np.testing.assert_allclose(plain, shifted, **FLOAT32)


def test_it_finds_the_value_under_a_key():
    """Two writes with orthogonal keys, then a query for the first."""
    layer = MLSTM(2, activation="linear", bias_initializer="zeros")
    layer.build((1, 3, 6))
    kernel = np.zeros((6, 8), "float32")
    kernel[0, 2] = kernel[1, 3] = np.sqrt(2)  # k, of which 1/√d is taken
    kernel[2, 4] = kernel[3, 5] = 1  # v
    kernel[4, 0] = kernel[5, 1] = 1  # q
    bias = np.array([0] * 6 + [50] * 2, "float32")  # o is open
    gates = np.zeros((6, 2), "float32")
    gates[4:, 0] = -100  # to read is not to write
    layer.set_weights([kernel, bias, gates, np.array([0, 50], "float32")])
    x = np.array([[[1, 0, 3, 5, 0, 0], [0, 1, 7, 9, 0, 0], [0, 0, 0, 0, 1, 0]]])
    np.testing.assert_allclose(layer(x), [[3, 5]], rtol=1e-5)


def test_dropout_leaves_the_gates_of_the_heads():
    layer = _layer(dropout=0.5, seed=3)
    x = ops.convert_to_tensor(random(8, 4, FEATURES).astype("float32"))
    mask = np.array(layer.cell.get_dropout_mask(x[:, 0]))
    assert mask.shape == (8, FEATURES + 2 * HEADS)
    assert (mask[:, FEATURES:] == 1).all()
    assert set(np.unique(mask[:, :FEATURES])) == {0.0, 2.0}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [0.5, 0.5, 0.5, 3, 4.5, 6]),
        ({"num_heads": 1}, [0.5, 3]),
        ({"forget_bias": -2}, [0.5, 0.5, 0.5, -2, -2, -2]),
    ],
    ids=str,
)
def test_the_forget_gates_start_open(given, expected):
    half = keras.initializers.Constant(0.5)
    layer = MLSTM(6, **{"num_heads": 3, "bias_initializer": half, **given})
    layer.build((None, None, FEATURES))
    np.testing.assert_allclose(layer.cell.bias_heads, expected)
    assert (np.array(layer.cell.bias) == 0.5).all()


def test_chrono_draws_one_span_a_head():
    keras.utils.set_random_seed(1)
    layer = MLSTM(500, num_heads=500, forget_bias=Chrono(1000))
    layer.build((None, None, FEATURES))
    of_i, of_f = np.split(np.array(layer.cell.bias_heads), 2)
    np.testing.assert_array_equal(of_i, -of_f)
    assert 900 < np.exp(of_f).max() <= 999


@pytest.mark.parametrize("num_heads", [4, 7, 0])
def test_heads_that_are_no_equal_parts_are_refused(num_heads):
    with pytest.raises(ValueError, match=f"Received: num_heads={num_heads}"):
        MLSTM(6, num_heads=num_heads)


def test_chunks_run_in_a_graph_that_xla_does_not_compile():
    model = keras.Sequential([keras.Input((CHUNK + 1, FEATURES)), _layer()])
    x = random(ROWS, CHUNK + 1, FEATURES).astype("float32")
    run_eagerly = BACKEND == "torch"
    model.compile(jit_compile=False, run_eagerly=run_eagerly)
    for actual, expected in zip(
        model.predict(x, verbose=0), model(x), strict=True
    ):
        np.testing.assert_allclose(actual, expected, **FLOAT32)
