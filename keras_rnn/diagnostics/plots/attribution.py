# SPDX-License-Identifier: Apache-2.0
"""The picture of what an answer is due to."""

from typing import TYPE_CHECKING, cast

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.diagnostics.attribution import Attribution
from keras_rnn.diagnostics.plots.axes import axes_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours of what lowers and what raises an answer, blue and vermilion of
#: Okabe and Ito.
LOWERS, RAISES = "#0072B2", "#D55E00"


def plot_attribution(
    found: Attribution, sample: int = 0, ax: "Axes | None" = None
) -> "Figure":
    """Draws what one answer is due to, over time.

    Several features are the rows of a heat map, a single one and tokens are
    bars. Red raises the answer, blue lowers it.

    Args:
        found: What `attribution` returned.
        sample: Which sequence of the batch.
        ax: Axes of matplotlib; None makes a new figure.

    Returns:
        The figure of the axes.

    Raises:
        ValueError: If there is no such sequence.
        ImportError: If matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.diagnostics import attribution
        >>> from keras_rnn.diagnostics.plots import plot_attribution
        >>> from keras_rnn.models import *
        >>> model = many_to_one(Stack("gru", 4), Sequences(2), Regression())
        >>> found = attribution(model, np.ones((1, 5, 2)), steps=8)
        >>> type(plot_attribution(found)).__name__
        'Figure'
    """
    validate.one_of("sample", sample, list(found.sums.index))
    ax = axes_for(ax, 8.0, 3.4)
    figure = cast("Figure", ax.figure)
    table = found.attributions.loc[[sample]].droplevel("sample")
    if table.shape[1] == 1:
        values = table.iloc[:, 0]
        colors = np.where(values < 0, LOWERS, RAISES)
        ax.bar(values.index, values, color=list(colors))
        ax.axhline(0, color="black", lw=0.8)
        ax.set_ylabel("attribution")
        ax.spines[["top", "right"]].set_visible(False)
    else:
        limit = np.nanmax(np.abs(table.to_numpy()), initial=1e-12)
        image = ax.imshow(
            table.T,
            aspect="auto",
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            interpolation="nearest",
        )
        figure.colorbar(image, ax=ax, label="attribution")
        ax.set_yticks(range(table.shape[1]), labels=map(str, table.columns))
        ax.set_ylabel(str(table.columns.name or ""))
    ax.set_xlabel("time (steps)")
    ax.set_title(
        f"Sample {sample}: F(x) − F(baseline) = "
        f"{found.differences[sample]:.3g}, attributions add up to "
        f"{found.sums[sample]:.3g}"
    )
    return figure
