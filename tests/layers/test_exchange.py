# SPDX-License-Identifier: Apache-2.0
"""Weights carried over to and from layers that compute the same."""

import keras
import numpy as np
import pytest

from keras_rnn.layers import (
    GRU,
    LSTM,
    CoupledGateLSTM,
    Elman,
    PeepholeLSTM,
    SimpleRNN,
)
from tests.backend import tensorflow_only
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    OUTPUT_UNITS,
    TIME,
    UNITS,
    assert_close,
    random_sequences,
    randomized,
)

EVERYTHING = {"return_sequences": True, "return_state": True}


def _built(layer):
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


def _assert_same(actual, expected):
    assert_close(
        *(
            {str(k): np.array(v) for k, v in enumerate(outputs)}
            for outputs in (actual, expected)
        ),
        FLOAT32,
    )


@pytest.mark.parametrize("output_activation", ["linear", "tanh"])
def test_elman_is_simple_rnn_and_dense(output_activation):
    elman = _built(
        Elman(
            UNITS,
            output_units=OUTPUT_UNITS,
            output_activation=output_activation,
            **EVERYTHING,
        )
    )
    simple_rnn = _built(keras.layers.SimpleRNN(UNITS, **EVERYTHING))
    dense = keras.layers.Dense(OUTPUT_UNITS, activation=output_activation)
    dense.build((BATCH, TIME, UNITS))
    # Theirs into ours, in the order of get_weights.
    elman.set_weights([*simple_rnn.get_weights(), *dense.get_weights()])
    x = random_sequences()
    h, state = simple_rnn(x)
    _assert_same(elman(x), (dense(h), state))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            SimpleRNN(UNITS, **EVERYTHING),
            keras.layers.SimpleRNN(UNITS, **EVERYTHING),
        ),
        (LSTM(UNITS, **EVERYTHING), keras.layers.LSTM(UNITS, **EVERYTHING)),
        (
            LSTM(UNITS, unit_forget_bias=False, **EVERYTHING),
            keras.layers.LSTM(UNITS, unit_forget_bias=False, **EVERYTHING),
        ),
        (GRU(UNITS, **EVERYTHING), keras.layers.GRU(UNITS, **EVERYTHING)),
        (
            GRU(UNITS, reset_after=False, **EVERYTHING),
            keras.layers.GRU(UNITS, reset_after=False, **EVERYTHING),
        ),
    ],
)
def test_a_fused_layer_starts_and_computes_as_keras_own(ours, theirs):
    for layer in (ours, theirs):
        layer.build((BATCH, TIME, FEATURES))
    np.testing.assert_array_equal(ours.cell.bias, theirs.cell.bias)
    ours.set_weights(randomized(theirs).get_weights())
    x = random_sequences()
    _assert_same(ours(x), theirs(x))


def test_a_coupled_gate_lstm_is_an_lstm_whose_input_gate_mirrors_the_forget():
    """1 − σ(z) = σ(−z)."""
    coupled = _built(CoupledGateLSTM(UNITS, **EVERYTHING))
    lstm = _built(keras.layers.LSTM(UNITS, **EVERYTHING))
    f = slice(0, UNITS)  # the first of its gates f, g, o
    lstm.set_weights(
        [
            np.concatenate([-weight[..., f], weight], axis=-1)
            for weight in coupled.get_weights()
        ]
    )
    x = random_sequences()
    _assert_same(coupled(x), lstm(x))


@pytest.mark.parametrize("peephole", ["diagonal", "full"])
def test_without_peepholes_a_peephole_lstm_is_an_lstm(peephole):
    ours = _built(PeepholeLSTM(UNITS, peephole=peephole, **EVERYTHING))
    lstm = _built(keras.layers.LSTM(UNITS, **EVERYTHING))
    peepholes = np.zeros(ours.cell.peephole_kernel.shape)
    ours.set_weights([*lstm.get_weights(), peepholes])
    x = random_sequences()
    _assert_same(ours(x), lstm(x))


@pytest.mark.parametrize("peephole", ["diagonal", "full"])
def test_without_peepholes_a_coupled_gate_lstm_has_none(peephole):
    peeping = _built(CoupledGateLSTM(UNITS, peephole=peephole, **EVERYTHING))
    plain = _built(CoupledGateLSTM(UNITS, **EVERYTHING))
    peepholes = np.zeros(peeping.cell.peephole_kernel.shape)
    peeping.set_weights([*plain.get_weights(), peepholes])
    x = random_sequences()
    _assert_same(peeping(x), plain(x))


@pytest.mark.parametrize("cls", [PeepholeLSTM, CoupledGateLSTM])
def test_full_peepholes_hold_the_diagonal_ones(cls):
    diagonal = _built(cls(UNITS, peephole="diagonal", **EVERYTHING))
    full = _built(cls(UNITS, peephole="full", **EVERYTHING))
    *others, rows = diagonal.get_weights()
    matrices = np.concatenate([np.diag(row) for row in rows], axis=-1)
    full.set_weights([*others, matrices])
    x = random_sequences()
    _assert_same(full(x), diagonal(x))


@tensorflow_only
def test_a_peephole_lstm_is_the_block_lstm_of_tensorflow():
    import tensorflow as tf

    layer = _built(PeepholeLSTM(UNITS, **EVERYTHING))
    kernel, recurrent_kernel, bias, peepholes = layer.get_weights()

    def in_their_order(weight):
        i, f, g, o = np.split(weight, 4, axis=-1)
        return np.concatenate([i, g, f, o], axis=-1)

    x = random_sequences()
    zeros = np.zeros((BATCH, UNITS), dtype="float32")
    block = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.constant(TIME, dtype="int64"),
        x=x.transpose(1, 0, 2),
        cs_prev=zeros,
        h_prev=zeros,
        w=in_their_order(np.concatenate([kernel, recurrent_kernel])),
        wci=peepholes[0],
        wcf=peepholes[1],
        wco=peepholes[2],
        b=in_their_order(bias),
        forget_bias=0.0,
        cell_clip=-1.0,
        use_peephole=True,
    )
    h = np.array(block.h).transpose(1, 0, 2)
    _assert_same(layer(x), (h, block.h[-1], block.cs[-1]))


def test_elman_without_memory_is_two_dense_layers():
    elman = _built(Elman(UNITS, output_units=OUTPUT_UNITS))
    elman.cell.recurrent_kernel.assign(np.zeros((UNITS, UNITS)))
    kernel, _, bias, output_kernel, output_bias = elman.get_weights()
    x = random_sequences()
    hidden = np.tanh(x[:, -1] @ kernel + bias)
    np.testing.assert_allclose(
        elman(x), hidden @ output_kernel + output_bias, **FLOAT32
    )
