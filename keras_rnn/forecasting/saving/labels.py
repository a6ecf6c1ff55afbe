# SPDX-License-Identifier: Apache-2.0
"""Indices and columns of a frame as JSON and arrays, with their dtype."""

from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.forecasting.saving.scalars import (
    as_times,
    decode_scalar,
    encode_scalar,
)
from keras_rnn.forecasting.saving.zones import encode_zone


def encode_index(index: pd.Index, arrays: dict[str, Array]) -> dict[str, Any]:
    """An index as JSON, with its numbers apart.

    Args:
        index: The index.
        arrays: Name -> array; the numbers of the index are put in.

    Raises:
        TypeError: If a label, or the dtype, would not be read as the same.
    """
    if isinstance(index, pd.DatetimeIndex):
        times = put(index.asi8.copy(), arrays)
        zone = encode_zone(index.tz)
        return {"times": times, "unit": index.unit, "zone": zone}
    dtype = index.dtype
    kind = getattr(dtype, "numpy_dtype", dtype)
    if isinstance(kind, np.dtype) and kind.kind in "biuf":
        numbers = put(index.to_numpy(kind), arrays)
        return {"numbers": numbers, "dtype": _encode_dtype(dtype)}
    labels = [encode_scalar(label) for label in index]
    return {"labels": labels, "dtype": _encode_dtype(dtype)}


def decode_index(value: dict[str, Any], arrays: dict[str, Array]) -> pd.Index:
    """Undoes `encode_index`; version 0.1 wrote labels without their dtype."""
    if "times" in value:
        return as_times(arrays[value["times"]], value["unit"], value["zone"])
    dtype = _decode_dtype(value.get("dtype"))
    if "numbers" in value:
        return pd.Index(arrays[value["numbers"]], dtype=dtype)
    labels = [decode_scalar(label) for label in value["labels"]]
    return pd.Index(labels, dtype=dtype, tupleize_cols=False)


def encode_column(
    column: pd.Series, arrays: dict[str, Array]
) -> dict[str, Any]:
    """A column as JSON: its numbers, or each of its ids once and their order.

    Args:
        column: The column.
        arrays: Name -> array; the numbers of the column are put in.
    """
    if column.dtype == np.float64:
        return {"array": put(column.to_numpy(copy=True), arrays)}
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    codes, labels = pd.factorize(column)
    encoded = encode_index(pd.Index(labels, tupleize_cols=False), arrays)
    return {"codes": put(codes, arrays), "of": encoded}


def decode_column(value: dict[str, Any], arrays: dict[str, Array]) -> Any:
    """Undoes `encode_column`; version 0.1 wrote ids row by row."""
    if "array" in value:
        return arrays[value["array"]]
    if "items" in value:
        return value["items"]
    return decode_index(value["of"], arrays).take(arrays[value["codes"]])


def put(array: Array, arrays: dict[str, Array]) -> str:
    """Puts an array into `arrays`, and returns its name there."""
    name = f"array_{len(arrays)}"
    arrays[name] = array
    return name


def _encode_dtype(dtype: Any) -> str | dict[str, Any]:
    """The name of a dtype; the parts of a dtype of strings."""
    if isinstance(dtype, pd.StringDtype):
        missing = "NA" if dtype.na_value is pd.NA else "nan"
        return {"storage": dtype.storage, "missing": missing}
    try:
        same = pd.api.types.pandas_dtype(str(dtype)) == dtype
    except (TypeError, NotImplementedError):
        same = False
    if not same:
        raise TypeError(f"the dtype {dtype} has no name that can be saved")
    return str(dtype)


def _decode_dtype(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    missing = pd.NA if value["missing"] == "NA" else np.nan
    return pd.StringDtype(value["storage"], na_value=missing)
