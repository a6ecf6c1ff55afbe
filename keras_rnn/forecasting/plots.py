# SPDX-License-Identifier: Apache-2.0
"""Pictures of forecasts, drawn on axes of matplotlib that the caller brings."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_fan(
    axes: "Axes",
    observed: pd.Series,
    forecasts: pd.DataFrame,
    *,
    label: str = "forecast",
) -> None:
    """Draws forecasts from several cutoffs against what was observed.

    Args:
        axes: Axes of matplotlib.
        observed: Series of the observed values, indexed by time.
        forecasts: DataFrame of one target with the columns "cutoff",
            "timestamp" and "forecast", as `data.test.forecasts` returns it.
        label: What the legend calls the forecasts.
    """
    axes.plot(observed.index, observed, color="black", lw=1, label="observed")
    runs = [rows for _, rows in forecasts.groupby("cutoff")]
    # A single point makes no line, so forecasts of one step make one together.
    one_step = all(len(rows) == 1 for rows in runs)
    for k, rows in enumerate([forecasts] if one_step else runs):
        axes.plot(
            rows["timestamp"],
            rows["forecast"],
            color="C0",
            lw=2,
            label=None if k else label,
        )
    if not one_step:
        cutoffs = observed[observed.index.isin(forecasts["cutoff"])]
        axes.plot(cutoffs.index, cutoffs, "o", color="C1", ms=5, label="cutoff")
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def plot_ranking(axes: "Axes", errors: pd.Series, colors: pd.Series) -> None:
    """Draws one bar per method, the smallest error on top.

    Args:
        axes: Axes of matplotlib.
        errors: Series of errors, indexed by method.
        colors: Series of the colour of each bar, with the same index.
    """
    errors = errors.sort_values(ascending=False)
    bars = axes.barh(errors.index, errors, color=colors[errors.index])
    axes.bar_label(bars, fmt="%.3f", padding=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)


def plot_forecast(
    axes: "Axes", observed: pd.Series, forecast: pd.DataFrame, target: str
) -> None:
    """Draws a series and its forecast, with intervals as shaded bands.

    The wider an interval, the lighter its band. Each interval has an entry of
    its own in the legend.

    Args:
        axes: Axes of matplotlib.
        observed: Series of the observed values, indexed by time. It may go on
            beside the forecast, to show what happened.
        forecast: DataFrame as `Forecaster.predict` returns it. Of many series
            pass the rows of one, `forecast.loc[name]`.
        target: The column of the forecast to draw.
    """
    axes.plot(observed.index, observed, color="black", lw=1, label="observed")
    lower = f"{target}_lower_"
    percents = [
        name.removeprefix(lower)
        for name in forecast.columns
        if name.startswith(lower)
    ]
    percents.sort(key=float, reverse=True)  # so that narrow ones lie on top
    for percent, color in zip(percents, shades(len(percents)), strict=True):
        axes.fill_between(
            forecast.index,
            forecast[f"{lower}{percent}"],
            forecast[f"{target}_upper_{percent}"],
            color=color,
            lw=0,
            label=f"{percent} % interval",
        )
    axes.plot(
        forecast.index, forecast[target], color="C0", lw=2, label="forecast"
    )
    axes.set_ylabel(target)
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def shades(count: int) -> list[tuple[float, ...]]:
    """Opaque tints of matplotlib's first colour, the lightest first.

    The tints are opaque, because transparent bands would add up where they
    overlap, and the legend would show none of the colours in the picture.
    """
    from matplotlib.colors import to_rgb

    color = to_rgb("C0")
    return [
        tuple(1 - part * (1 - channel) for channel in color)
        for part in (0.2 + 0.4 * k / max(1, count - 1) for k in range(count))
    ]
