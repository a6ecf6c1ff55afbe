# SPDX-License-Identifier: Apache-2.0
"""How a recurrence runs: read once, rarely touched."""

from keras_rnn.engine import backend
from keras_rnn.engine.activations import DERIVATIVES
from keras_rnn.engine.backend import portable
from keras_rnn.engine.cells.fed_back import FedBackCell
from keras_rnn.engine.cells.gated import ForgetGateCell, GatedCell
from keras_rnn.engine.cells.keras_cell import RecurrentCell
from keras_rnn.engine.cells.peepholes import PEEPHOLES, PeepholeCell
from keras_rnn.engine.cells.read_out import ReadOutCell
from keras_rnn.engine.layer import RecurrentLayer

__all__ = [
    "DERIVATIVES",
    "PEEPHOLES",
    "FedBackCell",
    "ForgetGateCell",
    "GatedCell",
    "PeepholeCell",
    "ReadOutCell",
    "RecurrentCell",
    "RecurrentLayer",
    "backend",
    "portable",
]
