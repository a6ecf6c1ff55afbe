# SPDX-License-Identifier: Apache-2.0
"""Files written by earlier versions are read, or refused by that version.

`tests/saved/write.py` wrote them on the commit of each version, in the names
that its API had then.
"""

import shutil
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import keras_rnn
from keras_rnn.data.text import TextEncoder
from keras_rnn.forecasting import Forecaster
from keras_rnn.models import Stack
from tests.backend import tensorflow_only
from tests.saved import write
from tests.tuning import tiny

FOLDER = Path(__file__).parent / "0_1"
EXPECTED = dict(np.load(FOLDER / "expected.npz"))


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in FOLDER.glob("*.keras"))
)
def test_a_model_of_an_earlier_version_answers_as_it_did(name):
    model = keras.saving.load_model(FOLDER / f"{name}.keras")
    tokens = name in {"classes", "many_to_many", "next_token"}
    x = write.ids() if tokens else write.numbers()
    found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found, EXPECTED[name], rtol=1e-5, atol=1e-6)


@tensorflow_only
@pytest.mark.parametrize(
    "name", sorted(path.stem for path in FOLDER.glob("*.forecaster"))
)
def test_a_forecaster_of_an_earlier_version_forecasts_as_it_did(name):
    forecaster = Forecaster.load(FOLDER / f"{name}.forecaster")
    found = forecaster.predict()
    distance = np.abs(found.to_numpy() - EXPECTED[name])
    assert np.all(distance <= 1e-5 * EXPECTED[name] + apart(forecaster))
    assert found.index.get_level_values(0).unique().tolist() == [
        "Rome",
        "Taipei",
    ]


def classes(recurrent):
    """Those of the recurrent layers among some layers."""
    return [
        type(layer)
        for layer in recurrent
        if isinstance(layer, keras.layers.RNN)
    ]


def test_the_keys_of_version_0_1_stand_for_the_layers_they_stood_for():
    """Its "lstm" was Keras's own layer, its "fused_gru" the one of today."""
    model = keras.saving.load_model(FOLDER / "two_cells.keras")
    decoder = model.get_layer("decoder")
    assert decoder.stack == Stack(["keras_lstm", "gru"], units=3)
    assert classes(decoder.recurrent) == [keras.layers.LSTM, keras_rnn.GRU]
    encoder = model.get_layer("encoder")
    assert classes(encoder.layers) == [keras.layers.LSTM, keras_rnn.GRU]


@tensorflow_only
def test_the_settings_of_version_0_1_are_those_of_today():
    forecaster = Forecaster.load(FOLDER / "two_networks.forecaster")
    kinds = [classes(network.layers) for network in forecaster.networks]
    assert kinds == [[keras.layers.LSTM], [keras_rnn.GRU]]
    settings = forecaster.settings
    assert settings.given["network"] == settings.stacks
    assert settings.stacks == [
        Stack("keras_lstm", units=3, dropout=0.1),
        Stack("gru", units=3, dropout=0.1),
    ]
    assert settings.num_seeds == 1
    assert settings.training.clipping == {}
    one = Forecaster.load(FOLDER / "encoder_decoder.forecaster").settings
    assert one.given["network"] == Stack("keras_gru", units=3)
    assert one.num_seeds == 2
    assert one.training.clipping == {"clipnorm": 1.0}


@tensorflow_only
def test_a_forecaster_of_an_earlier_version_is_saved_as_one_of_today(tmp_path):
    before = Forecaster.load(FOLDER / "two_networks.forecaster")
    before.save(tmp_path / "x")
    after = Forecaster.load(tmp_path / "x")
    assert after.settings.given == before.settings.given
    pd.testing.assert_frame_equal(after.predict(), before.predict())


def apart(forecaster):
    """How far the medians of two sets of 200 draws lie apart at most.

    Version 0.1 drew other numbers from the same distributions. The median of
    n normal draws deviates by 1.2533 σ / √n, a difference of two by √2 of it.
    """
    if forecaster.settings.given["strategy"] != "recursive":
        return 0
    paths = forecaster.sample(num_paths=2000, seed=1)
    spread = paths.groupby(["shop", "timestamp"])["sales"].std()
    return 4 * 2**0.5 * 1.2533 * spread.to_numpy()[:, np.newaxis] / 200**0.5


def test_an_encoder_of_an_earlier_version_encodes_as_it_did():
    encoder = TextEncoder.load(FOLDER / "encoder.json")
    assert encoder(write.TEXTS).ids.tolist() == EXPECTED["encoder"].tolist()


@tensorflow_only
def test_a_sweep_of_an_earlier_version_is_refused_by_its_version(tmp_path):
    folder = tmp_path / "sweep"
    shutil.copytree(FOLDER / "sweep", folder)
    with pytest.raises(ValueError, match=r"written by version 0\.1"):
        tiny.run(folder, cells=("elman",))
