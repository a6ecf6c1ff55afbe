# SPDX-License-Identifier: Apache-2.0
"""The recurrent layers Keras leaves out, from a DataFrame to a forecast."""

from keras_rnn import data, engine, layers
from keras_rnn.layers import (
    CoupledGateLSTM,
    CoupledGateLSTMCell,
    Elman,
    ElmanCell,
    Jordan,
    JordanCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)

__all__ = [
    "CoupledGateLSTM",
    "CoupledGateLSTMCell",
    "Elman",
    "ElmanCell",
    "Jordan",
    "JordanCell",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "data",
    "engine",
    "layers",
]

__version__ = "0.1.0"
