# SPDX-License-Identifier: Apache-2.0
"""The fused engine: a whole sequence forward, its gradient derived by hand."""

from keras_rnn.engine.fused.checkpoints import Every, checked_distance
from keras_rnn.engine.fused.program import run

__all__ = ["Every", "checked_distance", "run"]
