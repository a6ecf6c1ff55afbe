# SPDX-License-Identifier: Apache-2.0
"""Pictures of diagnostics, drawn by matplotlib."""

from keras_rnn.diagnostics.plots.attribution import plot_attribution
from keras_rnn.diagnostics.plots.gates import plot_gates, plot_saturation
from keras_rnn.diagnostics.plots.gradient_flow import (
    plot_errors,
    plot_gains,
    plot_gradient_norms,
)
from keras_rnn.diagnostics.plots.loss_surface import plot_loss_surface
from keras_rnn.diagnostics.plots.memory import plot_memory
from keras_rnn.diagnostics.plots.report import report

__all__ = [
    "plot_attribution",
    "plot_errors",
    "plot_gains",
    "plot_gates",
    "plot_gradient_norms",
    "plot_loss_surface",
    "plot_memory",
    "plot_saturation",
    "report",
]
