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

    Args:
        axes: Matplotlib axes.
        observed: Series of the observed values, indexed by time.
        forecast: DataFrame as `Forecaster.predict` returns it.
        target: Its column to draw.
    """
    axes.plot(observed.index, observed, color="black", lw=1, label="observed")
    lower = f"{target}_lower_"
    for name in forecast.columns:
        if name.startswith(lower):
            percent = name.removeprefix(lower)
            axes.fill_between(
                forecast.index,
                forecast[name],
                forecast[f"{target}_upper_{percent}"],
                color="C0",
                alpha=0.2,
                lw=0,
                label=f"{percent} % interval",
            )
    axes.plot(
        forecast.index, forecast[target], color="C0", lw=2, label="forecast"
    )
    axes.set_ylabel(target)
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
