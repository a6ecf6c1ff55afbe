# SPDX-License-Identifier: Apache-2.0
"""The recurrent layers Keras leaves out, from a DataFrame to a forecast."""

import importlib
from typing import TYPE_CHECKING

# Keras finds the classes of a saved file in its registry only: whatever can
# be in a file is imported at once, and the rest when it is asked for.
from keras_rnn import engine, layers, metrics, models
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

if TYPE_CHECKING:
    from keras_rnn import data, forecasting, tuning

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
    "tuning",
]

__version__ = "0.1.0"

_WHEN_ASKED_FOR = ("data", "forecasting", "tuning")


def __getattr__(name):
    if name in _WHEN_ASKED_FOR:
        return importlib.import_module(f"keras_rnn.{name}")
    raise AttributeError(f"module 'keras_rnn' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
