# SPDX-License-Identifier: Apache-2.0
"""One file for a fitted forecaster: networks, scales, settings; no pickle.

A zip file with the networks as Keras writes them, all numbers in
`arrays.npz`, and the rest, in words, in `forecaster.json`.
"""

import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np

from keras_rnn.forecasting.saving.contents import decode, encode
from keras_rnn.models import seeded

#: 1 was that of version 0.1, which wrote steps and zones by their names.
FORMAT = 2


def write(path, contents, networks):
    """Writes a forecaster; the file appears when it is complete.

    Args:
        path: Where to.
        contents: Dict of what `encode` knows.
        networks: List of Keras models.
    """
    arrays = {}
    words = {
        "format": FORMAT,
        "keras": keras.__version__,
        "networks": len(networks),
        "contents": encode(contents, arrays),
    }
    numbers = io.BytesIO()
    np.savez(numbers, **arrays)
    path = Path(path)
    with tempfile.TemporaryDirectory(dir=path.resolve().parent) as folder:
        whole = Path(folder) / "whole"
        with zipfile.ZipFile(whole, "w") as file:
            file.writestr("forecaster.json", json.dumps(words))
            file.writestr("arrays.npz", numbers.getvalue())
            for number, network in enumerate(networks):
                name = f"network_{number}.keras"
                network.save(Path(folder) / name)
                file.write(Path(folder) / name, name)
        os.replace(whole, path)


def read(path):
    """Reads what `write` wrote.

    Returns:
        The contents, and the list of networks.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no forecaster, or of a later format.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"There is no file {str(path)!r}. Give the path that "
            "`Forecaster.save(path)` was given."
        )
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"{str(path)!r} is no saved forecaster. Save one with "
            "`forecaster.save(path)`."
        )
    with (
        zipfile.ZipFile(path) as file,
        tempfile.TemporaryDirectory() as folder,
        seeded(0),  # networks of version 0.1 hold layers without seeds
    ):
        words = json.loads(file.read("forecaster.json"))
        if words["format"] > FORMAT:
            raise ValueError(
                f"{str(path)!r} has the format {words['format']}; this version "
                f"of keras_rnn reads up to {FORMAT}. Update keras_rnn."
            )
        with np.load(io.BytesIO(file.read("arrays.npz"))) as arrays:
            contents = decode(words["contents"], dict(arrays))
        networks = [
            keras.saving.load_model(
                file.extract(f"network_{number}.keras", folder)
            )
            for number in range(words["networks"])
        ]
    return contents, networks
