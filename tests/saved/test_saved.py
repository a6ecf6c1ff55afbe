# SPDX-License-Identifier: Apache-2.0
"""Files written by earlier versions are read, or refused by that version.

`tests/saved/write.py` wrote them on the commit of each version.
"""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_rnn.data.text import TextEncoder
from keras_rnn.forecasting import Forecaster
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


def apart(forecaster):
    """How far the medians of two sets of 200 draws lie apart at most.

    Version 0.1 drew other numbers from the same distributions. The median of
    n normal draws deviates by 1.2533 σ / √n, a difference of two by √2 of it.
    """
    if forecaster.settings.given["strategy"] != "recursive":
        return 0
    paths = forecaster.sample(num_paths=2000, seed=1)
    spread = paths.groupby(["series", "timestamp"])["sales"].std()
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
