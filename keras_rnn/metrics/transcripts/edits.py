# SPDX-License-Identifier: Apache-2.0
"""Edits that make one sequence of another: of transcripts and of words."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from keras_rnn import _validation as validate


def edit_distance(
    actual: Iterable[Hashable], predicted: Iterable[Hashable]
) -> int:
    """The fewest insertions, deletions and substitutions between sequences.

    Args:
        actual: A string, a list of words, or ids. Zeros in an array of ids are
            padding and not counted.
        predicted: The same.

    Returns:
        A whole number, at most the length of the longer one.

    Raises:
        TypeError: If one of them is no sequence.

    Example:
        >>> from keras_rnn.metrics import edit_distance
        >>> edit_distance("kitten", "sitting")
        3
        >>> edit_distance(["a", "red", "fox"], ["a", "fox"])
        1

    Reference:
        Wagner, R. A. & Fischer, M. J. (1974). The string-to-string correction
        problem. Journal of the ACM 21(1).
    """
    numbers: dict[Hashable, int] = {}
    truth, guess = (
        np.array(
            [numbers.setdefault(item, len(numbers)) for item in items], int
        )
        for items in (
            _items("actual", actual),
            _items("predicted", predicted),
        )
    )
    steps = np.arange(len(truth) + 1)
    distances = steps
    for item in guess:
        inserted_or_replaced = np.minimum(
            distances + 1,
            np.append(
                len(guess) + len(truth), distances[:-1] + (truth != item)
            ),
        )
        # Deletions run along the row: the least before, and the steps since.
        distances = np.minimum.accumulate(inserted_or_replaced - steps) + steps
    return int(distances[-1])


def character_error_rate(
    actual: Iterable[Any], predicted: Iterable[Any]
) -> float:
    """All edits divided by all characters of what was to be read.

    Args:
        actual: List of strings, or of lists of ids, or an array of ids padded
            with 0. With lists of words it is the word error rate.
        predicted: As many of them.

    Returns:
        A float from 0; above 1 if more was read than was there.

    Raises:
        TypeError: If they are no lists of sequences.
        ValueError: If their numbers differ, or `actual` has no character.

    Example:
        >>> from keras_rnn.metrics import character_error_rate
        >>> character_error_rate(["three", "one"], ["tree", "one"])  # 1 / 8
        0.125
    """
    actual = _sequences("actual", actual)
    predicted = _sequences("predicted", predicted)
    if len(actual) != len(predicted):
        raise ValueError(
            "`actual` and `predicted` must hold equally many sequences. "
            f"Received: {len(actual)} and {len(predicted)}."
        )
    length = sum(len(_items("actual", row)) for row in actual)
    if not length:
        raise ValueError(
            "`actual` must hold a character, by whose number errors are "
            "divided. Received: none. Use edit_distance."
        )
    edits = sum(map(edit_distance, actual, predicted))
    return edits / length


def _items(name: str, values: Any) -> Sequence[Hashable]:
    """The items of one sequence, without the padding of an array."""
    if isinstance(values, np.ndarray):
        if values.ndim != 1 or values.dtype.kind not in "iu":
            raise TypeError(
                f"An array in `{name}` must hold ids along one axis. "
                f"{validate.received(name, values)} Use a row of it, or a list."
            )
        return values[values != 0].tolist()
    if not hasattr(values, "__iter__"):
        raise TypeError(
            f"`{name}` must hold a string, or a list of words or ids. "
            f"{validate.received(name, values)} Put it into a list."
        )
    return list(values)


def _sequences(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise TypeError(
            f"`{name}` must be a list of strings, or of lists of ids. "
            f"{validate.received(name, values)} Put it into a list."
        )
    return list(values)
