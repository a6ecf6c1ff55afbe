# SPDX-License-Identifier: Apache-2.0
"""Settings and data in words that JSON and a reader know."""

import hashlib
from dataclasses import fields, is_dataclass

import numpy as np


def described(value):
    """A setting as JSON knows it; equal settings have equal descriptions.

    Args:
        value: A number, a text, None, a dataclass, an object of Keras, or a
            list or dict of them.
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
    if hasattr(value, "get_config"):
        return {type(value).__name__: described(value.get_config())}
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def described_fields(value):
    """The fields of a dataclass, name -> value as JSON knows it."""
    return {f.name: described(getattr(value, f.name)) for f in fields(value)}


def described_data(data):
    """What networks learn from, in words that change with it.

    Args:
        data: `PreparedData`.
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
        "rows": counted(*arrays),
        "training_windows": counted(data.train.cutoffs),
        "validation_windows": counted(data.validation.cutoffs),
    }


def counted(*arrays):
    """How long the first array is, and what changes with all their values."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(np.ascontiguousarray(array))
    return f"{len(arrays[0])} (checksum {found.hexdigest()[:12]})"
