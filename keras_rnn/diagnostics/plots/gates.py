# SPDX-License-Identifier: Apache-2.0
"""Pictures of gates and states."""

from typing import TYPE_CHECKING, cast

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.diagnostics.gates import Gates
from keras_rnn.diagnostics.plots.axes import COLORS, axes_for

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_gates(
    found: Gates,
    sample: int = 0,
    *,
    layer: str | None = None,
    direction: str = "forward",
    ax: "Axes | None" = None,
) -> "Figure":
    """Draws every gate and state of one layer while it reads one sequence.

    A heat map: a column per step, and a row per unit of each gate and state.

    Args:
        found: What `gates` returned.
        sample: Which sequence of the batch.
        layer: Name of the layer; None takes the first.
        direction: `"forward"` or `"backward"`.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ValueError: If there is no such layer, direction or sequence.
        ImportError: If matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import gates
        >>> from keras_rnn.diagnostics.plots import plot_gates
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> type(plot_gates(gates(model, np.ones((1, 5, 2))))).__name__
        'Figure'
    """
    values = found.values  # noqa: PD011 (a DataFrame of ours, no pandas)
    index = values.index
    layers = list(index.unique("layer"))
    name = layers[0] if layer is None else layer
    validate.one_of("layer", name, layers)
    validate.one_of("direction", direction, list(index.unique("direction")))
    validate.one_of("sample", sample, list(index.unique("sample")))
    of_layer = values.xs(
        (name, direction, sample), level=("layer", "direction", "sample")
    )
    tables = {
        gate: cast("pd.DataFrame", of_layer.xs(gate, level="name")).T.dropna()
        for gate in of_layer.index.unique("name")
    }
    ax = axes_for(ax, 7.2, 1.2 + 0.9 * len(tables))
    figure = cast("Figure", ax.figure)
    rows = np.concatenate([table.to_numpy() for table in tables.values()])
    times = next(iter(tables.values())).columns.to_numpy()
    limit = min(float(np.abs(rows).max()), 2.0) or 1.0
    image = ax.imshow(
        rows,
        aspect="auto",
        cmap="RdBu_r",
        vmin=-limit,
        vmax=limit,
        interpolation="nearest",
        extent=(times.min() - 0.5, times.max() + 0.5, len(rows) - 0.5, -0.5),
    )
    figure.colorbar(image, ax=ax, label="value")
    heights = [len(table) for table in tables.values()]
    ends = np.cumsum(heights)
    for end in ends[:-1]:
        ax.axhline(end - 0.5, color="black", lw=0.8)
    ax.set_yticks(ends - np.array(heights) / 2 - 0.5, labels=list(tables))
    ax.set_xlabel("time in steps")
    ax.set_ylabel("gates and states, a row per unit")
    ax.set_title(f"{name}, {direction}, sample {sample}")
    return figure


def plot_saturation(found: Gates, ax: "Axes | None" = None) -> "Figure":
    """Draws how often each unit of each gate is closed, and how often open.

    A point per unit, as Karpathy et al. (2015) drew them. Gates without
    bounds have none.

    Args:
        found: What `gates` returned.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    ax = axes_for(ax, 4.8, 4.4)
    shares = found.saturation.dropna()
    markers = "osD^v<>pPX*h"
    for k, (gate, points) in enumerate(shares.groupby("name")):
        ax.scatter(
            points["low"],
            points["high"],
            label=str(gate),
            color=COLORS[k % len(COLORS)],
            marker=markers[k % len(markers)],
            alpha=0.7,
            edgecolors="none",
        )
    ax.plot([0, 1], [1, 0], color="gray", lw=0.8)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    ax.set_xlabel("share of steps in the lowest tenth")
    ax.set_ylabel("share of steps in the highest tenth")
    ax.set_title("How often gates are at an end")
    if len(shares):
        ax.legend(title="gate", fontsize="small")
    return cast("Figure", ax.figure)
