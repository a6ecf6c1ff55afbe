# SPDX-License-Identifier: Apache-2.0
"""Files that claim to be forecasters, looked at before they are unpacked."""

import contextlib
import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np

#: What a layer's config calls the sizes of its weights.
SIZES = {"units", "output_units", "input_dim", "output_dim"}
#: Bytes that a byte of a file may stand for: what is saved is not compressed.
MOST_BYTES = 20


class RefusedError(ValueError):
    """A message for the user, who gets it as it is."""


@contextlib.contextmanager
def reading(path):
    """Turns whatever goes wrong with a file into one kind of error.

    Args:
        path: The file, for the message.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If anything is raised within.
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
    except Exception as error:  # what a foreign file raises is anybody's guess
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ValueError(
            f"{str(path)!r} is no saved forecaster, or a damaged one: "
            f"{reason}. Save it again with `forecaster.save(path)`."
        ) from error


def opened(file):
    """A zip file whose members are not much larger than itself.

    Args:
        file: A binary file.

    Raises:
        ValueError: If they are, or the file is no zip file.
    """
    size = file.seek(0, io.SEEK_END)
    members = zipfile.ZipFile(file)
    unpacked = sum(member.file_size for member in members.infolist())
    check_size(unpacked, size)
    return members


def check_size(unpacked, size):
    """Raises a ValueError for a file that unpacks to far more than it is."""
    if unpacked > MOST_BYTES * max(size, 1):
        raise ValueError(
            f"{size} bytes would be unpacked to {unpacked}, as no saved "
            "forecaster is"
        )


def arrays_of(data):
    """The arrays in the bytes of an npz file, none of them pickled."""
    with opened(io.BytesIO(data)) as members:
        for name in members.namelist():
            with members.open(name) as member:
                check_size(_claimed(member), len(data))
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _claimed(member):
    """How many bytes the header of an array says that it has."""
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


def check_network(data):
    """Raises a ValueError for a network that would unpack to far more.

    Args:
        data: The bytes of a `.keras` file.
    """
    with opened(io.BytesIO(data)) as members:
        weights = io.BytesIO(members.read("model.weights.h5"))
        config = json.loads(members.read("config.json"))
    with h5py.File(weights, "r") as file:
        found = []
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


def sizes_in(config):
    """Names and numbers of what would be built: widths, features of inputs."""
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
