# SPDX-License-Identifier: Apache-2.0
"""Which instrument plays? Recurrent networks and nearest neighbours listen.

Six instruments, made by rule: each has its overtones, its attack and decay,
some a vibrato. Pitch, phase and noise are random, so that two tones of one
instrument never lie on top of each other. That is what the nearest neighbour
of a series, the usual yardstick, suffers from. The nearest neighbour of its
spectrum is the yardstick of those who know that tones have a spectrum; the
networks are told nothing and read one value after the other.

Measured on 1000 series, accuracy: neighbour of the spectrum 0.919, gru 0.831,
lstm 0.796, elman 0.765, jordan 0.707, neighbour of the series 0.705; guessing
is 0.167.

With --train and --test it reads series of your own, a row each, class first,
values after it, separated by tabs or commas: the files of the UCR archive.
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

from keras_rnn.models import MultiClass, Sequences, Stack, Training, many_to_one

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

#: Loudness of the overtones 1, 2, 3 ...; attack and decay as fractions of the
#: series; depth of the vibrato in radians.
INSTRUMENTS = {
    "flute": ([1.0, 0.2], 0.15, np.inf, 0.6),
    "clarinet": ([1.0, 0.0, 0.6, 0.0, 0.4], 0.10, np.inf, 0.0),
    "violin": ([1.0, 0.5, 0.33, 0.25, 0.2], 0.15, np.inf, 0.6),
    "trumpet": ([0.5, 0.8, 1.0, 0.7, 0.4], 0.10, np.inf, 0.0),
    "piano": ([1.0, 0.5, 0.3, 0.1, 0.0], 0.01, 0.3, 0.0),
    "organ": ([1.0, 0.8, 0.0, 0.6, 0.0], 0.01, np.inf, 0.0),
}
STEPS = 96


def main():
    options = parse_options()
    train, test, classes = load(options)
    scores = {}
    for name, view in {
        "the series": np.asarray,
        "its spectrum": spectrum,
    }.items():
        guess = nearest(view(train[0]), train[1], view(test[0]))
        scores[f"nearest neighbour of {name}"] = {
            "kind": "reference",
            "accuracy": (guess == test[1]).mean(),
        }
    guesses = {}
    for key in options.cells:
        guesses[key], facts = fit(key, train, test[0], len(classes), options)
        scores[key] = {
            "kind": "network",
            "accuracy": (guesses[key] == test[1]).mean(),
            **facts,
        }
        print(f"{key:18s} {scores[key]['accuracy']:.3f}", flush=True)
    table = pd.DataFrame(scores).T.sort_values("accuracy", ascending=False)
    print(f"\n{len(train[0])} series train, {len(test[0])} test; accuracy:")
    shown = table.drop(columns="kind")
    print(shown.to_string(float_format="{:.3f}".format, na_rep=""))
    best = str(table["validation"].astype(float).idxmax())
    draw(test, classes, guesses[best], best, table, options.picture)
    print(f"\nPicture: {options.picture}. Chosen by validation: {best}.")
    print(f"Its accuracy: {table.loc[best, 'accuracy']:.3f}")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--train", type=Path, help="a file of series")
    parser.add_argument("--test", type=Path, help="another one")
    parser.add_argument(
        "--cells",
        default="elman,jordan,lstm,gru",
        help="keys of LAYERS separated by commas",
    )
    parser.add_argument("--series", type=int, default=2000, help="made by rule")
    parser.add_argument("--noise", type=float, default=0.5)
    parser.add_argument(
        "--pooling", default="mean", help="mean, max, attention, or last"
    )
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--picture", type=Path, default=Path("out/classify_series.png")
    )
    options = parser.parse_args()
    options.cells = options.cells.split(",")
    for key in options.cells:
        Stack(key)  # an unknown key ends here, before anything is trained
    if (options.train is None) != (options.test is None):
        parser.error("--train and --test belong together")
    return options


def load(options):
    """Series `(series, time)` and class numbers of both parts, and names."""
    if not options.train:
        rng = np.random.default_rng(options.seed)
        parts = [
            tones(rng, options.series, options.noise),
            tones(rng, options.series // 2, options.noise),
        ]
        return *parts, list(INSTRUMENTS)
    files = []
    for path in (options.train, options.test):
        with path.open() as file:
            separator = "\t" if "\t" in file.readline() else ","
        files.append(pd.read_csv(path, sep=separator, header=None))
    classes = sorted(set(files[0][0]))
    parts = []
    for path, file in zip((options.train, options.test), files, strict=True):
        if new := set(file[0]) - set(classes):
            raise SystemExit(f"{path} has classes that are not trained: {new}.")
        values = file.drop(columns=0).to_numpy(np.float32)
        if values.shape[1] != files[0].shape[1] - 1 or np.isnan(values).any():
            raise SystemExit(f"{path} must hold series of one length, no gaps.")
        parts.append((values, np.searchsorted(classes, file[0])))
    return *parts, [str(name) for name in classes]


def tones(rng, series, noise):
    """Tones of all instruments in turn, standardised."""
    t = np.arange(STEPS)
    labels = np.arange(series) % len(INSTRUMENTS)
    values = np.empty((series, STEPS), np.float32)
    for k, label in enumerate(labels):
        overtones, attack, decay, vibrato = list(INSTRUMENTS.values())[label]
        phase = 2 * np.pi * t / rng.uniform(10, 40)  # two octaves of pitches
        phase = phase + vibrato * np.sin(2 * np.pi * t / rng.uniform(40, 60))
        tone = sum(
            loud * np.sin(n * phase + rng.uniform(0, 2 * np.pi))
            for n, loud in enumerate(overtones, start=1)
        )
        tone = tone * np.minimum(1, (t + 1) / (attack * STEPS))
        tone = tone * np.exp(-t / (decay * STEPS))
        tone = tone / tone.std() + rng.normal(0, noise, STEPS)
        values[k] = (tone - tone.mean()) / tone.std()
    return values, labels


def spectrum(values):
    """Loudness of the frequencies, blind to where a wave begins."""
    return np.abs(np.fft.rfft(values, axis=1))


def nearest(known, labels, series):
    """The class of the nearest known series, by Euclidean distance."""
    # |a − b|² = |a|² − 2 a b + |b|²; |a|² is the same for all b.
    distance = (known**2).sum(axis=1) - 2 * series @ known.T
    return labels[distance.argmin(axis=1)]


def fit(key, train, series, classes, options):
    """The classes of `series` by a network, and the facts about it."""
    start = time.perf_counter()
    keras.utils.set_random_seed(options.seed)
    head = MultiClass(classes)
    model = many_to_one(
        Stack(key, units=options.units),
        Sequences(length=series.shape[1]),
        head,
        pooling=options.pooling,
    )
    Training(learning_rate=5e-3, clipnorm=1.0).compile(model, head)
    order = np.random.default_rng(options.seed).permutation(len(train[0]))
    values, labels = train[0][order, :, None], train[1][order]
    history = model.fit(
        values,
        labels,
        batch_size=64,
        epochs=options.epochs,
        validation_split=0.15,
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping(
                "val_accuracy", patience=10, restore_best_weights=True
            ),
            keras.callbacks.ReduceLROnPlateau(patience=4, factor=0.4),
        ],
    )
    guess = model.predict(series[:, :, None], batch_size=256, verbose=0)
    return guess.argmax(axis=1), {
        "validation": max(history.history["val_accuracy"]),
        "parameters": model.count_params(),
        "epochs": len(history.epoch),
        "seconds": time.perf_counter() - start,
    }


def draw(test, classes, guess, best, table, path):
    """A series a class, how far each method comes, and what is confused."""
    shown = classes[:6]
    figure = plt.figure(figsize=(13, 4.6), layout="constrained")
    (panels,) = figure.subfigures(1, 3, squeeze=False, width_ratios=[4, 5, 4])
    waves, ranks, confusions = panels
    axes = waves.subplots(len(shown), sharex=True, squeeze=False)[:, 0]
    for k, axis in enumerate(axes):
        axis.plot(test[0][test[1] == k][0], color="C0", linewidth=1)
        axis.set_ylabel(shown[k], rotation=0, ha="right", va="center")
        axis.set_yticks([])
        axis.spines[["top", "right", "left"]].set_visible(False)
    axes[-1].set_xlabel("step")
    waves.suptitle("One test series a class")

    axis = ranks.subplots()
    accuracy = table["accuracy"].astype(float)[::-1]
    colors = table["kind"].map({"network": "C0", "reference": "silver"})[::-1]
    bars = axis.barh(accuracy.index, accuracy, color=colors)
    axis.bar_label(bars, fmt="%.3f", padding=3)
    axis.axvline(1 / len(classes), color="black", linestyle=":")
    axis.set(xlim=(0, 1.15), xlabel="accuracy (dotted: guessing)")
    axis.spines[["top", "right"]].set_visible(False)
    ranks.suptitle("Networks (blue), nearest neighbours (grey)")

    axis = confusions.subplots()
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (test[1], guess), 1)
    axis.imshow(counts, cmap="Blues")
    if len(classes) <= 10:
        axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
        axis.set_yticks(range(len(classes)), classes)
        for (row, column), count in np.ndenumerate(counts):
            color = "white" if count > counts.max() / 2 else "black"
            axis.text(column, row, count, ha="center", va="center", color=color)
    axis.set(xlabel="heard", ylabel="played")
    confusions.suptitle(f"What {best} confuses")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
