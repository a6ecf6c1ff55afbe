# SPDX-License-Identifier: Apache-2.0
"""The picture of a loss surface and of the descents on it."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from keras_rnn._types import Floats
from keras_rnn.diagnostics.loss_surface import LossSurface
from keras_rnn.diagnostics.plots.axes import axes_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Descent -> its colour, of those by Okabe and Ito that stand out from the
#: shades, and its marker and line for those who see no colours.
STYLES = {
    "plain": ("#D55E00", "o", "-"),
    "norm-clipped": ("#F0E442", "s", "-"),
    "value-clipped": ("#56B4E9", "^", "--"),
}


def plot_loss_surface(found: LossSurface, ax: "Axes | None" = None) -> "Figure":
    """Draws the loss as shades and contours, with the three descents on it.

    The frame is that of the surface. The legend says of a descent that left it
    how far from the start it came. Where the loss explodes, the shades are
    spaced in logarithms.

    Args:
        found: What `loss_surface` returned.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import loss_surface
        >>> from keras_rnn.diagnostics.plots import plot_loss_surface
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(), Regression())
        >>> model.compile(loss="mse")
        >>> x, y = np.ones((8, 5, 1)), np.zeros((8, 1))
        >>> found = loss_surface(model, x, y, steps=3, descent_steps=2)
        >>> type(plot_loss_surface(found)).__name__
        'Figure'
    """
    ax = axes_for(ax, 7.5, 6.5)
    surface = found.surface
    a, b = surface.index.to_numpy(), surface.columns.to_numpy()
    loss = np.ma.masked_invalid(surface.to_numpy().T)
    scale = _scale(loss)
    shades = ax.contourf(a, b, loss, cmap="Greys_r", **scale)
    ax.contour(a, b, loss, colors="black", linewidths=0.3, alpha=0.5, **scale)
    figure = cast("Figure", ax.figure)
    figure.colorbar(shades, ax=ax, label="loss", format="%.3g")
    for name, (color, marker, line) in STYLES.items():
        path = found.paths.loc[[name]].droplevel("descent")
        ax.plot(
            path["a"],
            path["b"],
            color=color,
            marker=marker,
            ls=line,
            ms=4.5,
            lw=1.8,
            markeredgecolor="black",
            markeredgewidth=0.5,
            label=_label(name, path, (a, b)),
        )
    start = found.paths.loc["plain"].iloc[0]
    ax.plot(
        *start[["a", "b"]],
        "*",
        color="black",
        markeredgecolor="white",
        ms=16,
        label="start",
    )
    ax.set_xlim(a[0], a[-1])
    ax.set_ylim(b[0], b[-1])
    ax.set_xlabel(f"offset along {surface.index.name}")
    ax.set_ylabel(f"offset along {surface.columns.name}")
    ax.set_title("The loss in a plane of the weights, and descents in it")
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(-0.05, -0.12),
        frameon=False,
    )
    return figure


def _scale(loss: Any) -> dict[str, Any]:
    """Levels of a masked array, in logarithms where the loss explodes."""
    least, largest = float(loss.min()), float(loss.max())
    if least <= 0 or largest <= 1e3 * float(np.ma.median(loss)):
        return {"levels": 24}
    return {"levels": np.geomspace(least, largest, 24), "norm": "log"}


def _label(name: str, path: pd.DataFrame, frame: tuple[Floats, Floats]) -> str:
    """The name of a descent, and how far from its start it came."""
    last = f"{name}, {len(path) - 1} steps, loss {path['loss'].iloc[-1]:.2g}"
    inside = [
        path[column].between(offsets[0], offsets[-1])
        for column, offsets in zip("ab", frame, strict=True)
    ]
    if np.all(inside):
        return last
    far = np.hypot(*(path[column] - path[column].iloc[0] for column in "ab"))
    return f"{last}; thrown {np.max(far):.2g} away"
