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
from dataclasses import fields, is_dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

import keras_rnn.data.representation as representation
from keras_rnn.data import Columns, Windows
from keras_rnn.data.scales import Scales
from keras_rnn.data.scaling import StandardScaler
from keras_rnn.forecasting.conformal import ConformalQuantiles
from keras_rnn.forecasting.intervals import Intervals
from keras_rnn.forecasting.training import Training

FORMAT = 1


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


def encode(value, arrays):
    """A value as JSON; its arrays are put into `arrays`."""
    if is_dataclass(value):
        of_fields = {f.name: getattr(value, f.name) for f in fields(value)}
        return {
            "class": type(value).__name__,
            "fields": encode(of_fields, arrays)["dict"],
        }
    if isinstance(value, dict):
        return {"dict": {k: encode(v, arrays) for k, v in value.items()}}
    if isinstance(value, (list, tuple)):
        items = [encode(v, arrays) for v in value]
        return {"items": items, "tuple": isinstance(value, tuple)}
    if isinstance(value, np.ndarray):
        name = f"array_{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, pd.DataFrame):
        return _encode_frame(value, arrays)
    if isinstance(value, pd.Index):
        return _encode_index(value, arrays)
    if isinstance(value, pd.offsets.BaseOffset):
        return {"offset": value.freqstr}
    return value.item() if isinstance(value, np.generic) else value


def decode(value, arrays):
    """Undoes `encode`."""
    if not isinstance(value, dict):
        return value
    if "class" in value:
        arguments = {k: decode(v, arrays) for k, v in value["fields"].items()}
        return _classes()[value["class"]](**arguments)
    kind = next(iter(value))
    return {
        "dict": lambda: {k: decode(v, arrays) for k, v in value[kind].items()},
        "items": lambda: _decode_items(value, arrays),
        "array": lambda: arrays[value[kind]],
        "frame": lambda: _decode_frame(value[kind], arrays),
        "times": lambda: pd.DatetimeIndex(
            arrays[value[kind]].view(f"M8[{value['unit']}]"), tz="UTC"
        ).tz_convert(value["zone"]),
        "labels": lambda: pd.Index(value[kind]),
        "offset": lambda: pd.tseries.frequencies.to_offset(value[kind]),
    }[kind]()


def _decode_items(value, arrays):
    items = [decode(v, arrays) for v in value["items"]]
    return tuple(items) if value["tuple"] else items


def _encode_frame(frame, arrays):
    columns = {
        name: encode(
            column.to_numpy(np.float64)
            if pd.api.types.is_numeric_dtype(column.dtype)
            else column.tolist(),
            arrays,
        )
        for name, column in frame.items()
    }
    return {"frame": {"columns": columns, "index": encode(frame.index, arrays)}}


def _decode_frame(value, arrays):
    columns = {k: decode(v, arrays) for k, v in value["columns"].items()}
    return pd.DataFrame(columns, index=decode(value["index"], arrays))


def _encode_index(index, arrays):
    if not isinstance(index, pd.DatetimeIndex):
        return {"labels": index.tolist()}
    times = encode(index.asi8.copy(), arrays)["array"]
    zone = None if index.tz is None else str(index.tz)
    return {"times": times, "unit": index.unit, "zone": zone}


def _classes():
    """The dataclasses that a forecaster holds, by name."""
    bases = (
        representation.Representation,
        representation.FittedRepresentation,
    )
    found = [Columns, ConformalQuantiles, Intervals, Scales, StandardScaler]
    found += [Training, Windows]
    found += [cls for base in bases for cls in _below(base)]
    return {cls.__name__: cls for cls in found}


def _below(base):
    """All subclasses, at any depth."""
    for cls in base.__subclasses__():
        yield cls
        yield from _below(cls)
