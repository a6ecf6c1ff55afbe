# SPDX-License-Identifier: Apache-2.0
"""Which recurrent cell suits the sunspots, if all may be equally large?

Seven cells of equally many weights forecast the yearly sunspot numbers, one
year ahead. Each is trained on several stretches of the
past and judged by the years after it (rolling origin), from several seeds, and
ranked against forecasts without a model. With --csv it does the same for a
series of your own. Stop it whenever you like: started again, it goes on where
it stopped.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import matplotlib.pyplot as plt
import pandas as pd

from keras_rnn.data import Columns, Windows
from keras_rnn.tuning import CrossValidation, Forecast, search_cells

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


def main():
    options = parse_options()
    frame, target = load(options)
    task = Forecast(
        frame,
        Columns(target),
        Windows(lookback=options.lookback, horizon=options.horizon),
        representation="level",
        season=options.season,
    )
    search = search_cells(
        task,
        cells=options.cells.split(","),
        validation=CrossValidation(folds=options.folds, repeats=options.seeds),
        match_parameters=options.weights,
        epochs=options.epochs,
        learning_rate=5e-3,
        batch_size=32,
        directory=options.out,
        overwrite=options.overwrite,
    )
    report(search, task, options)


def report(search, task, options):
    """Prints the leaderboard; writes it, a picture and a dated forecast."""
    table = search.leaderboard()
    shown = ["rank", "cell", "mean", "spread", "parameters", "seconds"]
    formats = {
        **dict.fromkeys(["mean", "spread"], "{:.2f}".format),
        **dict.fromkeys(["parameters", "seconds"], "{:.0f}".format),
    }
    print(f"\nMean absolute error, {ahead(options)}:")
    print(table[shown].to_string(index=False, na_rep="", formatters=formats))
    figure, axes = plt.subplots(
        figsize=(9, 1.6 + 0.55 * len(table)), layout="constrained"
    )
    search.plot(axes)
    axes.set(
        title=f"Forecasts of {task.columns.target[0]}, "
        f"{ahead(options)}: cells of about {options.weights} weights",
        xlabel=f"mean absolute error over {options.folds} folds; "
        f"bars: spread of {options.seeds} seeds",
    )
    figure.savefig(options.out / "leaderboard.png", dpi=120)
    plt.close(figure)

    latest = search.best_data().latest
    model = search.best_model()
    predictions = model.predict(latest.dataset(batch_size=1), verbose=0)
    forecast = latest.forecasts(predictions).drop(columns="actual")
    forecast.to_csv(options.out / "forecast.csv", index=False)
    print(f"\nTables, picture, {search.best_path.name}")
    print(f"and its forecast, {ahead(options)}, are in {options.out}.")


def ahead(options):
    return f"{options.horizon} row{'s' * (options.horizon > 1)} ahead"


def load(options):
    """The frame, and the name of its target."""
    if options.csv:
        frame = pd.read_csv(options.csv, index_col=0, parse_dates=True)
        if options.target not in frame:
            raise SystemExit(
                f"No column {options.target!r} in {options.csv}; it has "
                f"{', '.join(frame.columns)}."
            )
        return frame[[options.target]], options.target
    from statsmodels.datasets import sunspots

    series = sunspots.load_pandas().data["SUNACTIVITY"]
    frame = series.to_frame("sunspots")
    frame.index = pd.date_range("1700", periods=len(frame), freq="YS")
    print(f"Yearly sunspot numbers, 1700 to 2008: {len(frame)} years.\n")
    return frame, "sunspots"


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--csv", type=Path, help="a file with dates first")
    parser.add_argument("--target", help="its column to forecast")
    parser.add_argument("--season", type=int, default=11, help="rows a season")
    parser.add_argument("--horizon", type=int, default=1, help="rows ahead")
    parser.add_argument("--lookback", type=int, default=22, help="rows seen")
    parser.add_argument(
        "--cells", default=",".join(BASIC_CELLS), help="separated by commas"
    )
    parser.add_argument("--weights", type=int, default=10_000, help="a cell")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--overwrite", action="store_true", help="start anew")
    parser.add_argument("--out", type=Path, default=Path("out/tune_cells"))
    options = parser.parse_args()
    if options.csv and not options.target:
        parser.error("--csv needs --target, the column to forecast")
    return options


if __name__ == "__main__":
    main()
