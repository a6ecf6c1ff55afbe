# SPDX-License-Identifier: Apache-2.0
"""Pictures of diagnostics, drawn by matplotlib."""

from keras_rnn.diagnostics.plots.attribution import plot_attribution
from keras_rnn.diagnostics.plots.loss_surface import plot_loss_surface

__all__ = [
    "plot_attribution",
    "plot_loss_surface",
]
