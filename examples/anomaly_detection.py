# SPDX-License-Identifier: Apache-2.0
"""Find heartbeats unlike all others with an autoencoder that knows normal ones.

Heartbeats are made by rule: five bumps (the waves P, Q, R, S, T of an
electrocardiogram), each beat with its own heights, places and noise. Four
kinds of beats are ill: no P wave, a wide QRS complex, an inverted T wave, a
raised ST segment. The network trains on normal beats alone; a beat is called
an anomaly if its reconstruction error lies above a quantile of the errors of
normal beats that it has not seen.

Measured: precision 0.952 and recall 1.000; with --seed 1 and 2 precision 0.985
and 0.953, recall 1.000 and 0.905. What is missed are beats without a P wave,
the faintest of the four. About half a minute of computing.
"""

import argparse
import logging
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import precision_score, recall_score

from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Sequences,
    Stack,
    reconstruction_error,
    sequence_autoencoder,
)

logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

STEPS, SECONDS = 72, 0.72
BATCH = 50
#: Height in mV, place and width in seconds of the waves of a normal beat.
WAVES = {
    "P": (0.18, 0.11, 0.025),
    "Q": (-0.12, 0.225, 0.014),
    "R": (1.00, 0.260, 0.016),
    "S": (-0.22, 0.300, 0.016),
    "T": (0.32, 0.48, 0.045),
}
KINDS = ("no P wave", "wide QRS", "inverted T wave", "raised ST segment")
NORMAL, ANOMALY = "C0", "C1"


def main():
    options = parse_options()
    keras.utils.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    train = beats(rng, ["normal"] * options.samples)
    calibration = beats(rng, ["normal"] * (options.samples // 2))
    kinds = np.array(["normal"] * 800 + [*KINDS] * 50)
    test = beats(rng, kinds)

    model = sequence_autoencoder(
        Stack(options.cell, units=options.units),
        Sequences(num_features=1, length=STEPS),
        latent_units=options.latent_units,
        reverse=True,
    ).autoencoder
    steps = options.epochs * -(-len(train) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.01, steps)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss="mse")
    model.fit(
        train,
        train,
        batch_size=BATCH,
        epochs=options.epochs,
        verbose=0,
    )

    normal_errors = reconstruction_error(model, calibration).per_sample
    threshold = np.quantile(normal_errors, options.quantile)
    error = reconstruction_error(model, test)
    found = error.per_sample > threshold
    ill = kinds != "normal"
    precision = precision_score(ill, found, zero_division=0)
    recall = recall_score(ill, found)
    print(
        f"{options.cell}: threshold {threshold:.5f} mV², the "
        f"{options.quantile:.0%} quantile of {len(calibration)} normal beats"
    )
    print(f"mean error of normal beats {normal_errors.mean():.5f} mV²")
    for kind in KINDS:
        print(f"  {kind:18s} found {found[kinds == kind].mean():.0%}")

    draw(model, test, kinds, error, threshold, options.picture)
    print(f"Picture: {options.picture}")
    print(f"precision {precision:.3f}, recall {recall:.3f}")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cell", default="gru", choices=LAYERS)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--latent-units", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--samples", type=int, default=1000, help="to train on")
    parser.add_argument(
        "--quantile",
        type=float,
        default=0.99,
        help="of normal beats that are not called anomalies",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--picture", type=Path, default=Path("out/anomaly_detection.png")
    )
    return parser.parse_args()


def beats(rng, kinds):
    """One beat per kind, in mV, `(beats, STEPS, 1)`."""
    return np.stack([beat(rng, kind) for kind in kinds])[:, :, None]


def beat(rng, kind):
    seconds = np.arange(STEPS) * SECONDS / STEPS
    shift = rng.normal(0, 0.006)
    y = rng.normal(0, 0.02, STEPS)
    for wave, (height, place, width) in WAVES.items():
        height *= rng.normal(1, 0.06)
        place += shift + rng.normal(0, 0.002)
        width *= rng.normal(1, 0.05)
        if kind == "no P wave" and wave == "P":
            height = 0.0
        if kind == "inverted T wave" and wave == "T":
            height = -height
        if kind == "wide QRS" and wave in "QRS":
            width *= 1.8
        y += height * np.exp(-(((seconds - place) / width) ** 2) / 2)
    if kind == "raised ST segment":
        y += 0.15 * ((seconds > 0.31) & (seconds < 0.44))
    return y.astype("float32")


def draw(model, test, kinds, error, threshold, picture):
    figure, axes = plt.subplots(2, 3, figsize=(12, 6), layout="constrained")
    reconstructions = model.predict(test, verbose=0)
    milliseconds = np.arange(STEPS) * 1000 * SECONDS / STEPS
    for panel, kind in zip(axes.flat, ("normal", *KINDS), strict=False):
        # The typical one of its kind: the beat with the median error.
        of_kind = np.flatnonzero(kinds == kind)
        ranked = of_kind[np.argsort(error.per_sample[of_kind])]
        k = ranked[len(ranked) // 2]
        panel.plot(milliseconds, test[k, :, 0], "k", lw=1, label="beat")
        panel.plot(
            milliseconds, reconstructions[k, :, 0], NORMAL, lw=2,
            label="reconstruction",
        )  # fmt: skip
        panel.fill_between(
            milliseconds,
            test[k, :, 0],
            reconstructions[k, :, 0],
            color=ANOMALY,
            alpha=0.5,
            label="error",
        )
        verdict = "above" if error.per_sample[k] > threshold else "below"
        panel.set(
            title=f"{kind}: error {verdict} threshold",
            xlabel="time in ms",
            ylabel="voltage in mV",
            ylim=(-0.7, 1.35),
        )
    axes[0, 0].legend(loc="upper right", frameon=False)

    panel = axes[1, 2]
    ill = kinds != "normal"
    bins = np.geomspace(error.per_sample.min(), error.per_sample.max(), 40)
    panel.hist(error.per_sample[~ill], bins, color=NORMAL, label="normal")
    panel.hist(
        error.per_sample[ill], bins, color=ANOMALY, alpha=0.7, label="ill"
    )
    panel.axvline(threshold, color="black", ls="--", label="threshold")
    panel.set(
        xscale="log",
        title="all beats of the test part",
        xlabel="reconstruction error in mV²",
        ylabel="number of beats",
    )
    panel.legend(frameon=False)
    for panel in axes.flat:
        panel.spines[["top", "right"]].set_visible(False)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
