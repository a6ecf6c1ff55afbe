# SPDX-License-Identifier: Apache-2.0
"""Checks that lists of texts, of tokens and of ids are such lists.

The letters of a string, the numbers of bytes, the keys of a dict and the
column names of a DataFrame can be iterated over too: they would get ids that
look like any others.
"""

import numbers
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn._types import Array

T = TypeVar("T")

SPLIT = "Split the text first: words(text)."
ENCODE = "Encode texts with a Vocabulary or Buckets first."
LARGEST_ID: int = np.iinfo(np.int32).max


def strings(
    name: str,
    values: Iterable[str],
    remedy_of_string: str = "Put it into a list.",
) -> Iterator[str]:
    """The strings of a list, one after the other.

    Args:
        name: The name of the list in an error.
        values: List, tuple, iterator, pandas Series, one-dimensional array.
        remedy_of_string: The remedy where `values` is a single string.

    Yields:
        Strings.

    Raises:
        TypeError: If `values` is not such a list, or an element is not a
            string.
    """
    listed(name, values, "a list of strings", remedy_of_string)
    for position, value in enumerate(values):
        if not isinstance(value, str):
            raise TypeError(
                f"`{name}` must hold strings alone. "
                f"{validate.received(f'{name}[{position}]', value)} "
                f"{_remedy_of_element(value)}"
            )
        yield value


def ids(
    name: str,
    values: Iterable[int],
    minimum: int = 0,
    maximum: int = LARGEST_ID,
    remedy: str = ENCODE,
) -> Array:
    """The integers of a list, as an array.

    Args:
        name: The name of the list in an error.
        values: List, iterator, one-dimensional array or tensor of integers.
        minimum: The smallest id.
        maximum: The largest id.
        remedy: The remedy where an element is not an id.

    Returns:
        Array `(ids,)` of int64.

    Raises:
        TypeError: If `values` is not such a list.
        ValueError: If an element is not an integer from `minimum` to
            `maximum`.
    """
    listed(name, values, "a list of ids", remedy)
    found: Any = (
        np.asarray(values) if hasattr(values, "__array__") else list(values)
    )
    position = _first_that_is_no_id(found, minimum, maximum)
    if position is not None:
        raise ValueError(
            f"`{name}` must hold integers from {minimum} to {maximum}. "
            f"{validate.received(f'{name}[{position}]', found[position])} "
            f"{remedy}"
        )
    return np.array(found, dtype=np.int64)


def listed(
    name: str,
    values: T,
    expected: str,
    remedy_of_string: str = "",
    dimensions: int = 1,
) -> T:
    """Checks that an argument is a list, and returns it.

    Args:
        name: The name of the argument in an error.
        values: Anything.
        expected: What the argument must be, in words.
        remedy_of_string: The remedy where `values` is a single string.
        dimensions: The largest number of dimensions of an array.

    Returns:
        `values`.

    Raises:
        TypeError: If `values` is a string, bytes, a mapping, a set, a table,
            an array of other dimensions, or cannot be iterated over.
    """
    remedy = _remedy_of_list(values, remedy_of_string, dimensions)
    if remedy is not None:
        raise TypeError(
            f"`{name}` must be {expected}. "
            f"{validate.received(name, values)} {remedy}".rstrip()
        )
    return values


def _remedy_of_list(
    values: Any, remedy_of_string: str, dimensions: int
) -> str | None:
    """The remedy where `values` is not a list; None where it is one."""
    for kinds, remedy in (
        (str, remedy_of_string),
        ((bytes, bytearray, memoryview), "Decode it: data.decode('utf-8')."),
        (Mapping, "Pass its keys or its values: list(mapping.values())."),
        ((set, frozenset), "A set has no order: pass a list, sorted(values)."),
    ):
        if isinstance(values, kinds):
            return remedy
    if hasattr(values, "columns"):
        return "Pass one of its columns: frame[name]."
    try:
        iter(values)
    except TypeError:
        return "Pass a list."
    shape = tuple(getattr(values, "shape", (0,)))
    if not 1 <= len(shape) <= dimensions:
        return f"Its shape is {shape}: pass one row or column of it."
    return None


def _remedy_of_element(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return "Decode it: data.decode('utf-8')."
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "Leave it out, with its label, or write '' in its place."
    return "Write it as a string, or split the lists first."


def _first_that_is_no_id(values: Any, minimum: int, maximum: int) -> int | None:
    """The position of the first element that is not an id, or None."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        wrong = np.flatnonzero((values < minimum) | (values > maximum))
        return next(iter(wrong.tolist()), None)
    for position, value in enumerate(values):
        whole = type(value) is int or (  # the usual case first, for speed
            isinstance(value, numbers.Integral) and not isinstance(value, bool)
        )
        # typeshed's Integral has no <=
        if not whole or not minimum <= value <= maximum:  # pyright: ignore[reportOperatorIssue]
            return position
    return None
