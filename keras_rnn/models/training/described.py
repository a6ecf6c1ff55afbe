# SPDX-License-Identifier: Apache-2.0
"""Descriptions of settings and data, which JSON can hold and people read."""

import hashlib
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_rnn._types import Array

if TYPE_CHECKING:
    from keras_rnn.data import PreparedData


def described(value: Any) -> Any:
    """Describes a setting by values that JSON can hold.

    Equal settings have equal descriptions: a training or a sweep that resumes
    recognizes its settings by them.

    Args:
        value: A number, a text, None, a dataclass, an object of Keras, or a
            list or dict of them.

    Returns:
        A number, a text, None, or a list or dict of them.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {type(value).__name__: described_fields(value)}
    if isinstance(value, dict):
        return {str(name): described(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [described(v) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (str, int, float)) or value is None:
        return value
    get_config = getattr(value, "get_config", None)
    if get_config is not None:
        return {type(value).__name__: described(get_config())}
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def described_fields(value: Any) -> dict[str, Any]:
    """Describes the fields of a dataclass, name -> what `described` returns."""
    return {f.name: described(getattr(value, f.name)) for f in fields(value)}


def described_data(data: "PreparedData") -> dict[str, Any]:
    """Describes the data that networks learn from.

    The checksums in it change with any value of the data.

    Args:
        data: `PreparedData`.

    Returns:
        Dict, name -> what `described` returns.
    """
    series = data.series
    arrays = [
        value
        for f in fields(series)
        if isinstance(value := getattr(series, f.name), np.ndarray)
    ]
    return {
        **described_fields(series.windows),
        "columns": described(series.columns),
        "features": list(series.feature_names),
        "representation": described(data.scales.representation),
        "gaps": data.scales.gaps,
        "rows": _length_and_checksum(*arrays),
        "training_windows": _length_and_checksum(data.train.cutoffs),
        "validation_windows": _length_and_checksum(data.validation.cutoffs),
    }


def _length_and_checksum(*arrays: Array) -> str:
    """The length of the first array, and the checksum of all of them."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return f"{len(arrays[0])} (checksum {found.hexdigest()[:12]})"
