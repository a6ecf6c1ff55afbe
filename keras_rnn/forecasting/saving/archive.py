# SPDX-License-Identifier: Apache-2.0
"""One file for a fitted forecaster: networks, scales, settings; no pickle.

It is a zip file. The networks are in it as Keras writes them, all numbers are
in `arrays.npz`, and the rest is in `forecaster.json`.
"""

import io
import json
import os
import tempfile
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_rnn import _files
from keras_rnn import _validation as validate
from keras_rnn._types import PathLike
from keras_rnn.forecasting.saving import earlier_formats
from keras_rnn.forecasting.saving.contents import decode, encode
from keras_rnn.forecasting.saving.guard import (
    RefusedError,
    arrays_of,
    check_cells,
    check_network,
    opened,
)
from keras_rnn.models import Stack, seeded

#: Format 1 was that of version 0.1, which wrote steps and zones by their names.
#: Format 2 had the keys by which version 0.1 called layers.
FORMAT = 3
#: Endings of the files that Keras itself writes and loads.
OF_KERAS = (".keras", ".h5", ".hdf5")


def write(
    path: PathLike, contents: dict[str, Any], networks: list[keras.Model]
) -> None:
    """Writes a forecaster; the file appears when it is complete.

    Args:
        path: The file to write.
        contents: What `encode` can write, by name.
        networks: The networks.
    """
    arrays: dict[str, Any] = {}
    words = {
        "format": FORMAT,
        "keras": keras.__version__,
        "cells": cells_of(contents["settings"]["network"]),
        "networks": len(networks),
        "contents": encode(contents, arrays),
    }
    numbers = io.BytesIO()
    np.savez(numbers, **arrays)
    whole = file_to_write(path).resolve()  # so that a link stays a link
    with (
        _files.replacing(whole) as draft,
        zipfile.ZipFile(draft, "w") as file,
        tempfile.TemporaryDirectory() as folder,
    ):
        file.writestr("forecaster.json", json.dumps(words))
        file.writestr("arrays.npz", numbers.getvalue())
        for number, network in enumerate(networks):
            name = f"network_{number}.keras"
            network.save(Path(folder) / name)
            file.write(Path(folder) / name, name)


def file_to_write(path: PathLike) -> Path:
    """A path where a file of a forecaster can be written."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            "`path` must be the path of a file. "
            f"{validate.received('path', path)}"
        )
    whole = Path(path)
    if whole.suffix.lower() in OF_KERAS:
        raise ValueError(
            "A forecaster has more than one model, which Keras cannot load. "
            f"{validate.received('path', str(whole))} Write "
            f"{str(whole.with_suffix('.forecaster'))!r}."
        )
    if whole.is_dir():
        raise IsADirectoryError(
            "`path` must be the path of a file. "
            f"{validate.received('path', str(whole))} It is a folder: name a "
            f"file in it, such as {str(whole / 'sales.forecaster')!r}."
        )
    if not whole.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(whole.parent)!r} to write to. "
            f"{validate.received('path', str(whole))} Make the folder first: "
            "`path.parent.mkdir(parents=True)`."
        )
    return whole


def read(path: PathLike) -> tuple[dict[str, Any], list[keras.Model]]:
    """Reads what `write` wrote; use it within `guard.reading`.

    Args:
        path: The file.

    Returns:
        The contents, and the networks.
    """
    with open(path, "rb") as whole, opened(whole) as file:
        words = json.loads(file.read("forecaster.json"))
        if words["format"] > FORMAT:
            raise RefusedError(
                f"{str(path)!r} has the format {words['format']}; this version "
                f"of keras_rnn reads up to {FORMAT}. Update keras_rnn."
            )
        arrays = arrays_of(file.read("arrays.npz"))
        if words["format"] < FORMAT:
            contents = earlier_formats.read(words["contents"], arrays, path)
        else:
            check_cells(words["cells"], path)
            contents = decode(words["contents"], arrays)
        for name in ("scales", "intervals"):
            check_finite(contents[name])
        networks = [
            _network(file.read(f"network_{number}.keras"))
            for number in range(words["networks"])
        ]
    return contents, networks


def check_finite(value: Any) -> None:
    """Raises a ValueError if an array in a value holds NaN or infinity."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, (list, tuple)):
        for part in value:
            check_finite(part)
    if isinstance(value, np.ndarray) and not np.isfinite(value).all():
        raise ValueError("some of its scales are no finite numbers")


def cells_of(network: Any) -> list[str]:
    """The keys of all cells in the argument `network` of a forecaster."""
    if isinstance(network, Stack):
        network = network.cell
    if isinstance(network, str):
        return [network]
    return [key for one in network for key in cells_of(one)]


def _network(data: bytes) -> keras.Model:
    """A network from the bytes of its file, if its weights are finite."""
    check_network(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        path.write_bytes(data)
        with seeded(0):  # layers in networks of version 0.1 have no seeds
            network = keras.saving.load_model(path)
    for weight in network.get_weights():
        if not np.isfinite(weight.astype(np.float64)).all():
            raise ValueError("weights of its networks are no finite numbers")
    return network
