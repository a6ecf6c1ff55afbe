# SPDX-License-Identifier: Apache-2.0
"""One network for many series: does it beat a reference for each of them?

Hourly demand of a hundred places, made by a rule: days and weeks repeat, the
levels span three decades, noise and drift differ, and so do the lengths. One
recurrent network learns from all of them and forecasts two days of each, from
every midnight of a week that is held out. The measures are those of the M4
competition.

With --m4 it reads files of that competition, such as Hourly-train.csv and
Hourly-test.csv, and forecasts once, as it was done there; with --csv a table of
your own, a row per series and moment, of which it forecasts the last rows.
"""

import argparse
import logging
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from keras_rnn.data import Change, Columns, Log, SeasonalChange
from keras_rnn.forecasting import Forecaster, Training, plot_forecast
from keras_rnn.models import Stack

logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

#: Rows a season in M4's scores, by the first word of its files' names.
M4_SEASONS = {
    "Yearly": 1,
    "Quarterly": 4,
    "Monthly": 12,
    "Weekly": 1,
    "Daily": 1,
    "Hourly": 24,
}
#: Hours of the day at which demand has its peaks, and how wide they are.
PEAKS = {
    "homes": ((7.5, 2.0, 0.6), (19.5, 2.5, 1.0)),
    "roads": ((8.0, 1.5, 1.0), (17.5, 2.0, 0.9)),
    "offices": ((11.0, 3.0, 1.0), (15.0, 3.0, 0.9)),
}
INTERVALS = (0.5, 0.9)


def main():
    options = parse_options()
    options.out.mkdir(parents=True, exist_ok=True)
    frame, start = hold_out(load(options), options)
    describe(frame, options)
    began = time.perf_counter()
    forecaster = Forecaster(
        horizon=options.horizon,
        lookback=options.lookback
        or max(2 * options.season, 4 * options.horizon),
        columns=Columns("y", series="series"),
        network=Stack(options.cell, units=options.units),
        num_seeds=options.seeds,
        representation=representation_of(frame["y"], options.season),
        calendar=options.calendar,
        intervals=INTERVALS,
        training=Training(
            epochs=options.epochs,
            steps_per_epoch=options.steps,
            learning_rate=3e-3,
            clipnorm=1.0,
            patience=6,
        ),
    )
    forecaster.fit(frame[frame.index < start], validation=2 * options.horizon)
    seconds = time.perf_counter() - began
    result = forecaster.backtest(
        frame,
        start,  # pyright: ignore[reportArgumentType]
        stride=options.stride,
        season=options.season,
        references=options.references,
    )
    if options.season == 24:
        last_week = a_week_before(frame, result.forecasts)
        result = result.compare({"weekly naive": last_week})
    report(result, forecaster, seconds, options)
    draw(frame, result, options)


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--series", type=int, default=100, help="how many are made by the rule")
    add("--m4", type=Path, nargs=2, metavar=("TRAIN", "TEST"))
    add("--csv", type=Path, help="a row per series and moment, with a header")
    add("--id", default="series", help="its column that names the series")
    add("--time", default="time", help="its column of dates or integers")
    add("--target", default="y", help="its column to forecast")
    add("--horizon", type=int, default=48, help="rows ahead")
    add("--held-out", type=int, help="last rows of each series, to judge by")
    add("--stride", type=int, default=24, help="rows between two forecasts")
    add("--season", type=int, help="rows a season; 1 if there is none")
    add("--lookback", type=int, help="rows that the network sees")
    add("--calendar", default="", help="such as hour,dayofweek, for dates")
    add("--cell", default="lstm", help="key of keras_rnn.layers.LAYERS")
    add("--units", type=int, default=64)
    add("--seeds", type=int, default=1, help="networks averaged")
    add("--epochs", type=int, default=20, help="at most")
    add("--steps", type=int, default=150, help="batches of 64 an epoch")
    add("--references", default="", help="ets,arima: one fit a series")
    add("--out", type=Path, default=Path("out/forecast_many_series"))
    options = parser.parse_args()
    options.references = tuple(filter(None, options.references.split(",")))
    options.calendar = tuple(filter(None, options.calendar.split(",")))
    if options.m4:
        kind = options.m4[0].name.partition("-")[0]
        options.season = options.season or M4_SEASONS.get(kind)
    elif not options.csv:
        options.season = options.season or 24
        options.held_out = options.held_out or 6 * 24 + options.horizon
        options.calendar = options.calendar or ("hour", "dayofweek")
    if options.season is None:
        parser.error("give --season, the rows after which a series repeats")
    return options


