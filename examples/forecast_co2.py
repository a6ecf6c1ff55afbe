# SPDX-License-Identifier: Apache-2.0
"""Which recurrent cell forecasts CO2 at Mauna Loa best, a year ahead?

Trains one small network per cell of `keras_rnn.layers.LAYERS`, all with the
same budget, forecasts from every origin of the last 20 % of the series, and
ranks the cells against honest references. With --csv it does the same for a
series of your own.
"""

import argparse
import logging
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from keras_rnn.data import (
    Change,
    Columns,
    Split,
    Windows,
    calendar_features,
    prepare,
    regular_step,
)
from keras_rnn.forecasting import (
    arima,
    naive,
    plot_fan,
    plot_ranking,
    seasonal_naive,
    seasonal_naive_drift,
)
from keras_rnn.layers import LAYERS
from keras_rnn.metrics import mae, mase, rmse
from keras_rnn.models import Regression, Sequences, Stack, many_to_one

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

BASIC_CELLS = (
    "simple_rnn",
    "lstm",
    "gru",
    "elman",
    "jordan",
    "peephole_lstm",
    "coupled_gate_lstm",
)
#: Rows a season by the frequency of the index, without its anchor.
SEASONS = {
    **dict.fromkeys(["ME", "MS", "BME", "BMS"], 12),
    **dict.fromkeys(["QE", "QS", "BQE", "BQS"], 4),
    "W": 52,
    "D": 7,
    "B": 5,
    "h": 24,
}
VALIDATION_WINDOWS = 200


def main():
    options = parse_options()
    options.out.mkdir(parents=True, exist_ok=True)
    frame, target = load(options)
    season = options.season or infer_season(frame.index)
    past = add_calendar(frame, season)
    data = prepare(
        frame,
        Columns(target, past=past),
        Windows(
            lookback=options.lookback or default_lookback(season, options),
            horizon=options.horizon,
        ),
        # The last training windows overlap the first validation targets: the
        # newest data train the network, and early stopping still works. The
        # test part is never touched.
        split=Split(
            test=0.2,
            validation=validation_rows(len(frame), options.horizon),
            purge=False,
        ),
        representation=Change(),
    )
    print(data.describe().T.to_string(), end="\n\n")

    scores = {
        name: {"kind": "reference", **score(data, forecast, season)}
        for name, forecast in references(frame[target], data, season).items()
    }
    predictions = {}
    for key in options.cells:
        predictions[key], facts = train(key, data, options)
        validation = data.validation.invert(predictions[key]["validation"])
        errors = score(data, data.test.invert(predictions[key]["test"]), season)
        scores[key] = {
            "kind": "network",
            **errors,
            "validation MAE": mae(data.validation.actual, validation),
            **facts,
        }
        print(
            f"{key:18s} MAE {errors['MAE']:.3f}  "
            f"{facts['epochs']:3d} epochs  {facts['seconds']:5.1f} s",
            flush=True,
        )
    table = pd.DataFrame(scores).T.sort_values("MAE")
    # The test part judges; the choice between networks is validation's.
    chosen = table["validation MAE"].astype(float).idxmin()
    report(table, data, chosen, predictions[chosen], options.out)


