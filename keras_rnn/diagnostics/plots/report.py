# SPDX-License-Identifier: Apache-2.0
"""report: one page about a model."""

from typing import TYPE_CHECKING, Any

import keras

from keras_rnn.diagnostics.gates import gates
from keras_rnn.diagnostics.gradients import GradientFlow, gradient_flow
from keras_rnn.diagnostics.plots.axes import figure_of, named
from keras_rnn.diagnostics.plots.gates import plot_saturation
from keras_rnn.diagnostics.plots.gradient_flow import (
    plot_errors,
    plot_gains,
    plot_gradient_norms,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def report(model: keras.Model, x: Any, y: Any) -> "Figure":
    """A page about a model: verdicts, gains, errors, gradients and gates.

    Args:
        model: A compiled model, as `gradient_flow` takes it, with layers of
            this package or of Keras.
        x: Arrays, as the model takes them.
        y: Targets.

    Returns:
        A figure of matplotlib, which belongs to no window.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If the model is not compiled or has no recurrent layer.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics.plots import report
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> model.compile(loss="mse", optimizer="adam")
        >>> page = report(model, np.ones((2, 9, 2)), np.ones((2, 1)))
        >>> len(page.axes)  # four pictures and the colours of one
        5
    """
    figure = figure_of(11.5, 8.5)
    found = gradient_flow(model, x, y)
    axes = figure.subplots(2, 2)
    plot_gains(found, axes[0, 0])
    plot_errors(found, axes[0, 1])
    plot_gradient_norms(found, axes[1, 0])
    plot_saturation(gates(model, x), axes[1, 1])
    figure.suptitle(_summary(found), fontsize="medium", ha="left", x=0.02)
    return figure


def _summary(found: GradientFlow) -> str:
    """A line per layer: its verdict, and the remedy."""
    lines = [
        f"{named(found.verdicts, row['layer'], row['direction'])}: "
        f"{row['verdict']}, "
        f"{row['gain']:.1e} left after {row['distance']} steps "
        f"({row['gain_per_step']:.3f} per step). {row['remedy']}".rstrip()
        for row in found.verdicts.reset_index().to_dict("records")
    ]
    return "\n".join(lines)
