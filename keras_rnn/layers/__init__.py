# SPDX-License-Identifier: Apache-2.0
"""What recurs: one small file per layer, and the table of all layers."""

from typing import TYPE_CHECKING

from keras_rnn import _names
from keras_rnn.engine import Chrono
from keras_rnn.layers.ablated_lstm import AblatedLSTM, AblatedLSTMCell
from keras_rnn.layers.coupled_gate_lstm import (
    CoupledGateLSTM,
    CoupledGateLSTMCell,
)
from keras_rnn.layers.elman import Elman, ElmanCell
from keras_rnn.layers.gru import GRU, GRUCell
from keras_rnn.layers.grud import GRUD, GRUDCell
from keras_rnn.layers.ind_rnn import IndRNN, IndRNNCell
from keras_rnn.layers.jordan import Jordan, JordanCell
from keras_rnn.layers.keras_cells import OF_EQUATIONS, OUR_CELLS, our_cell
from keras_rnn.layers.layer_norm_gru import LayerNormGRU, LayerNormGRUCell
from keras_rnn.layers.layer_norm_lstm import LayerNormLSTM, LayerNormLSTMCell
from keras_rnn.layers.layer_norm_simple_rnn import (
    LayerNormSimpleRNN,
    LayerNormSimpleRNNCell,
)
from keras_rnn.layers.lru import LRU, LRUCell
from keras_rnn.layers.lstm import LSTM, LSTMCell
from keras_rnn.layers.mgu import MGU, MGUCell
from keras_rnn.layers.min_gru import MinGRU, MinGRUCell
from keras_rnn.layers.min_lstm import MinLSTM, MinLSTMCell
from keras_rnn.layers.mlstm import MLSTM, MLSTMCell
from keras_rnn.layers.mut1 import MUT1, MUT1Cell
from keras_rnn.layers.mut2 import MUT2, MUT2Cell
from keras_rnn.layers.mut3 import MUT3, MUT3Cell
from keras_rnn.layers.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from keras_rnn.layers.projected_lstm import ProjectedLSTM, ProjectedLSTMCell
from keras_rnn.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from keras_rnn.layers.slstm import SLSTM, SLSTMCell
from keras_rnn.layers.table import LAYERS, get, key_of_0_1, register
from keras_rnn.layers.update_gate_rnn import UpdateGateRNN, UpdateGateRNNCell

__all__ = [
    "GRU",
    "GRUD",
    "LAYERS",
    "LRU",
    "LSTM",
    "MGU",
    "MLSTM",
    "MUT1",
    "MUT2",
    "MUT3",
    "OF_EQUATIONS",
    "OUR_CELLS",
    "SLSTM",
    "AblatedLSTM",
    "AblatedLSTMCell",
    "Chrono",
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
    "get",
    "key_of_0_1",
    "our_cell",
    "register",
]

if not TYPE_CHECKING:
    # Type checkers shall still tell which names there are not.
    __getattr__ = _names.moved(__name__)
