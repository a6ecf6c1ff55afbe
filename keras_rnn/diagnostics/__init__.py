# SPDX-License-Identifier: Apache-2.0
"""What a recurrent network does: gates, states and memory, as DataFrames."""

from keras_rnn.diagnostics.attribution import Attribution, attribution
from keras_rnn.diagnostics.gates import Gates, gates
from keras_rnn.diagnostics.loss_surface import LossSurface, loss_surface
from keras_rnn.diagnostics.memory import Memory, memory

__all__ = [
    "Attribution",
    "Gates",
    "LossSurface",
    "Memory",
    "attribution",
    "gates",
    "loss_surface",
    "memory",
]
