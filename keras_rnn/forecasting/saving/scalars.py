# SPDX-License-Identifier: Apache-2.0
"""Single values as JSON, and back: of the same type, and equal."""

import datetime
import decimal
import uuid

import numpy as np
import pandas as pd

from keras_rnn.forecasting.saving.zones import decode_zone, encode_zone

#: What JSON tells apart by itself.
PLAIN = (bool, int, float, str, type(None))
#: Type -> what JSON takes, and how it is read.
WORDS = {
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
READ = {kind.__name__: read for kind, (_, read) in WORDS.items()}


def encode_scalar(value):
    """A value as JSON.

    Raises:
        TypeError: If it is of a type that would not come back the same.
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


def decode_scalar(value):
    """Undoes `encode_scalar`."""
    if not isinstance(value, dict):
        return value
    ((kind, words),) = value.items()
    return READ[kind](words)


def as_times(values, unit, zone):
    """The DatetimeIndex of numbers of units since 1970, in a zone."""
    times = np.asarray(values, dtype=np.int64).view(f"M8[{unit}]")
    return pd.DatetimeIndex(times, tz="UTC").tz_convert(decode_zone(zone))