def validation_rows(rows, horizon):
    """Enough for VALIDATION_WINDOWS, but at most an eighth of the rows."""
    return max(horizon, min(VALIDATION_WINDOWS - 1 + horizon, rows // 8))


def default_lookback(season, options):
    """Two seasons; for a short horizon little more than one."""
    return min(2 * season, season + 8 * options.horizon)


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--csv", type=Path, help="a file with dates first")
    parser.add_argument("--target", help="its column to forecast")
    parser.add_argument("--season", type=int, help="rows a season")
    parser.add_argument("--horizon", type=int, default=52, help="rows ahead")
    parser.add_argument("--lookback", type=int, help="rows a network sees")
    parser.add_argument(
        "--cells",
        default=",".join(BASIC_CELLS),
        help="keys of LAYERS separated by commas, or all",
    )
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=80, help="at most")
    parser.add_argument(
        "--seeds", type=int, default=1, help="networks averaged per cell"
    )
    parser.add_argument("--out", type=Path, default=Path("out/forecast_co2"))
    options = parser.parse_args()
    options.cells = (
        list(LAYERS) if options.cells == "all" else options.cells.split(",")
    )
    for key in options.cells:
        Stack(key)  # an unknown key ends here, before anything is trained
    if options.csv and not options.target:
        parser.error("--csv needs --target, the column to forecast")
    return options


def load(options):
    """The frame, and the name of its target."""
    if options.csv:
        frame = pd.read_csv(options.csv, index_col=0, parse_dates=True)
        if options.target not in frame:
            raise SystemExit(
                f"No column {options.target!r} in {options.csv}; it has "
                f"{', '.join(frame.columns)}."
            )
        return frame[[options.target]].copy(), options.target
    from statsmodels.datasets import co2

    frame = co2.load_pandas().data
    gaps = int(frame["co2"].isna().sum())
    print(
        f"Weekly CO2 at Mauna Loa, {frame.index[0]:%Y-%m-%d} to "
        f"{frame.index[-1]:%Y-%m-%d}, ppm: {len(frame)} weeks, "
        f"{gaps} missing ones interpolated linearly.\n"
    )
    return frame.interpolate(), "co2"


def infer_season(index):
    if isinstance(index, pd.DatetimeIndex):
        frequency = regular_step(index).freqstr.partition("-")[0]
        if frequency in SEASONS:
            return SEASONS[frequency]
    raise SystemExit("Give --season: the rows after which the series repeats.")


def add_calendar(frame, season):
    """Adds the place in the season to `frame`; returns the new columns."""
    phase = 2 * np.pi * np.arange(len(frame)) / season
    calendar = pd.DataFrame(
        {"season_sin": np.sin(phase), "season_cos": np.cos(phase)},
        index=frame.index,
    )
    if isinstance(frame.index, pd.DatetimeIndex) and season in (4, 12, 52):
        # Weeks and months drift against the year; its days do not.
        calendar = calendar_features(frame.index, ["dayofyear"])
    frame[calendar.columns] = calendar
    return tuple(calendar.columns)


def references(series, data, season):
    """What a forecast must beat, from every origin of the test part."""
    values, cutoffs = series.to_numpy(), data.test.cutoffs
    simple = {
        "naive": naive(values, cutoffs, horizon=data.horizon),
        "seasonal naive": seasonal_naive(
            values, cutoffs, horizon=data.horizon, season=season
        ),
        "seasonal naive + last yearly change": seasonal_naive_drift(
            values, cutoffs, horizon=data.horizon, season=season
        ),
        "ARIMA(1,1,1) + drift + 3 waves": arima(
            values,
            cutoffs,
            horizon=data.horizon,
            period=365.25 / 7 if season == 52 else season,
        ),
    }
    return {name: values[:, :, None] for name, values in simple.items()}


def train(key, data, options):
    """Mean predictions of the networks of a cell, by part, and the facts."""
    parts = {
        "validation": data.validation,
        "test": data.test,
        "latest": data.latest,
    }
    start, epochs = time.perf_counter(), 0
    predictions = {name: [] for name in parts}
    for seed in range(options.seeds):
        keras.utils.set_random_seed(seed)
        model = many_to_one(
            Stack(key, units=options.units),
            Sequences.of(data),
            Regression.of(data),
        )
        model.compile(keras.optimizers.Adam(2e-3, clipnorm=1.0), loss="mae")
        history = model.fit(
            data.train.dataset(batch_size=64, shuffle=True, seed=seed),
            validation_data=data.validation.dataset(batch_size=256),
            epochs=options.epochs,
            shuffle=False,  # the dataset shuffles
            verbose=0,
            callbacks=[
                keras.callbacks.EarlyStopping(
                    patience=12, restore_best_weights=True
                ),
                keras.callbacks.ReduceLROnPlateau(patience=5, factor=0.3),
            ],
        )
        epochs += len(history.epoch)
        for name, part in parts.items():
            dataset = part.dataset(batch_size=256)
            predictions[name].append(model.predict(dataset, verbose=0))
    facts = {
        "parameters": model.count_params(),
        "epochs": epochs,
        "seconds": time.perf_counter() - start,
    }
    return {n: np.mean(v, axis=0) for n, v in predictions.items()}, facts


def score(data, forecast, season):
    actual = data.test.actual
    history = data.series.levels[: data.test.cutoffs[0] + 1]
    return {
        "MAE": mae(actual, forecast),
        "RMSE": rmse(actual, forecast),
        "MASE": mase(actual, forecast, history=history, season=season),
    }


def report(table, data, chosen, predictions, out):
    """Prints the table; writes it, a dated forecast and two pictures."""
    rows = "row" if data.horizon == 1 else "rows"
    print(f"\n{data.horizon} {rows} ahead, {len(data.test)} cutoffs:")
    shown = table.drop(columns="kind")
    print(shown.to_string(float_format="{:.3f}".format, na_rep=""))
    table.to_csv(out / "scores.csv")

    future = data.latest.forecasts(predictions["latest"])
    future.drop(columns="actual").to_csv(out / "forecast.csv", index=False)
    draw(table, data, predictions["test"], chosen, future, out)
    print(
        f"\nChosen by the validation part: {chosen}. Scores, two pictures and"
    )
    print(f"its forecast of the next {data.horizon} {rows} are in {out}.")


def draw(table, data, prediction, chosen, future, out):
    target = data.series.columns.target[0]
    index, levels = data.series.index, data.series.levels[:, 0]
    shown = slice(data.test.cutoffs[0] - data.horizon, len(levels))
    observed = pd.Series(levels[shown], index=index[shown])
    # One forecast a horizon, counted back from the last one: no two overlap.
    cutoffs = index[data.test.cutoffs[:: -data.horizon]]
    past = data.test.forecasts(prediction)
    past = past[past["cutoff"].isin(cutoffs)]

    figure, axes = plt.subplots(figsize=(10, 5), layout="constrained")
    plot_fan(axes, observed, pd.concat([past, future]), label=chosen)
    axes.set(ylabel=target, title=f"Forecasts, horizon {data.horizon}")
    figure.savefig(out / "fan.png", dpi=120)
    plt.close(figure)

    size = (9, 1.2 + 0.36 * len(table))
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    colors = table["kind"].map({"network": "C0", "reference": "silver"})
    plot_ranking(axes, table["MAE"].astype(float), colors)
    axes.set(
        xlabel=f"mean absolute error of {target}",
        title=f"Horizon {data.horizon}, {len(data.test)} cutoffs: "
        "recurrent networks (blue) and references (grey)",
    )
    figure.savefig(out / "ranking.png", dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
