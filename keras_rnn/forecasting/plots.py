# SPDX-License-Identifier: Apache-2.0
"""Pictures of forecasts, drawn on axes of matplotlib that you bring."""


def plot_fan(axes, observed, forecasts, *, label="forecast"):
    """Draws forecasts from several cutoffs against what was observed.

    Args:
        axes: Matplotlib axes.
        observed: Series of the observed values, indexed by time.
        forecasts: DataFrame with the columns "cutoff", "timestamp" and
            "forecast", as `data.test.forecasts` returns it, of one target.
        label: What the forecasts are called in the legend.
    """
    axes.plot(observed.index, observed, color="black", lw=1, label="observed")
    runs = [rows for _, rows in forecasts.groupby("cutoff")]
    # Single points make no lines: forecasts of one step are joined to one.
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


def plot_ranking(axes, errors, colors):
    """Draws one bar per method, the smallest error on top.

    Args:
        axes: Matplotlib axes.
        errors: Series of errors, indexed by method.
        colors: Series of the same index, the colour of each bar.
    """
    errors = errors.sort_values(ascending=False)
    bars = axes.barh(errors.index, errors, color=colors[errors.index])
    axes.bar_label(bars, fmt="%.3f", padding=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)


def plot_forecast(axes, observed, forecast, target):
    """Draws a series and its forecast, with intervals as shaded bands.

    The wider an interval, the lighter its band; each has an entry of its own
    in the legend.

    Args:
        axes: Matplotlib axes.
        observed: Series of the observed values, indexed by time; it may go on
            beside the forecast, to show what happened.
        forecast: DataFrame as `Forecaster.predict` returns it; of many series
            the rows of one, `forecast.loc[name]`.
        target: Its column to draw.
    """
    axes.plot(observed.index, observed, color="black", lw=1, label="observed")
    lower = f"{target}_lower_"
    percents = [
        name.removeprefix(lower)
        for name in forecast.columns
        if name.startswith(lower)
    ]
    percents.sort(key=float, reverse=True)  # the narrower ones lie on top
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


def shades(count):
    """Opaque tints of the first colour of the cycle, the lightest first.

    Transparent bands would add up where they overlap, and the legend would
    show none of the shades that are in the picture.
    """
    from matplotlib.colors import to_rgb

    color = to_rgb("C0")
    return [
        tuple(1 - part * (1 - channel) for channel in color)
        for part in (0.2 + 0.4 * k / max(1, count - 1) for k in range(count))
    ]