def load(options):
    """A frame with the columns "series" and "y", series by series."""
    if options.m4:
        return read_m4(options)
    if options.csv:
        names = {options.id: "series", options.target: "y"}
        frame = pd.read_csv(options.csv).rename(columns=names)
        if not pd.api.types.is_integer_dtype(frame[options.time]):
            frame[options.time] = pd.to_datetime(frame[options.time])
        return frame.set_index(options.time)[["series", "y"]]
    return make_frame(options.series)


def read_m4(options):
    """M4's layout: a header, then a name and its values in each line.

    The horizon is the number of values in a line of the test file.
    """
    train, test = (pd.read_csv(path, index_col=0) for path in options.m4)
    options.horizon = test.shape[1]
    pieces = {
        name: np.concatenate([values.dropna(), test.to_numpy()[row]])
        for row, (name, values) in zip(
            test.index.get_indexer(train.index), train.iterrows(), strict=True
        )
    }
    return pd.concat(
        pd.DataFrame({"series": name, "y": values})
        for name, values in pieces.items()
    )


def hold_out(frame, options):
    """The frame, and the index value at which the held-out rows begin.

    Where series end at different moments, or have none, rows are numbered so
    that row 0 is the first to be forecast in each of them.
    """
    rows = options.held_out or options.horizon
    frame = frame.sort_index(kind="stable")
    ends = frame.groupby("series").tail(1).index
    if isinstance(ends, pd.DatetimeIndex) and len(ends.unique()) == 1:
        return frame, frame.index.unique()[-rows]
    left = frame.groupby("series").cumcount(ascending=False)
    return frame.set_axis(rows - 1 - left.to_numpy()), 0


def a_week_before(frame, forecasts):
    """The value at the same hour of the week before, for each row."""
    dated = isinstance(frame.index, pd.DatetimeIndex)
    week = pd.Timedelta(days=7) if dated else 168
    known = pd.Series(
        frame["y"].to_numpy(),
        pd.MultiIndex.from_arrays([frame["series"], frame.index]),
    )
    return known.reindex(
        pd.MultiIndex.from_arrays(
            [forecasts["series"], forecasts["timestamp"] - week]
        )
    ).to_numpy()


def make_frame(number, seed=0):
    """Hourly demand by a rule; all end together, each begins when it likes.

        demand = level · (1 + size · pattern) · wander · noise

    - level: from 10 to 10,000, evenly on a logarithmic scale.
    - pattern: two peaks a day, of `PEAKS`, moved by up to two hours; on
      Saturdays, Sundays and one other day in fifty they shrink.
    - wander: the exponential of a random walk, one step a day.
    - noise: the exponential of an autoregression, hour by hour.
    """
    rng = np.random.default_rng(seed)
    pieces = []
    for k in range(number):
        kind = rng.choice(list(PEAKS))
        days = int(rng.integers(21, 43))
        index = pd.date_range(
            end="2024-06-30 23:00", freq="h", periods=24 * days
        )
        pattern = np.zeros(24)
        for hour, width, height in PEAKS[kind]:
            away = (np.arange(24) - hour - rng.uniform(-2, 2) + 12) % 24 - 12
            pattern += height * np.exp(-0.5 * (away / width) ** 2)
        resting = (index.day_of_week[::24] >= 5) | (rng.random(days) < 0.02)
        busy = np.where(resting, rng.uniform(0.3, 0.8), 1.0)
        size = rng.uniform(0.5, 3.0)
        base = 1 + size * np.outer(busy, pattern).ravel()
        wander = np.repeat(rng.normal(0, 0.03, days).cumsum(), 24)
        noise = autoregression(rng, 24 * days, 0.9, rng.uniform(0.02, 0.08))
        values = 10 ** rng.uniform(1, 4) * base * np.exp(wander + noise)
        name = f"{kind} {k}"
        pieces.append(pd.DataFrame({"series": name, "y": values}, index))
    return pd.concat(pieces)


def autoregression(rng, rows, memory, size):
    """x[t] = memory · x[t − 1] + a random step of that size."""
    values = rng.normal(0, size, rows)
    for row in range(1, rows):
        values[row] += memory * values[row - 1]
    return values


def representation_of(values, season):
    """Changes in units of each series: large and small ones look alike.

    Those since the season before, where 0 is the seasonal naive forecast, if
    there is one; those of logarithms, where all values have them.
    """
    changes = SeasonalChange(season) if season > 1 else Change()
    return Log(changes) if (values > 0).all() else changes


