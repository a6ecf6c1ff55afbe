# SPDX-License-Identifier: Apache-2.0
"""Single values as JSON, and back: of the same type, and equal."""

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import ArrayLike
from keras_rnn.forecasting.saving.zones import decode_zone, encode_zone

#: The types that JSON tells apart by itself.
PLAIN: tuple[type, ...] = (bool, int, float, str, type(None))
#: Type -> function that writes its values as JSON, function that reads them.
WORDS: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    datetime.date: (datetime.date.isoformat, datetime.date.fromisoformat),
    datetime.time: (datetime.time.isoformat, datetime.time.fromisoformat),
    datetime.timedelta: (
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: datetime.timedelta(*parts),
    ),
    decimal.Decimal: (str, decimal.Decimal),
    uuid.UUID: (str, uuid.UUID),
    bytes: (bytes.hex, bytes.fromhex),
    pd.Timedelta: (
        lambda value: [value.asm8.view("i8").item(), value.unit],
        lambda parts: pd.Timedelta(np.timedelta64(*parts)),
    ),
    pd.Timestamp: (
        lambda value: [
            value.asm8.view("i8").item(),
            value.unit,
            encode_zone(value.tz),
        ],
        lambda parts: as_times(parts[:1], *parts[1:])[0],
    ),
    pd.Interval: (
        lambda value: [
            encode_scalar(value.left),
            encode_scalar(value.right),
            value.closed,
        ],
        lambda parts: pd.Interval(
            decode_scalar(parts[0]), decode_scalar(parts[1]), parts[2]
        ),
    ),
    pd.Period: (
        lambda value: [value.ordinal, value.freqstr],
        lambda parts: pd.Period(ordinal=parts[0], freq=parts[1]),
    ),
    np.datetime64: (
        lambda value: [str(value), np.datetime_data(value.dtype)[0]],
        lambda parts: np.datetime64(*parts),
    ),
    tuple: (
        lambda value: [encode_scalar(item) for item in value],
        lambda items: tuple(decode_scalar(item) for item in items),
    ),
    list: (
        lambda value: [encode_scalar(item) for item in value],
        lambda items: [decode_scalar(item) for item in items],
    ),
}
#: Name of a type -> function that reads its values.
READ: dict[str, Callable[[Any], Any]] = {
    kind.__name__: read for kind, (_, read) in WORDS.items()
}


def encode_scalar(value: Any) -> Any:
    """A value as JSON.

    Raises:
        TypeError: If the value would not be read as the same type.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind in WORDS:
        return {kind.__name__: WORDS[kind][0](value)}
    if isinstance(value, np.generic) and type(value.item()) in PLAIN:
        return value.item()
    if isinstance(value, np.ndarray):
        return encode_scalar(value.tolist())
    raise TypeError(f"{value!r} is of type {kind.__name__}")


def decode_scalar(value: Any) -> Any:
    """Undoes `encode_scalar`."""
    if not isinstance(value, dict):
        return value
    ((kind, words),) = value.items()
    return READ[kind](words)


def as_times(values: ArrayLike, unit: str, zone: Any) -> pd.DatetimeIndex:
    """Timestamps made of numbers.

    Args:
        values: How many units each timestamp lies after the beginning of 1970.
        unit: The unit, such as "us".
        zone: The time zone, as `encode_zone` wrote it.
    """
    times = np.asarray(values, dtype=np.int64).view(f"M8[{unit}]")
    return pd.DatetimeIndex(times, tz="UTC").tz_convert(decode_zone(zone))
