# SPDX-License-Identifier: Apache-2.0
"""One file for a fitted forecaster: networks, scales, settings; no pickle.

A zip file with the networks as Keras writes them, all numbers in
`arrays.npz`, and the rest, in words, in `forecaster.json`.
"""

import io
import json
import tempfile
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path

import keras
import numpy as np

from keras_rnn import _files
from keras_rnn.forecasting.saving.contents import decode, encode
from keras_rnn.forecasting.saving.guard import (
    RefusedError,
    arrays_of,
    check_network,
    opened,
)
from keras_rnn.layers import LAYERS
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
    with (
        _files.replacing(
            Path(path).resolve()
        ) as draft,  # a link goes on being one
        zipfile.ZipFile(draft, "w") as file,
        tempfile.TemporaryDirectory() as folder,
    ):
        file.writestr("forecaster.json", json.dumps(words))
        file.writestr("arrays.npz", numbers.getvalue())
        for number, network in enumerate(networks):
            name = f"network_{number}.keras"
            network.save(Path(folder) / name)
            file.write(Path(folder) / name, name)


def read(path):
    """Reads what `write` wrote; use it within `guard.reading`.

    Returns:
        The contents, and the list of networks.
    """
    with open(path, "rb") as whole, opened(whole) as file:
        words = json.loads(file.read("forecaster.json"))
        if words["format"] > FORMAT:
            raise RefusedError(
                f"{str(path)!r} has the format {words['format']}; this version "
                f"of keras_rnn reads up to {FORMAT}. Update keras_rnn."
            )
        contents = decode(words["contents"], arrays_of(file.read("arrays.npz")))
        for name in ("scales", "intervals"):
            check_finite(contents[name])
        check_cells(contents["settings"]["cell"], path)
        networks = [
            _network(file.read(f"network_{number}.keras"))
            for number in range(words["networks"])
        ]
    return contents, networks


def check_finite(value):
    """Raises a ValueError for arrays that hold no numbers."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, (list, tuple)):
        for part in value:
            check_finite(part)
    if isinstance(value, np.ndarray) and not np.isfinite(value).all():
        raise ValueError("some of its scales are no finite numbers")


def check_cells(cell, path):
    """Raises a RefusedError that names a cell which this process lacks."""
    for key in [cell] if isinstance(cell, str) else cell:
        if key not in LAYERS:
            raise RefusedError(
                f"{str(path)!r} holds networks of the cell {key!r}, which this "
                "process does not know. Register it before loading, "
                f"`keras_rnn.layers.register({key!r}, ...)`."
            )


def _network(data):
    """A network from the bytes of its file, if its weights are numbers."""
    check_network(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        path.write_bytes(data)
        with seeded(0):  # networks of version 0.1 hold layers without seeds
            network = keras.saving.load_model(path)
    for weight in network.get_weights():
        if not np.isfinite(weight.astype(np.float64)).all():
            raise ValueError("weights of its networks are no finite numbers")
    return network
