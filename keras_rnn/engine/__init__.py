# SPDX-License-Identifier: Apache-2.0
"""How a recurrence runs, forward and back."""

from keras_rnn.engine import backend
from keras_rnn.engine.activations import DERIVATIVES, Activate, log_positive
from keras_rnn.engine.backend import gradients, portable
from keras_rnn.engine.batch import Batch
from keras_rnn.engine.cells.contract import Step, StepGradient
from keras_rnn.engine.cells.equations import OverTime, Recurrence
from keras_rnn.engine.cells.keras_cell import RecurrentCell
from keras_rnn.engine.cells.kinds.chrono import Chrono, ForgetBias
from keras_rnn.engine.cells.kinds.gated import ForgetGateCell, GatedCell
from keras_rnn.engine.cells.kinds.gated_past import GatedPastCell
from keras_rnn.engine.cells.kinds.head_gated import HeadGatedCell
from keras_rnn.engine.cells.kinds.input_gated import InputGatedCell
from keras_rnn.engine.cells.kinds.normalized import NormalizedCell
from keras_rnn.engine.cells.kinds.peepholes import PEEPHOLES, PeepholeCell
from keras_rnn.engine.cells.kinds.read_out import ReadOutCell
from keras_rnn.engine.cells.random_masks import Zoneout
from keras_rnn.engine.cells.recording import (
    carried_shares,
    gate_functions,
    gate_values,
)
from keras_rnn.engine.cells.recurrent_kernels import (
    BlockDiagonal,
    Dense,
    Diagonal,
)
from keras_rnn.engine.layer import RecurrentLayer
from keras_rnn.engine.masks import has_begun, last_valid
from keras_rnn.engine.matrix_memory import (
    SMALLEST_NORM,
    Writes,
    matrix_scan,
)
from keras_rnn.engine.one_step import split_columns
from keras_rnn.engine.scans import (
    associative_scan,
    complex_linear_scan,
    linear_scan,
)

__all__ = [
    "DERIVATIVES",
    "PEEPHOLES",
    "SMALLEST_NORM",
    "Activate",
    "Batch",
    "BlockDiagonal",
    "Chrono",
    "Dense",
    "Diagonal",
    "ForgetBias",
    "ForgetGateCell",
    "GatedCell",
    "GatedPastCell",
    "HeadGatedCell",
    "InputGatedCell",
    "NormalizedCell",
    "OverTime",
    "PeepholeCell",
    "ReadOutCell",
    "Recurrence",
    "RecurrentCell",
    "RecurrentLayer",
    "Step",
    "StepGradient",
    "Writes",
    "Zoneout",
    "associative_scan",
    "backend",
    "carried_shares",
    "complex_linear_scan",
    "gate_functions",
    "gate_values",
    "gradients",
    "has_begun",
    "last_valid",
    "linear_scan",
    "log_positive",
    "matrix_scan",
    "portable",
    "split_columns",
]
