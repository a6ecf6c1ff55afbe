# SPDX-License-Identifier: Apache-2.0
"""Files that claim to be forecasters, looked at before they are unpacked."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import h5py
import numpy as np

from keras_rnn._types import Array, PathLike
from keras_rnn.layers import LAYERS

#: The names of the sizes of weights in the config of a layer.
SIZES = {"units", "output_units", "input_dim", "output_dim"}
#: How many bytes a byte of a file may become. What is saved is not compressed,
#: so they are few.
MOST_BYTES = 20


class RefusedError(ValueError):
    """An error whose message `reading` passes on to the user as it is."""


@contextlib.contextmanager
def reading(path: PathLike) -> Iterator[None]:
    """Turns whatever goes wrong with a file into one kind of error.

    Args:
        path: The file, for the message.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the block raises anything.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"There is no file {str(path)!r}. Give the path that "
            "`Forecaster.save(path)` was given."
        )
    try:
        yield
    except RefusedError as error:
        raise ValueError(str(error)) from error.__cause__
    except Exception as error:  # a foreign file may raise anything
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ValueError(
            f"{str(path)!r} is no saved forecaster, or a damaged one: "
            f"{reason}. Save it again with `forecaster.save(path)`."
        ) from error


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """Opens a zip file whose members are not much larger than itself.

    Args:
        file: A binary file.

    Raises:
        ValueError: If they are much larger.
        zipfile.BadZipFile: If the file is no zip file.
    """
    size = file.seek(0, io.SEEK_END)
    members = zipfile.ZipFile(file)
    unpacked = sum(member.file_size for member in members.infolist())
    check_size(unpacked, size)
    return members


def check_size(unpacked: int, size: int) -> None:
    """Raises a ValueError for a file that unpacks to far more than it is.

    Args:
        unpacked: How many bytes are unpacked.
        size: How many bytes there are before.
    """
    if unpacked > MOST_BYTES * max(size, 1):
        raise ValueError(
            f"{size} bytes would be unpacked to {unpacked}, as no saved "
            "forecaster is"
        )


def arrays_of(data: bytes) -> dict[str, Array]:
    """The arrays in the bytes of an npz file, none of them pickled."""
    with opened(io.BytesIO(data)) as members:
        for name in members.namelist():
            with members.open(name) as member:
                check_size(_claimed(member), len(data))
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _claimed(member: IO[bytes]) -> int:
    """How many bytes an array has, by its header."""
    version = np.lib.format.read_magic(member)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read(member)
    claimed = dtype.itemsize
    for length in shape:
        claimed *= int(length)
    return claimed


def check_network(data: bytes) -> None:
    """Raises a ValueError for a network that unpacks to far more than it is.

    Args:
        data: The bytes of a `.keras` file.
    """
    with opened(io.BytesIO(data)) as members:
        weights = io.BytesIO(members.read("model.weights.h5"))
        config = json.loads(members.read("config.json"))
    with h5py.File(weights, "r") as file:
        found: list[Any] = []
        file.visititems(lambda _, item: found.append(item))
        datasets = [item for item in found if isinstance(item, h5py.Dataset)]
        claimed = sum(int(item.nbytes) for item in datasets)
        largest = max(
            (max(item.shape, default=1) for item in datasets), default=1
        )
        outside = any(item.external or item.is_virtual for item in datasets)
    check_size(claimed, len(data))
    if outside:
        raise ValueError("its weights stand in other files")
    for name, size in sizes_in(config):
        if size > largest:
            raise ValueError(
                f"a layer has {name}={size}, its weights at most {largest}"
            )


def sizes_in(config: Any) -> Iterator[tuple[str, float]]:
    """The sizes of what a config would build: widths, features of inputs.

    Args:
        config: The config of a model, or a part of it.

    Yields:
        The name of a size, and the size.
    """
    if isinstance(config, list):
        for entry in config:
            yield from sizes_in(entry)
    if not isinstance(config, dict):
        return
    for name, value in config.items():
        shaped = name == "batch_shape" and isinstance(value, list) and value
        size = value[-1] if shaped else value
        if (shaped or name in SIZES) and isinstance(size, (int, float)):
            yield name, size
        else:
            yield from sizes_in(value)


def check_cells(keys: Iterable[str], path: PathLike) -> None:
    """Raises a RefusedError for a cell that this process does not know.

    Args:
        keys: The keys of all cells in a file.
        path: The file, for the message.
    """
    for key in keys:
        if key not in LAYERS:
            raise RefusedError(
                f"{str(path)!r} holds networks of the cell {key!r}, which this "
                "process does not know. Register it before loading, "
                f"`keras_rnn.layers.register({key!r}, ...)`."
            )