def describe(frame, options):
    sizes = frame.groupby("series")["y"].agg(["size", "mean"])
    print(
        f"{len(sizes)} series of {sizes['size'].min()} to "
        f"{sizes['size'].max()} rows, of mean {sizes['mean'].min():.4g} to "
        f"{sizes['mean'].max():.4g}; the last "
        f"{options.held_out or options.horizon} rows of each are held out.\n"
    )


def report(result, forecaster, seconds, options):
    """Prints the scores; writes them, those by series, and the forecasts."""
    rows, scores = result.forecasts, result.scores.sort_values("MASE")
    windows = rows.groupby(["series", "cutoff"]).ngroups
    print(
        f"{len(forecaster.networks)} network of {options.units} units "
        f"({options.cell}), {len(forecaster.history)} epochs, "
        f"{seconds:.0f} s. {windows} forecasts of {rows['series'].nunique()} "
        f"series, {options.horizon} rows ahead:"
    )
    shown = ["MASE", "sMAPE", "OWA", "RMSSE"]
    print(scores[shown].to_string(float_format="{:.3f}".format))
    ours = scores.loc["forecaster"]
    for level in INTERVALS:
        covered = 100 * ours[f"coverage of {100 * level:g} %"]
        print(f"Intervals of {100 * level:g} % cover {covered:.1f} %.")
    scores.to_csv(options.out / "scores.csv")
    by_group(result, "series").to_csv(options.out / "mase_by_series.csv")
    rows.to_csv(options.out / "forecasts.csv", index=False)
    print(f"\nScores, forecasts and a picture are in {options.out}.")
    base = reference(scores)
    ratio = ours["MASE"] / scores.loc[base, "MASE"]
    print(f"MASE of the network divided by that of {base}: {ratio:.3f}")


def reference(scores):
    """The best method that fits nothing."""
    simple = scores.index.drop(["forecaster", "ETS", "ARIMA"], errors="ignore")
    return scores.loc[simple, "MASE"].idxmin()


def by_group(result, key):
    """MASE, a row per group and a column per method."""
    return result.by(key).pivot_table("MASE", key, "method")


def draw(frame, result, options):
    """Six series from the best to the worst forecast, and all their scores."""
    figure, axes = plt.subplot_mosaic(
        [["0", "1", "series"], ["2", "3", "series"], ["4", "5", "step"]],
        figsize=(15, 9),
        layout="constrained",
    )
    mase, base = by_group(result, "series"), reference(result.scores)
    ranked = mase["forecaster"].sort_values()
    for place in range(6):
        name = ranked.index[round(place * (len(ranked) - 1) / 5)]
        panel = axes[str(place)]
        draw_last(panel, frame, result.forecasts, name, options.horizon)
        panel.set_title(f"{name}: MASE {ranked[name]:.2f}", fontsize=10)
        panel.legend_.remove()  # pyright: ignore[reportOptionalMemberAccess]
    figure.legend(
        *axes["0"].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=4,
        frameon=False,
    )
    draw_by_series(axes["series"], mase[base], mase["forecaster"])
    draw_by_step(axes["step"], by_group(result, "step"), base)
    figure.savefig(options.out / "forecasts.png", dpi=110)
    plt.close(figure)


def draw_last(axes, frame, forecasts, name, horizon):
    """The last forecast of a series, and what was observed around it."""
    rows = forecasts[forecasts["series"] == name].iloc[-horizon:]
    forecast = rows.set_index("timestamp").add_prefix("y_")
    forecast = forecast.rename(columns={"y_forecast": "y"})
    observed = frame.loc[frame["series"] == name, "y"]
    plot_forecast(axes, observed.iloc[-4 * horizon :], forecast, "y")
    axes.set(ylabel=None)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(4))


def draw_by_series(axes, reference, network):
    """Each series a point."""
    axes.plot(reference, network, "o", ms=4, alpha=0.6)
    longest = max(reference.max(), network.max())
    axes.plot([0, longest], [0, longest], color="black", lw=1)
    share = 100 * (network < reference).mean()
    axes.set(
        xlabel=f"MASE of {reference.name}",
        ylabel="MASE of the network",
        title=f"Below the line the network is better: {share:.0f} % of series",
    )
    axes.spines[["top", "right"]].set_visible(False)


def draw_by_step(axes, mase, base):
    for name, color in [(base, "grey"), ("forecaster", "C0")]:
        axes.plot(mase.index, mase[name], color=color, label=name)
    axes.set(xlabel="step ahead", ylabel="MASE", ylim=(0, None))
    axes.set_title("Mean of all series")
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
