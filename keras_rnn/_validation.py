# SPDX-License-Identifier: Apache-2.0
"""The error sentences: what was expected, what was received, the remedy.

Every function returns the checked value, so that a constructor reads
``self.units = positive_int("units", units)``.
"""

import math
import numbers
import os
from collections.abc import Iterable
from pathlib import Path

SEEDS = 2**32  # how many seeds NumPy's and Keras's generators tell apart
LONGEST_REPR = 80  # of a frame or an array nobody wants to read all


def received(name, value):
    """What was received: the middle sentence of every error."""
    shown = repr(value).replace("\n", " ")
    if len(shown) > LONGEST_REPR:
        shown = f"{shown[:LONGEST_REPR]}…"
    return f"Received: {name}={shown} (type {type(value).__name__})."


def integer(name, value, minimum):
    """An int of at least `minimum`; a bool is not an integer here."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Integral)
        or value < minimum
    ):
        expected = f"an integer of at least {minimum}"
        if minimum == 1:
            expected = "a positive integer"
        raise ValueError(
            f"`{name}` must be {expected}. {received(name, value)}"
        )
    return int(value)


def positive_int(name, value):
    """An int of at least 1."""
    return integer(name, value, minimum=1)


def random_seed(name, value):
    """An int from 0 to 2³² − 1: what all random number generators take."""
    integer(name, value, minimum=0)
    if value >= SEEDS:
        raise ValueError(
            f"`{name}` must be an integer from 0 to {SEEDS - 1}. "
            f"{received(name, value)} Use e.g. {value % SEEDS}."
        )
    return int(value)


def fraction(name, value):
    """A float in [0, 1], such as a dropout rate."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        or not 0 <= value <= 1
    ):
        raise ValueError(
            f"`{name}` must be a number from 0 to 1. {received(name, value)}"
        )
    return float(value)


def positive_number(name, value):
    """A finite float above 0."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        or not 0 < value < math.inf
    ):
        raise ValueError(
            f"`{name}` must be a finite number above 0. {received(name, value)}"
        )
    return float(value)


def boolean(name, value):
    """True or False, nothing that merely behaves like them."""
    if not isinstance(value, bool):
        raise ValueError(
            f"`{name}` must be True or False. {received(name, value)}"
        )
    return value


def one_of(name, value, allowed):
    """One of the values in `allowed`."""
    if not _is_among(value, allowed):
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ValueError(
            f"`{name}` must be one of {choices}. {received(name, value)}"
        )
    return value


def _is_among(value, allowed):
    try:
        hash(value)  # an array is equal to nothing, or to all entries apart
        return value in allowed
    except TypeError:
        return False


def folder(name, value):
    """A path where a folder is, or can be made."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(
            f"`{name}` must be the path of a folder. {received(name, value)}"
        )
    path = Path(value)
    for place in (path, *path.parents):
        if place.exists() and not place.is_dir():
            raise ValueError(
                f"`{name}` must be the path of a folder. "
                f"{received(name, value)} {str(place)!r} is a file: name "
                "another path."
            )
    return path


def instance(name, value, types, remedy=""):
    """An object of one of `types`."""
    types = types if isinstance(types, tuple) else (types,)
    if not isinstance(value, types):
        expected = " or ".join(kind.__name__ for kind in types)
        raise TypeError(
            f"`{name}` must be of type {expected}. "
            f"{received(name, value)} {remedy}".rstrip()
        )
    return value


def strings(name, value, remedy):
    """One string or several as a tuple of strings."""
    if isinstance(value, str):
        return (value,)
    found = tuple(instance(name, value, Iterable, remedy))
    for one in found:
        instance(name, one, str, remedy)
    return found


def all_different(owner, values, remedy="Name it once."):
    """Raises a ValueError that says which name stands in `values` twice."""
    for position, name in enumerate(values):
        if name in values[:position]:
            raise ValueError(f"{owner} names {name!r} twice. {remedy}")
