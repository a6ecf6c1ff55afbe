# SPDX-License-Identifier: Apache-2.0
"""The picture of how long a model remembers."""

from typing import TYPE_CHECKING, cast

import numpy as np

from keras_rnn.diagnostics.memory import Memory
from keras_rnn.diagnostics.plots.axes import COLORS, axes_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_memory(
    found: Memory, label: str | None = None, ax: "Axes | None" = None
) -> "Figure":
    """Draws how much an impulse still moves the answer d steps later.

    Calls with the same axes draw several models into one picture.

    Args:
        found: What `memory` returned.
        label: Name of the model in the legend.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.

    Example:
        >>> from keras_rnn.diagnostics import memory
        >>> from keras_rnn.diagnostics.plots import plot_memory
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> type(plot_memory(memory(model, 8))).__name__
        'Figure'
    """
    ax = axes_for(ax, 6.4, 4.0)
    (line,) = ax.plot(
        found.response.index,
        found.response,
        lw=2,
        color=COLORS[len(ax.lines) // 2 % len(COLORS)],
        label=f"{label or 'response'}, half-life {found.half_life:.3g}",
    )
    half = float(found.response.max()) / 2
    known = np.isfinite(found.half_life)
    ax.plot(
        [found.half_life] if known else [],
        [half] if known else [],
        marker="o",
        ms=8,
        color=line.get_color(),
        ls="none",
    )
    if (found.response > 0).any():
        ax.set_yscale("log")
    ax.set_xlabel("distance d in steps")
    ax.set_ylabel("change of the answer / size")
    ax.set_title("How long an impulse is remembered (dots: half-life)")
    ax.legend(fontsize="small")
    return cast("Figure", ax.figure)
