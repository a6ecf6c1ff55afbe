# SPDX-License-Identifier: Apache-2.0
"""Axes to draw on: those that the caller brings, or new ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def axes_for(ax: "Axes | None", width: float, height: float) -> "Axes":
    """The axes of the caller, or those of a new figure.

    A new figure belongs to no window, so nothing has to close it.

    Args:
        ax: Axes of matplotlib, or None.
        width: Inches of a new figure.
        height: Inches of a new figure.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Pictures need matplotlib, which is not installed. Run "
            '`python -m pip install "keras_rnn[plots]"`.'
        ) from error
    return Figure(figsize=(width, height), layout="constrained").add_subplot()
