# SPDX-License-Identifier: Apache-2.0
"""What recurs: one small file a layer, and the table of all layers."""

from keras_rnn.layers.coupled_gate_lstm import (
    CoupledGateLSTM,
    CoupledGateLSTMCell,
)
from keras_rnn.layers.elman import Elman, ElmanCell
from keras_rnn.layers.gru import GRU, GRUCell
from keras_rnn.layers.jordan import Jordan, JordanCell
from keras_rnn.layers.lstm import LSTM, LSTMCell
from keras_rnn.layers.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from keras_rnn.layers.table import LAYERS, get, register

__all__ = [
    "GRU",
    "LAYERS",
    "LSTM",
    "CoupledGateLSTM",
    "CoupledGateLSTMCell",
    "Elman",
    "ElmanCell",
    "GRUCell",
    "Jordan",
    "JordanCell",
    "LSTMCell",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "get",
    "register",
]
