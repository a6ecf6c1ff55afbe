# SPDX-License-Identifier: Apache-2.0
"""How errors travel back through time: sizes, bounds and verdicts."""

from keras_rnn.diagnostics.gradients.flow import GradientFlow, gradient_flow

__all__ = ["GradientFlow", "gradient_flow"]
