# SPDX-License-Identifier: Apache-2.0
"""The recurrent layers Keras leaves out, from a DataFrame to a forecast."""

import importlib
from typing import TYPE_CHECKING, Any

# Keras finds the classes of a saved file in its registry only: whatever can
# be in a file is imported at once, and the rest when it is asked for.
from keras_rnn import _names, engine, layers, metrics, models
from keras_rnn.layers import (
    GRU,
    GRUD,
    LRU,
    LSTM,
    MGU,
    MLSTM,
    MUT1,
    MUT2,
    MUT3,
    SLSTM,
    AblatedLSTM,
    AblatedLSTMCell,
    CoupledGateLSTM,
    CoupledGateLSTMCell,
    Elman,
    ElmanCell,
    GRUCell,
    GRUDCell,
    IndRNN,
    IndRNNCell,
    Jordan,
    JordanCell,
    LayerNormGRU,
    LayerNormGRUCell,
    LayerNormLSTM,
    LayerNormLSTMCell,
    LayerNormSimpleRNN,
    LayerNormSimpleRNNCell,
    LRUCell,
    LSTMCell,
    MGUCell,
    MinGRU,
    MinGRUCell,
    MinLSTM,
    MinLSTMCell,
    MLSTMCell,
    MUT1Cell,
    MUT2Cell,
    MUT3Cell,
    PeepholeLSTM,
    PeepholeLSTMCell,
    ProjectedLSTM,
    ProjectedLSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    SLSTMCell,
    UpdateGateRNN,
    UpdateGateRNNCell,
)

if TYPE_CHECKING:
    from keras_rnn import data, diagnostics, forecasting, migration, tuning

__all__ = [
    "GRU",
    "GRUD",
    "LRU",
    "LSTM",
    "MGU",
    "MLSTM",
    "MUT1",
    "MUT2",
    "MUT3",
    "SLSTM",
    "AblatedLSTM",
    "AblatedLSTMCell",
    "CoupledGateLSTM",
    "CoupledGateLSTMCell",
    "Elman",
    "ElmanCell",
    "GRUCell",
    "GRUDCell",
    "IndRNN",
    "IndRNNCell",
    "Jordan",
    "JordanCell",
    "LRUCell",
    "LSTMCell",
    "LayerNormGRU",
    "LayerNormGRUCell",
    "LayerNormLSTM",
    "LayerNormLSTMCell",
    "LayerNormSimpleRNN",
    "LayerNormSimpleRNNCell",
    "MGUCell",
    "MLSTMCell",
    "MUT1Cell",
    "MUT2Cell",
    "MUT3Cell",
    "MinGRU",
    "MinGRUCell",
    "MinLSTM",
    "MinLSTMCell",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "ProjectedLSTM",
    "ProjectedLSTMCell",
    "SLSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "UpdateGateRNN",
    "UpdateGateRNNCell",
    "data",
    "diagnostics",
    "engine",
    "forecasting",
    "layers",
    "metrics",
    "migration",
    "models",
    "tuning",
]

__version__ = "0.2.0"

_elsewhere = _names.moved(
    __name__,
    load="Forecaster.load('sales.forecaster')",
    load_model="keras.models.load_model(path), or "
    "Forecaster.load('sales.forecaster')",
    BiLSTM="Stack('lstm', units=64, bidirectional=True), or "
    "keras.layers.Bidirectional(keras_rnn.LSTM(64))",
)
_WHEN_ASKED_FOR = (
    "data",
    "diagnostics",
    "forecasting",
    "migration",
    "tuning",
)


def __getattr__(name: str) -> Any:
    if name in _WHEN_ASKED_FOR:
        return importlib.import_module(f"keras_rnn.{name}")
    return _elsewhere(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
