# SPDX-License-Identifier: Apache-2.0
"""What a recurrent network does, as DataFrames: gradients, gates, memory."""

from keras_rnn.diagnostics.attribution import Attribution, attribution
from keras_rnn.diagnostics.callback import DiagnosticsCallback
from keras_rnn.diagnostics.gates import Gates, gates
from keras_rnn.diagnostics.gradients import GradientFlow, gradient_flow
from keras_rnn.diagnostics.loss_surface import LossSurface, loss_surface
from keras_rnn.diagnostics.memory import Memory, memory

__all__ = [
    "Attribution",
    "DiagnosticsCallback",
    "Gates",
    "GradientFlow",
    "LossSurface",
    "Memory",
    "attribution",
    "gates",
    "gradient_flow",
    "loss_surface",
    "memory",
]
