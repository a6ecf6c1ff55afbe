# SPDX-License-Identifier: Apache-2.0
"""Draws ratios: a line for each kind of layer, a colour for who computes it."""

import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from benchmarks.programs import FORWARD, STEP

#: Told apart by the colour-blind, too (Okabe & Ito 2008).
COLOURS = {
    "keras_rnn": "#D55E00",
    "Keras": "#000000",
    "PyTorch": "#009E73",
    "keras_rnn on JAX": "#E69F00",
    "Keras on JAX": "#56B4E9",
    "matrix products": "#CC79A7",
}
TICKS = (0.1, 0.3, 1, 3, 10)
TITLE = "batch {}, time {}\nfeatures {}, units {}"


def draw(ratios, base, file):
    """Writes a picture; its columns are sizes, its rows the two programs.

    Args:
        ratios: DataFrame with the columns size, program, kind, maker, and
            median, low and high, the quartiles, of the ratios.
        base: What the times are divided by.
        file: Where to write; its suffix is the format.
    """
    plt.switch_backend("agg")
    plt.rcParams["font.size"] = 13
    kinds, sizes = ratios["kind"].unique(), ratios["size"].unique()
    figure, panels = plt.subplots(
        2,
        len(sizes),
        figsize=(5 + 2.2 * len(sizes), 2 + 0.8 * len(kinds)),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for row, program in zip(panels, (STEP, FORWARD), strict=True):
        row[0].set_ylabel(program, fontsize="large")
        for panel, size in zip(row, sizes, strict=True):
            here = (ratios["size"] == size) & (ratios["program"] == program)
            _fill(panel, ratios[here], list(kinds))
    for panel, size in zip(panels[0], sizes, strict=True):
        panel.set_title(TITLE.format(*size.split(", ")), fontsize="small")
    _label_axes(panels[0, 0], kinds)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    figure.supxlabel(f"time, divided by that of {base}; left is faster")
    figure.savefig(file, dpi=150)
    plt.close(figure)


def _fill(panel, ratios, kinds):
    panel.axvline(1, color="grey", linewidth=1)
    for k in range(1, len(kinds)):
        panel.axhline(k - 0.5, color="lightgrey", linewidth=0.8)
    makers = [maker for maker in COLOURS if maker in set(ratios["maker"])]
    for k, maker in enumerate(makers):
        own = ratios[ratios["maker"] == maker]
        median, low, high = own[["median", "low", "high"]].to_numpy().T
        offset = 0.8 * ((k + 0.5) / len(makers) - 0.5)
        panel.errorbar(
            median,
            [kinds.index(kind) + offset for kind in own["kind"]],
            xerr=[median - low, high - median],
            fmt="o",
            markersize=6,
            color=COLOURS[maker],
            label=maker,
        )


def _label_axes(panel, kinds):
    """Axes are shared: what holds for one panel holds for all."""
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(FixedLocator(TICKS))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    panel.set_yticks(range(len(kinds)), kinds)
    panel.set_ylim(len(kinds) - 0.5, -0.5)
