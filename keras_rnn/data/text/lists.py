# SPDX-License-Identifier: Apache-2.0
"""What is a list of texts, of tokens, of ids, and what only iterates like one.

The letters of a string, the numbers of bytes, the keys of a dict and the
column names of a DataFrame would all get ids, which look like any others.
"""

import numbers
from collections.abc import Mapping

import numpy as np
import pandas as pd

from keras_rnn import _validation as validate

SPLIT = "Split the text first: words(text)."
ENCODE = "Encode texts with a Vocabulary or Buckets first."
LARGEST_ID = np.iinfo(np.int32).max


def strings(name, values, of_string="Put it into a list."):
    """The strings of a list, one after the other.

    Args:
        name: What to call the list in an error.
        values: List, tuple, iterator, pandas Series, one-dimensional array.
        of_string: The remedy where it is a single string.

    Yields:
        Strings.

    Raises:
        TypeError: If `values` is no such list, or an element is no string.
    """
    listed(name, values, "a list of strings", of_string=of_string)
    for position, value in enumerate(values):
        if not isinstance(value, str):
            raise TypeError(
                f"`{name}` must hold strings alone. "
                f"{validate.received(f'{name}[{position}]', value)} "
                f"{_remedy_of_element(value)}"
            )
        yield value


def ids(name, values, minimum=0, maximum=LARGEST_ID, remedy=ENCODE):
    """The integers of a list, as an array.

    Args:
        name: What to call the list in an error.
        values: List, iterator, one-dimensional array or tensor of integers.
        minimum: The smallest that is an id.
        maximum: The largest.
        remedy: What to do where an element is none.

    Returns:
        Array `(ids,)` of int64.

    Raises:
        TypeError: If `values` is no such list.
        ValueError: If an element is no integer from `minimum` to `maximum`.
    """
    listed(name, values, "a list of ids", of_string=remedy)
    if hasattr(values, "__array__"):
        values = np.asarray(values)
    else:
        values = list(values)
    position = _position_of_no_id(values, minimum, maximum)
    if position is not None:
        raise ValueError(
            f"`{name}` must hold integers from {minimum} to {maximum}. "
            f"{validate.received(f'{name}[{position}]', values[position])} "
            f"{remedy}"
        )
    return np.array(values, dtype=np.int64)


def listed(name, values, expected, of_string="", dimensions=1):
    """`values`, unless iterating over it gives what nobody can mean.

    Args:
        name: What to call it in an error.
        values: Anything.
        expected: What it must be, in words.
        of_string: The remedy where it is a single string.
        dimensions: Most dimensions of an array.

    Returns:
        `values`.

    Raises:
        TypeError: If it is a string, bytes, a mapping, a set, a table, an
            array of other dimensions, or cannot be iterated over.
    """
    remedy = _remedy_of_list(values, of_string, dimensions)
    if remedy is not None:
        raise TypeError(
            f"`{name}` must be {expected}. "
            f"{validate.received(name, values)} {remedy}".rstrip()
        )
    return values


def _remedy_of_list(values, of_string, dimensions):
    """What to do where `values` is no list; None where it is one."""
    for kinds, remedy in (
        (str, of_string),
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


def _remedy_of_element(value):
    if isinstance(value, (bytes, bytearray)):
        return "Decode it: data.decode('utf-8')."
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "Leave it out, with its label, or write '' in its place."
    return "Write it as a string, or split the lists first."


def _position_of_no_id(values, minimum, maximum):
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        wrong = np.flatnonzero((values < minimum) | (values > maximum))
        return next(iter(wrong), None)
    for position, value in enumerate(values):
        whole = type(value) is int or (  # the usual case first, for speed
            isinstance(value, numbers.Integral) and not isinstance(value, bool)
        )
        if not whole or not minimum <= value <= maximum:
            return position
    return None
