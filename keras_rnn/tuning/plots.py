# SPDX-License-Identifier: Apache-2.0
"""The picture of a leaderboard, drawn on axes of matplotlib that you bring."""


def plot_leaderboard(axes, table, name="score"):
    """Draws each score as a point, with its spread over seeds as a bar.

    Networks are blue, references grey and their scores dotted lines.

    Args:
        axes: Matplotlib axes.
        table: What `leaderboard` returned.
        name: What the score is called.
    """
    table = table[table["mean"].notna()].iloc[::-1]
    for place, (_, row) in enumerate(table.iterrows()):
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
    axes.set_yticks(range(len(table)), labels=[_label(r) for r in _rows(table)])
    axes.set_ylim(-0.6, len(table) - 0.3)
    axes.set_xlabel(name)
    axes.margins(x=0.1)
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _rows(table):
    return table.to_dict("records")


def _label(row):
    if row["kind"] != "network":
        return row["cell"]
    return f"{row['cell']}\n{row['units']} units"
