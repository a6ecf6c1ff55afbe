# SPDX-License-Identifier: Apache-2.0
"""What all pictures share: axes, colours and the names of layers."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


#: Colours that colour-blind readers can tell apart (Okabe and Ito 2008).
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]


def axes_for(ax: "Axes | None", width: float, height: float) -> "Axes":
    """The axes of the caller, or those of a new figure.

    Args:
        ax: Axes of matplotlib, or None.
        width: Inches of a new figure.
        height: Inches of a new figure.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    return figure_of(width, height).add_subplot() if ax is None else ax


def figure_of(width: float, height: float) -> "Figure":
    """A new figure. It belongs to no window, so nothing has to close it.

    Args:
        width: Inches.
        height: Inches.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Pictures need matplotlib, which is not installed. Run "
            '`python -m pip install "keras_rnn[plots]"`.'
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def named(verdicts: pd.DataFrame, layer: str, direction: str) -> str:
    """The name of a layer, with its direction if it has two."""
    both = (verdicts.index.get_level_values("layer") == layer).sum() > 1
    return f"{layer}, {direction}" if both else layer
