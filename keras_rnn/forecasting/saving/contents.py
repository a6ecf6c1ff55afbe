# SPDX-License-Identifier: Apache-2.0
"""The contents of a forecaster as JSON and arrays, and back."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from keras_rnn._types import Array
from keras_rnn.data import Columns, Scales, Windows
from keras_rnn.data.representations import (
    FittedRepresentation,
    Representation,
    StandardScaler,
)
from keras_rnn.forecasting.intervals.conformal import ConformalQuantiles
from keras_rnn.forecasting.intervals.of_forecasts import Intervals
from keras_rnn.forecasting.saving.labels import (
    decode_column,
    decode_index,
    encode_column,
    encode_index,
    put,
)
from keras_rnn.forecasting.saving.scalars import (
    PLAIN,
    decode_scalar,
    encode_scalar,
)
from keras_rnn.forecasting.saving.steps import decode_step, encode_step
from keras_rnn.models import Stack, Training


def encode(value: Any, arrays: dict[str, Array]) -> Any:
    """A value as JSON, with its arrays apart.

    Args:
        value: The value.
        arrays: Name -> array; the arrays in the value are put in.

    Raises:
        TypeError: If the value would not be read as the same.
    """
    for kinds, as_json in ENCODERS:
        if isinstance(value, kinds):
            return as_json(value, arrays)
    if is_dataclass(value):
        of_fields = {f.name: getattr(value, f.name) for f in fields(value)}
        return {
            "class": type(value).__name__,
            "fields": encode(of_fields, arrays)["dict"],
        }
    return encode_scalar(value)


def decode(value: Any, arrays: dict[str, Array]) -> Any:
    """Undoes `encode`.

    Args:
        value: The value as JSON.
        arrays: Name -> array.
    """
    if not isinstance(value, dict):
        return value
    if "class" in value:
        arguments = {k: decode(v, arrays) for k, v in value["fields"].items()}
        return _classes()[value["class"]](**arguments)
    kind = next(iter(value))
    if kind in DECODERS:
        return DECODERS[kind](value, arrays)
    return decode_scalar(value)


def _encode_items(
    items: list[Any] | tuple[Any, ...], arrays: dict[str, Array]
) -> dict[str, Any]:
    found = [encode(item, arrays) for item in items]
    return {"items": found, "tuple": isinstance(items, tuple)}


def _decode_items(
    value: dict[str, Any], arrays: dict[str, Array]
) -> list[Any] | tuple[Any, ...]:
    items = [decode(v, arrays) for v in value["items"]]
    return tuple(items) if value["tuple"] else items


def _encode_array(array: Array, arrays: dict[str, Array]) -> Any:
    if array.dtype.kind not in "biuf":
        return encode(array.tolist(), arrays)
    return {"array": put(array, arrays)}


def _encode_frame(
    frame: pd.DataFrame, arrays: dict[str, Array]
) -> dict[str, Any]:
    columns = {k: encode_column(v, arrays) for k, v in frame.items()}
    index = encode_index(frame.index, arrays)
    return {"frame": {"columns": columns, "index": index}}


def _decode_frame(
    value: dict[str, Any], arrays: dict[str, Array]
) -> pd.DataFrame:
    columns = value["frame"]["columns"]
    columns = {k: decode_column(v, arrays) for k, v in columns.items()}
    index = decode_index(value["frame"]["index"], arrays)
    return pd.DataFrame(columns, index=index)


#: Types -> how their values are written; the first that fits counts.
ENCODERS: tuple[tuple[Any, Callable[[Any, dict[str, Array]], Any]], ...] = (
    (PLAIN, lambda value, arrays: value),
    (
        dict,
        lambda value, arrays: {
            "dict": {k: encode(v, arrays) for k, v in value.items()}
        },
    ),
    ((list, tuple), _encode_items),
    (np.ndarray, _encode_array),
    (pd.DataFrame, _encode_frame),
    (pd.Index, encode_index),
    (pd.offsets.BaseOffset, lambda value, arrays: encode_step(value)),
)
#: First key of a dict -> how the dict is read.
DECODERS: dict[str, Callable[[Any, dict[str, Array]], Any]] = {
    "dict": lambda value, arrays: {
        k: decode(v, arrays) for k, v in value["dict"].items()
    },
    "items": _decode_items,
    "array": lambda value, arrays: arrays[value["array"]],
    "frame": _decode_frame,
    "times": decode_index,
    "numbers": decode_index,
    "labels": decode_index,
    "step": lambda value, arrays: decode_step(value),
    # Version 0.1 wrote steps by their names.
    "offset": lambda value, arrays: to_offset(value["offset"]),
}


def _classes() -> dict[str, type]:
    """The dataclasses that a forecaster holds, by name."""
    bases = (Representation, FittedRepresentation)
    found: list[type] = [
        Columns,
        ConformalQuantiles,
        Intervals,
        Scales,
        StandardScaler,
    ]
    found += [Stack, Training, Windows]
    found += [cls for base in bases for cls in _below(base)]
    return {cls.__name__: cls for cls in found}


def _below(base: type) -> Iterator[type]:
    """All subclasses, at any depth."""
    for cls in base.__subclasses__():
        yield cls
        yield from _below(cls)
