# SPDX-License-Identifier: Apache-2.0
"""The picture of a leaderboard, drawn on axes of matplotlib that you bring."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_leaderboard(
    axes: "Axes", table: pd.DataFrame, name: str = "score"
) -> None:
    """Draws each score as a point, with its spread over seeds as a bar.

    Networks are blue. References are grey, and a dotted line marks each of
    their scores.

    Args:
        axes: Axes of matplotlib.
        table: DataFrame that `leaderboard` returned.
        name: What the score is called.
    """
    table = table[table["mean"].notna()].iloc[::-1]
    rows = table.to_dict("records")
    for place, row in enumerate(rows):
        network = row["kind"] == "network"
        color = "C0" if network else "gray"
        axes.errorbar(
            row["mean"],
            place,
            xerr=row["spread"] if row["spread"] > 0 else None,
            fmt="o" if network else "D",
            color=color,
            capsize=4,
        )
        axes.annotate(
            f"{row['mean']:#.4g}",
            (row["mean"], place),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
        if not network:
            axes.axvline(row["mean"], color=color, lw=1, ls=":", zorder=0)
    axes.set_yticks(range(len(rows)), labels=[_label(row) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.3)
    axes.set_xlabel(name)
    axes.margins(x=0.1)
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _label(row: dict[Hashable, Any]) -> str:
    """The label of a row: the cell, and the units of a network."""
    if row["kind"] != "network":
        return row["cell"]
    return f"{row['cell']}\n{row['units']} units"
