# SPDX-License-Identifier: Apache-2.0
"""The error sentences: what was expected, what was received, the remedy.

Every function takes the name of an argument and its value, and returns the
checked value, so that a constructor reads
``self.units = positive_int("units", units)``.
"""

import math
import numbers
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

T = TypeVar("T")

SEEDS = 2**32  # how many seeds NumPy's and Keras's generators tell apart
LONGEST_REPR = 80  # a longer one, of a frame say, is cut off


def received(name: str, value: object) -> str:
    """The middle sentence of every error: which value was received."""
    shown = repr(value).replace("\n", " ")
    if len(shown) > LONGEST_REPR:
        shown = f"{shown[:LONGEST_REPR]}…"
    return f"Received: {name}={shown} (type {type(value).__name__})."


def integer(name: str, value: object, minimum: int) -> int:
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


def positive_int(name: str, value: object) -> int:
    """An int of at least 1."""
    return integer(name, value, minimum=1)


def divisor(name: str, value: object, whole: str, size: int) -> int:
    """A positive integer that divides the size of a whole, named `whole`."""
    number = positive_int(name, value)
    if size % number:
        raise ValueError(
            f"`{name}` must divide `{whole}`. Received: {name}={number}, "
            f"{whole}={size}. Take a number of equal parts."
        )
    return number


def random_seed(name: str, value: object) -> int:
    """An int from 0 to 2³² − 1: what all random number generators take."""
    seed = integer(name, value, minimum=0)
    if seed >= SEEDS:
        raise ValueError(
            f"`{name}` must be an integer from 0 to {SEEDS - 1}. "
            f"{received(name, value)} Use e.g. {seed % SEEDS}."
        )
    return seed


def fraction(name: str, value: object) -> float:
    """A float in [0, 1], such as a dropout rate."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        # typeshed's Real has no >=
        or not 0 <= value <= 1  # pyright: ignore[reportOperatorIssue]
    ):
        raise ValueError(
            f"`{name}` must be a number from 0 to 1. {received(name, value)}"
        )
    return float(value)


def dropout_rate(name: str, value: object) -> float:
    """A float in [0, 1), the share of numbers that training leaves out."""
    rate = fraction(name, value)
    if rate == 1:
        raise ValueError(
            f"`{name}` must be less than 1, which would drop everything. "
            f"Received: {name}=1. Write {name}=0.1, say."
        )
    return rate


def positive_number(name: str, value: object) -> float:
    """A finite float above 0."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        # typeshed's Real has no >
        or not 0 < value < math.inf  # pyright: ignore[reportOperatorIssue]
    ):
        raise ValueError(
            f"`{name}` must be a finite number above 0. {received(name, value)}"
        )
    return float(value)


def number(name: str, value: object) -> float:
    """A finite float of any sign."""
    if not is_finite(value):
        raise ValueError(
            f"`{name}` must be a finite number. {received(name, value)}"
        )
    return float(value)


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number; a bool is none here."""
    return (
        isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def boolean(name: str, value: object) -> bool:
    """True or False; 0, 1 and None are refused."""
    if not isinstance(value, bool):
        raise ValueError(
            f"`{name}` must be True or False. {received(name, value)}"
        )
    return value


def one_of(name: str, value: T, allowed: Collection[object]) -> T:
    """A value that is in `allowed`."""
    if not _is_among(value, allowed):
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ValueError(
            f"`{name}` must be one of {choices}. {received(name, value)}"
        )
    return value


def _is_among(value, allowed):
    # NumPy compares an array entry by entry, so `in` would raise its error or
    # find a match by chance. A value without a hash is refused instead.
    try:
        hash(value)
        return value in allowed
    except TypeError:
        return False


def folder(name: str, value: object) -> Path:
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


def instance(
    name: str,
    value: Any,
    types: type[T] | tuple[type[T], ...],
    remedy: str = "",
) -> T:
    """An object of one of `types`."""
    kinds: tuple[type[T], ...] = types if isinstance(types, tuple) else (types,)
    if not isinstance(value, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(
            f"`{name}` must be of type {expected}. "
            f"{received(name, value)} {remedy}".rstrip()
        )
    return value


def strings(
    name: str, value: str | Iterable[str], remedy: str
) -> tuple[str, ...]:
    """One string or several, as a tuple of strings."""
    if isinstance(value, str):
        return (value,)
    found = tuple(instance(name, value, Iterable, remedy))
    for one in found:
        instance(name, one, str, remedy)
    return found


def all_different(
    owner: str, values: Sequence[object], remedy: str = "Name it once."
) -> None:
    """Raises a ValueError if a name stands in `values` twice.

    Args:
        owner: What holds the names, as the error calls it.
        values: The names.
        remedy: The last sentence of the error.
    """
    for position, name in enumerate(values):
        if name in values[:position]:
            raise ValueError(f"{owner} names {name!r} twice. {remedy}")
