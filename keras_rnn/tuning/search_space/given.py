# SPDX-License-Identifier: Apache-2.0
"""The values of an entry, as a caller gives them and as a space holds them."""

import numbers
from dataclasses import replace
from typing import Any

import numpy as np

from keras_rnn.tuning.search_space.ranges import Range
from keras_rnn.tuning.search_space.table import SPACE


def as_texts(
    name: str, values: Any, objects: dict[tuple[str, str], Any]
) -> Any:
    """Values as KerasTuner and the records take them: numbers and texts.

    Args:
        name: Name of the entry.
        values: One value, a list or a Range.
        objects: Dict that each object is added to, by the name and its text.
    """
    if isinstance(values, list):
        if {bool, str} <= set(map(type, values)):  # a Choice has one type
            objects.update({(name, str(v)): v for v in values})
            return [str(value) for value in values]
        return [as_texts(name, value, objects) for value in values]
    if isinstance(values, (Range, str, int, float)):
        return values
    text = repr(values)
    if isinstance(values, tuple):
        text = " ".join(values) or "none"
    objects[name, text] = values
    return text


def plain(name: str, values: Any, off: Any) -> Any:
    """What an entry was changed to, in Python's own types.

    Args:
        name: Name of the entry.
        values: One value, several, or a Range.
        off: The value that None stands for.
    """
    if isinstance(values, Range) and isinstance(SPACE[name].default, float):
        low, high = float(values.low), float(values.high)
        return replace(values, low=low, high=high)
    _refuse_unclear(name, values)
    # A setting of a Forecaster may itself be a tuple.
    several = list if SPACE[name].forecast else (list, tuple)
    if not isinstance(values, several):
        return _one(name, values, off)
    if not values:
        raise ValueError(
            f"A list of an entry must hold at least one value. Received: "
            f"{name}={values!r}. Give the values to choose from, or None to "
            "remove it."
        )
    values = [_one(name, value, off) for value in values]
    return values[0] if len(values) == 1 else values


def _one(name: str, value: Any, off: Any) -> Any:
    """One value; an entry of fractions has 0.0 for 0, which mean the same."""
    if value is None:
        return off
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(SPACE[name].default, float) and type(value) is int:
        return float(value)
    return value


def _refuse_unclear(name: str, values: Any) -> None:
    """Raises a ValueError for what may mean one value or several."""
    if (
        isinstance(values, tuple)
        and len(values) == 2
        and all(isinstance(value, numbers.Real) for value in values)
    ):
        remedy = (
            f"Range{values} for a range, and {list(values)} for a choice "
            "between the two"
        )
    elif (
        name == "calendar"
        and isinstance(values, list)
        and len(values) > 1
        and all(isinstance(value, str) for value in values)
    ):
        remedy = (
            f"{tuple(values)} for all of them at once, and "
            f"{[(value,) for value in values]} to try one after the other"
        )
    else:
        return
    raise ValueError(
        "A list of an entry holds values to choose from. Received: "
        f"{name}={values!r}. Write {remedy}."
    )
