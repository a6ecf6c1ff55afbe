# SPDX-License-Identifier: Apache-2.0
"""Pictures of how errors travel back through time."""

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from keras_rnn.diagnostics.gradients import GradientFlow
from keras_rnn.diagnostics.plots.axes import COLORS, axes_for, named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Norms further below the largest are drawn as if they were this far below.
DECADES = 8


def plot_gains(found: GradientFlow, ax: "Axes | None" = None) -> "Figure":
    """Draws by distance how much a change of the states still counts.

    A line per layer and direction is the median of the joint norms, with all
    of them in its shade. Dashed is the bound, dotted the path along the cell.

    Args:
        found: What `gradient_flow` returned.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import gradient_flow
        >>> from keras_rnn.diagnostics.plots import plot_gains
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> model.compile(loss="mse", optimizer="adam")
        >>> found = gradient_flow(model, np.ones((2, 9, 2)), np.ones((2, 1)))
        >>> type(plot_gains(found)).__name__
        'Figure'
    """
    ax = axes_for(ax, 6.4, 4.2)
    layers = found.verdicts.index
    for k, (layer, direction) in enumerate(layers):
        color = COLORS[k % len(COLORS)]
        blocks = found.jacobians.loc[(layer, direction)]
        joint = blocks.loc["joint"]
        label = (
            f"{named(found.verdicts, layer, direction)}: "
            f"{found.verdicts.loc[(layer, direction), 'verdict']}"
        )
        ax.plot(joint.index, joint["median"], color=color, lw=2, label=label)
        ax.fill_between(
            joint.index,
            joint["smallest"],
            joint["largest"],
            color=color,
            alpha=0.2,
            lw=0,
        )
        if joint["bound"].notna().all():
            ax.plot(joint.index, joint["bound"], color=color, ls="--", lw=1)
        if "cell_path" in blocks.index:
            path = blocks.loc["cell_path", "median"]
            ax.plot(path.index, path, color=color, ls=":", lw=1.5)
    ax.axhline(1, color="gray", lw=0.8)
    ax.set_yscale("log")
    _keep_in_sight(ax, found.jacobians)
    ax.set_xlabel("distance d in steps")
    ax.set_ylabel("‖∂s(t) / ∂s(t − d)‖")
    ax.set_title("What is left of a change d steps later")
    for style, label in (("--", "bound"), (":", "path along the cell")):
        if any(line.get_linestyle() == style for line in ax.lines):
            ax.plot([], [], color="gray", ls=style, label=label)
    ax.legend(fontsize="small", loc="lower left")
    return cast("Figure", ax.figure)


def _keep_in_sight(ax: "Axes", jacobians: pd.DataFrame) -> None:
    """Lets no bound or path far away from the norms decide on the scale."""
    joint = jacobians.index.get_level_values("block") == "joint"
    norms = jacobians.loc[joint, ["median", "smallest", "largest"]].to_numpy()
    norms = norms[(norms > 0) & np.isfinite(norms)]
    if len(norms):
        ax.set_ylim(min(norms.min(), 1) / 3, max(norms.max(), 1) * 10)


def plot_errors(found: GradientFlow, ax: "Axes | None" = None) -> "Figure":
    """Draws how large the errors of each layer are at each step.

    Each row is a state of a layer, each column a step; the colour is the mean
    of ‖dL/ds(t)‖ over sequences, in powers of ten.

    Args:
        found: What `gradient_flow` returned.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    # A table of means leaves out what is NaN, and its steps with it.
    table = found.errors.fillna(np.inf).pivot_table(
        "norm", index=["layer", "direction", "state"], columns="time"
    )
    ax = axes_for(ax, 6.4, 1.6 + 0.4 * len(table))
    figure = cast("Figure", ax.figure)
    with np.errstate(divide="ignore"):
        powers = np.log10(table.to_numpy())
    finite = powers[np.isfinite(powers)]
    largest = finite.max() if len(finite) else 0.0
    lowest = max(finite.min(), largest - DECADES) if len(finite) else -1.0
    powers = np.where(np.isneginf(powers), lowest, powers)
    powers = np.ma.masked_invalid(powers)
    image = ax.imshow(
        powers,
        aspect="auto",
        cmap="viridis",
        vmin=lowest,
        vmax=largest,
        interpolation="nearest",
        extent=(-0.5, table.shape[1] - 0.5, len(table) - 0.5, -0.5),
    )
    figure.colorbar(image, ax=ax, label="log₁₀ ‖dL/ds(t)‖")
    labels = [
        f"{named(found.verdicts, layer, direction)} {state}"
        for layer, direction, state in table.index
    ]
    ax.set_yticks(range(len(table)), labels=labels)
    ax.set_xlabel("time t in steps")
    ax.set_title("How far back the errors reach")
    return figure


def plot_gradient_norms(
    found: GradientFlow, ax: "Axes | None" = None
) -> "Figure":
    """Draws the norm of the gradient of each weight, before and after clipping.

    Args:
        found: What `gradient_flow` returned.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    table = found.weights[::-1]
    ax = axes_for(ax, 6.4, 1.4 + 0.3 * len(table))
    places = np.arange(len(table))
    ax.barh(
        places + 0.2, table["before"], 0.4, color=COLORS[0], label="gradient"
    )
    ax.barh(
        places - 0.2,
        table["after"],
        0.4,
        color=COLORS[1],
        label="after clipping",
    )
    ax.set_yticks(places, labels=[_short(name) for name in table.index])
    if (table["before"] > 0).any():
        ax.set_xscale("log")
    else:
        ax.set_xlim(0, 1)
    ax.set_xlabel("norm of the gradient")
    ax.set_title("What reaches the weights")
    ax.legend(fontsize="small")
    return cast("Figure", ax.figure)


def _short(path: str) -> str:
    """The path of a weight without the parts that name no layer."""
    parts = [part for part in path.split("/") if part != "cell"]
    return "/".join(parts[-2:])
