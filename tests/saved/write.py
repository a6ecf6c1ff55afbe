# SPDX-License-Identifier: Apache-2.0
"""Writes one small file of each kind, to be read by later versions.

`python -m tests.saved.write FOLDER` on the commit of a version; the folder
is then named after the version and kept beside this file.
"""

import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from keras_rnn.data import Columns
from keras_rnn.data.text import TextEncoder
from keras_rnn.forecasting import Forecaster, Training
from keras_rnn.layers import LAYERS
from keras_rnn.models import (
    Binary,
    Gaussian,
    MultiClass,
    NegativeBinomial,
    NextToken,
    Quantiles,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)
from tests.tuning import tiny

TEXTS = ["cheap flights to Rome", "rain in Rome", "flights in the rain"]


def numbers():
    """Sequences of numbers, shape (2, 5, 2), not all of them positive."""
    return np.sin(np.arange(20.0)).reshape(2, 5, 2).astype("float32")


def ids():
    """Padded ids of tokens, shape (2, 5)."""
    return np.array([[1, 2, 3, 4, 5], [5, 2, 0, 0, 0]])


def models():
    """One model per factory, and what it reads."""
    two = Sequences(2, length=5)
    masked = Sequences(2, mask_value=-9.0)
    every_key = Stack(list(LAYERS), units=3)
    gru = Stack("gru", units=3)
    return {
        "many_to_one": (many_to_one(every_key, two, Regression(2)), numbers()),
        "quantiles": (many_to_one(gru, two, Quantiles((0.1, 0.5))), numbers()),
        "gaussian": (many_to_one(gru, two, Gaussian()), numbers()),
        "counts": (many_to_one(gru, two, NegativeBinomial()), numbers()),
        "classes": (
            many_to_one(
                Stack("elman", units=3, bidirectional=True, dropout=0.5),
                Tokens(6, 2),
                MultiClass(3),
                pooling="attention",
            ),
            ids(),
        ),
        "many_to_many": (
            many_to_many(Stack("jordan", units=3), Tokens(6, 2), Binary()),
            ids(),
        ),
        "next_token": (
            many_to_many(gru, Tokens(6, 2), NextToken(6)),
            ids(),
        ),
        "seq2seq": (
            seq2seq(Stack("peephole_lstm", 3), two, Regression(3, 2)),
            numbers(),
        ),
        "two_cells": (
            seq2seq(Stack(["keras_lstm", "gru"], units=3), two, Regression(3)),
            numbers(),
        ),
        "stateful": (
            stateful_forecaster(gru, Sequences(2), Regression(), batch_size=2),
            numbers(),
        ),
        "autoencoder": (
            sequence_autoencoder(
                Stack("coupled_gate_lstm", 3), masked, latent_units=2
            ).autoencoder,
            numbers(),
        ),
    }


def frame():
    """Two series of forty days."""
    days = pd.date_range("2024-01-01", periods=40, freq="D", tz="Asia/Kolkata")
    rows = np.arange(40.0)
    return pd.concat(
        pd.DataFrame({"shop": shop, "sales": size + rows % 7}, index=days)
        for shop, size in [("Rome", 10.0), ("Taipei", 1000.0)]
    )


def forecasters():
    """One forecaster per strategy, with and without a distribution.

    And an ensemble whose layers are Keras's own and of this package.
    """
    shared = {
        "columns": Columns("sales", series="shop"),
        "network": Stack("lstm", units=3),
        "training": Training(epochs=1),
        "calendar": "dayofweek",
    }
    two = {
        "network": [
            Stack(key, units=3, dropout=0.1) for key in ("keras_lstm", "gru")
        ],
        "training": Training(epochs=1, global_clipnorm=None),
    }
    return {
        "direct": Forecaster(horizon=2, lookback=7, intervals=(0.5,), **shared),
        "recursive": Forecaster(
            horizon=2,
            lookback=7,
            strategy="recursive",
            distribution="gaussian",
            **shared,
        ),
        "encoder_decoder": Forecaster(
            horizon=2,
            lookback=7,
            strategy="encoder_decoder",
            num_seeds=2,
            **shared | {"network": Stack("gru", units=3)},
        ),
        "two_networks": Forecaster(horizon=2, lookback=7, **shared | two),
    }


def write(folder):
    """All files, and in `expected.npz` what they answer."""
    folder.mkdir(parents=True)
    keras.utils.set_random_seed(1)
    expected = {}
    for name, (model, x) in models().items():
        model.save(folder / f"{name}.keras")
        expected[name] = model.predict(x, verbose=0)
    for name, forecaster in forecasters().items():
        forecaster.fit(frame(), validation=12)
        forecaster.save(folder / f"{name}.forecaster")
        expected[name] = forecaster.predict().to_numpy()
    encoder = TextEncoder.fit(TEXTS, length=6)
    encoder.save(folder / "encoder.json")
    expected["encoder"] = encoder(TEXTS).ids
    tiny.run(folder / "sweep", cells=("elman",))
    np.savez_compressed(folder / "expected.npz", **expected)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
