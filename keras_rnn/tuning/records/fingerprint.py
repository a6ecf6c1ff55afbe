# SPDX-License-Identifier: Apache-2.0
"""Describes what a score depends on, setting by setting, in comparable words.

Dataclasses are read field by field. So a new field of a task, of its inputs,
of its head or of the validation is part of the description by itself.
"""

import hashlib
import inspect
import numbers
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from keras_rnn import _validation as validate


def fingerprint(**parts: Any) -> dict[str, str]:
    """Describes everything that a score depends on.

    Args:
        **parts: Name -> a dataclass or any other value. The settings of a
            dataclass are its fields, unless its method `question` returns
            others.

    Returns:
        Dict of strings, the dotted name of a setting -> its value. The values
        of arrays and frames are hashes of shape, type and content. The backend
        and the precision of Keras are among the settings.

    Raises:
        TypeError: If a setting is of a kind that cannot be compared.

    Example:
        >>> from keras_rnn.data import Windows
        >>> fingerprint(windows=Windows(lookback=7, horizon=2))["windows.gap"]
        '0'
    """
    described = {
        "keras.backend": keras.config.backend(),
        "keras.floatx": keras.config.floatx(),
        "keras.dtype_policy": keras.config.dtype_policy().name,
    }
    for name, value in parts.items():
        described |= _described(name, value)
    return described


def differences(
    one: Mapping[str, str], other: Mapping[str, str]
) -> list[tuple[str, str | None, str | None]]:
    """The settings in which two fingerprints differ.

    Args:
        one: What `fingerprint` returned.
        other: What it returned another time.

    Returns:
        List of (name, value in `one`, value in `other`); None where there is
        no such setting.
    """
    names = dict.fromkeys([*one, *other])
    return [
        (name, one.get(name), other.get(name))
        for name in names
        if one.get(name) != other.get(name)
    ]


def _described(name: str, value: Any) -> dict[str, str]:
    """A value in words, and the settings of a dataclass, each by its name."""
    if not is_dataclass(value) or isinstance(value, type):
        return {name: _text(name, value)}
    question = getattr(value, "question", None)
    settings = fields_of(value) if question is None else question()
    described = {name: type(value).__name__}
    for key, setting in settings.items():
        described |= _described(f"{name}.{key}", setting)
    return described


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass: name -> value."""
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _text(name: str, value: Any) -> str:
    """One value in words, the same in every process."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, numbers.Number)):
        return repr(value)
    if isinstance(value, pd.offsets.BaseOffset):
        return _offset(name, value)
    if isinstance(value, np.ndarray):
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes())
        return f"{value.dtype}{list(value.shape)} {content.hexdigest()[:16]}"
    if isinstance(value, pd.DataFrame):
        return _frame(value)
    if isinstance(value, dict):
        inner = [f"{key!r}: {_text(name, value[key])}" for key in sorted(value)]
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_text(name, item) for item in value)}]"
    return _object(name, value)


def _offset(name: str, offset: Any) -> str:
    """A frequency with all that it is made of: its alias hides holidays."""
    settings = dict(offset.kwds)
    calendar = settings.pop("calendar", None)
    if calendar is not None:
        settings["weekmask"] = calendar.weekmask.tolist()
        settings["holidays"] = np.datetime_as_string(calendar.holidays).tolist()
    settings |= {"n": offset.n, "normalize": offset.normalize}
    settings = {key: str(value) for key, value in settings.items()}
    return f"{type(offset).__name__}{_text(name, settings)}"


def _frame(frame: pd.DataFrame) -> str:
    """Shape, types and content of a frame, whatever unit its index has."""
    zone = getattr(frame.index, "tz", None)
    content = hashlib.sha256()
    for rows in (_moments(frame.index), *(part for _, part in frame.items())):
        content.update(str(rows.dtype).encode())
        content.update(pd.util.hash_array(rows.to_numpy()).tobytes())
    return f"frame{list(frame.shape)} {zone} {content.hexdigest()[:16]}"


def _moments(index: pd.Index) -> pd.Index:
    """An index of dates as integers, any other one as it is."""
    if isinstance(index, pd.DatetimeIndex):
        return pd.Index(index.as_unit("us").asi8)
    return index


def _object(name: str, value: Any) -> str:
    """The class and settings of a loss or a metric; the code of a function."""
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "get_config"):
        # Keras's Huber leaves its delta out of its config.
        config = value.get_config() | getattr(value, "_fn_kwargs", {})
        if not type(value).__module__.startswith("keras."):
            config |= _of_own_class(name, value)
        return f"{type(value).__name__}{_text(name, config)}"
    if inspect.isfunction(value):
        return f"{value.__module__}.{value.__qualname__} {_code(name, value)}"
    raise TypeError(
        f"`{name}` must be a value that can be told from others: a number, a "
        "text, an array, a function, or an object with get_config(). "
        f"{validate.received(name, value)}"
    )


def _of_own_class(name: str, value: Any) -> dict[str, Any]:
    """Attributes and methods of a user's object, which its config may lack."""
    plain = (str, numbers.Number, np.ndarray, list, tuple, dict)
    held = {k: v for k, v in vars(value).items() if isinstance(v, plain)}
    methods = {
        f"{kind.__qualname__}.{key}": _code(name, function)
        for kind in type(value).__mro__
        for key, function in vars(kind).items()
        if inspect.isfunction(function)
        and not kind.__module__.startswith("keras.")
    }
    return {"attributes": held, "methods": methods}


def _code(name: str, function: Callable[..., Any]) -> str:
    """A hash of the code of a function, of its defaults and of its closure."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    context = _text(name, [cells, list(function.__defaults__ or ())])
    code = hashlib.sha256(context.encode())
    waiting = [function.__code__]
    while waiting:
        part = waiting.pop()
        code.update(part.co_code + repr(part.co_names).encode())
        for constant in part.co_consts:
            if inspect.iscode(constant):
                waiting.append(constant)
                continue
            if isinstance(constant, frozenset):  # has no order of its own
                constant = sorted(map(repr, constant))
            code.update(repr(constant).encode())
    return code.hexdigest()[:16]
