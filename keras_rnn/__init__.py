# SPDX-License-Identifier: Apache-2.0
"""The recurrent layers Keras leaves out, from a DataFrame to a forecast."""

from keras_rnn import data, engine, forecasting, layers, metrics, models
from keras_rnn.layers import (
    GRU,
    LSTM,
    CoupledGateLSTM,
    CoupledGateLSTMCell,
    Elman,
    ElmanCell,
    GRUCell,
    Jordan,
    JordanCell,
    LSTMCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)

__all__ = [
    "GRU",
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
    "data",
    "engine",
    "forecasting",
    "layers",
    "metrics",
    "models",
]

__version__ = "0.1.0"
