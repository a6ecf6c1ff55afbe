# SPDX-License-Identifier: Apache-2.0
"""Steps of time axes as JSON, and back; no pickle, no eval."""

from typing import Any

import numpy as np
import pandas as pd

from keras_rnn.forecasting.saving.scalars import decode_scalar, encode_scalar


def encode_step(step: Any) -> dict[str, Any]:
    """An offset of pandas as JSON: its class and its keywords.

    Raises:
        TypeError: If JSON cannot hold it.
    """
    name = type(step).__name__
    if type(step) is not getattr(pd.offsets, name, None):
        raise TypeError(f"{step!r} is no offset of `pandas.offsets`")
    keywords = {
        k: _encode_calendar(v)
        if isinstance(v, np.busdaycalendar)
        else encode_scalar(v)
        for k, v in _keywords(step).items()
    }
    return {
        "step": name,
        "n": int(step.n),
        "normalize": bool(step.normalize),
        "keywords": keywords,
    }


def decode_step(value: dict[str, Any]) -> pd.offsets.BaseOffset:
    """Undoes `encode_step`."""
    cls = getattr(pd.offsets, value["step"], None)
    if not (isinstance(cls, type) and issubclass(cls, pd.offsets.BaseOffset)):
        raise ValueError(f"{value['step']!r} is no offset of `pandas.offsets`")
    keywords = {
        k: _decode_calendar(v) if k == "calendar" else decode_scalar(v)
        for k, v in value["keywords"].items()
    }
    return cls(value["n"], normalize=value["normalize"], **keywords)


def same_step(one: Any, other: Any) -> bool:
    """Whether two steps take the same dates."""
    calendars = [step.kwds.get("calendar") for step in (one, other)]
    if None in calendars:
        return one == other
    return one == other and _same_days_off(*calendars)


def _keywords(step: Any) -> dict[str, Any]:
    """The keywords that an offset is made with.

    An offset with a weekmask and holidays has a calendar of NumPy too, which
    is made of them and left out here. If it was given a calendar instead, its
    weekmask and holidays mean nothing, and are left out.
    """
    keywords = dict(step.kwds)
    calendar = keywords.pop("calendar", None)
    if calendar is None:
        return keywords
    said = np.busdaycalendar(keywords["weekmask"], keywords["holidays"])
    if _same_days_off(said, calendar):
        return keywords
    del keywords["weekmask"], keywords["holidays"]
    return {**keywords, "calendar": calendar}


def _same_days_off(one: np.busdaycalendar, other: np.busdaycalendar) -> bool:
    return np.array_equal(one.weekmask, other.weekmask) and np.array_equal(
        one.holidays, other.holidays
    )


def _encode_calendar(calendar: np.busdaycalendar) -> list[Any]:
    return [
        encode_scalar(calendar.weekmask.tolist()),
        encode_scalar(tuple(calendar.holidays)),
    ]


def _decode_calendar(value: list[Any]) -> np.busdaycalendar:
    weekmask, holidays = (decode_scalar(part) for part in value)
    return np.busdaycalendar(weekmask, list(holidays))
