# SPDX-License-Identifier: Apache-2.0
"""Pretrained word vectors, in the order of a vocabulary."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array, PathLike
from keras_rnn.data.text.vocabulary import FIRST, PADDING, Vocabulary

SMALL = 0.05  # the range of keras.layers.Embedding's own initial values


@dataclass(frozen=True)
class WordVectors:
    """The initial weights of an embedding.

    Attributes:
        matrix: Array `(len(vocabulary), width)` of float32.
        found: Array `(len(vocabulary),)` of bool: which rows were read.
    """

    matrix: Array
    found: Array

    @property
    def num_found(self) -> int:
        """Number of words of the vocabulary that the file holds."""
        return int(self.found.sum())

    def __repr__(self) -> str:
        words, width = self.matrix.shape
        return (
            f"WordVectors({self.num_found} of {words - FIRST} words found, "
            f"{width} numbers each)"
        )


def read_vectors(
    path: PathLike,
    vocabulary: Vocabulary,
    *,
    units: int | None = None,
    seed: int = 0,
) -> WordVectors:
    r"""Reads a text file of word2vec or GloVe: a word and numbers per line.

    The file may have word2vec's first line, which counts words and numbers,
    and a byte order mark. Words of the vocabulary that the file lacks get
    small random numbers, padding gets zeros.

    Args:
        path: A text file in UTF-8, values separated by single spaces.
        vocabulary: `Vocabulary`; a word must be spelt as in the file.
        units: Numbers per word that the embedding expects; None takes as many
            as the file has.
        seed: The seed of the random numbers.

    Returns:
        `WordVectors`; its `repr` shows how many words were found.

    Raises:
        ValueError: If the file is empty, not in UTF-8, or has fewer words
            than its first line counts; if a line has too few or too many
            numbers; if a number is malformed, not finite, or too large or too
            small for float32.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from keras_rnn.data.text import Vocabulary, read_vectors
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "vectors.txt")
        ...     _ = path.write_text("cat 0.5 1.0\ndog 0.25 2.0\n")
        ...     vectors = read_vectors(path, Vocabulary(["cat", "eel"]))
        >>> vectors
        WordVectors(1 of 2 words found, 2 numbers each)
        >>> vectors.matrix[2]
        array([0.5, 1. ], dtype=float32)

        Before a model is trained, set the weights of its embedding:
        `embedding.set_weights([vectors.matrix])`.
    """
    validate.instance(
        "vocabulary", vocabulary, Vocabulary, "Buckets have no words."
    )
    if units is not None:
        validate.positive_int("units", units)
    ids = {word: k for k, word in enumerate(vocabulary.tokens, FIRST)}
    width, read = _read(path, ids, units)
    shape = (len(vocabulary), width)
    matrix = np.random.default_rng(seed).uniform(-SMALL, SMALL, shape)
    matrix[PADDING] = 0.0
    found = np.zeros(len(vocabulary), dtype=bool)
    for k, values in read.items():
        matrix[k], found[k] = values, True
    return WordVectors(matrix.astype(np.float32), found)


def _read(
    path: PathLike, ids: Mapping[str, int], units: int | None
) -> tuple[int, dict[int, Array]]:
    """The numbers per word, and id -> numbers of the words in `ids`."""
    read, width, counted, num_words = {}, None, 0, 0
    for number, line in _lines(path):
        if width is None:
            width = _width(path, line, units)
            if _is_header(line):
                counted = int(line.split(" ")[0])
                continue
        word, *values = _cut(path, number, line, width)
        num_words += 1
        if word in ids:
            read.setdefault(ids[word], _floats(path, number, values))
        elif num_words == 1:  # refuses a file that does not hold numbers
            _floats(path, number, values)
    if width is None or num_words < counted:
        raise ValueError(
            f"{path} must hold a word and its numbers per line, "
            f"{counted or 'at least 1'} of them. Received: {num_words} lines. "
            "The file may be cut off: fetch it again, or mend its first line."
        )
    return width, read


def _lines(path: PathLike) -> Iterator[tuple[int, str]]:
    """The number and the text of each line that is not empty."""
    # Large files contain words with broken bytes, which match no other word.
    # "utf-8-sig" takes the byte order mark off the first word.
    with open(
        path, encoding="utf-8-sig", errors="replace", newline="\n"
    ) as file:
        for number, line in enumerate(file, 1):
            if number == 1 and "\0" in line:
                raise ValueError(
                    f"{path} must be a text file in UTF-8. Received: zero "
                    "bytes in its first line. Convert UTF-16 and binary files "
                    "first."
                )
            line = line.rstrip(" \r\n")
            if line:
                yield number, line


def _is_header(line: str) -> bool:
    fields = line.split(" ")
    return len(fields) == 2 and all(field.isdecimal() for field in fields)


def _width(path: PathLike, line: str, units: int | None) -> int:
    """The numbers per word, from the first line."""
    fields = line.split(" ")
    width = int(fields[1]) if _is_header(line) else len(fields) - 1
    if width < 1 or (units is not None and width != units):
        raise ValueError(
            f"{path} must hold {units or 'at least 1'} numbers per word. "
            f"Received: {width}. Use another file, or embeddings of "
            "its width."
        )
    return width


def _cut(path: PathLike, number: int, line: str, width: int) -> tuple[str, ...]:
    """The word and the numbers of a line, all as strings."""
    word, *values = line.rsplit(" ", width)
    # A word may contain spaces (". . ." in GloVe), but not a number after one:
    # that would be one number too many.
    if len(values) < width or (
        " " in word and None not in map(_number, word.split(" ")[1:])
    ):
        raise ValueError(
            f"Line {number} of {path} must hold a word and {width} numbers, as "
            f"the first line says. Received: {len(line.split(' ')) - 1} "
            "numbers. The file may be cut off, or not be one of word vectors."
        )
    return word, *values


def _floats(path: PathLike, number: int, values: Sequence[str]) -> Array:
    exact = np.array([_number(value) for value in values], dtype=float)
    with np.errstate(over="ignore", under="ignore"):
        held = exact.astype(np.float32)
    wrong = ~np.isfinite(held) | ((held == 0) & (exact != 0))
    if wrong.any():
        value = values[int(np.argmax(wrong))]
        raise ValueError(
            f"Line {number} of {path} must hold numbers after its word, finite "
            "ones that float32 can hold. "
            f"{validate.received('number', value)} Mend the line or delete it."
        )
    return held


def _number(field: str) -> float | None:
    """A float; None for text, and for numbers that only Python writes so."""
    if "_" in field or not field.isascii():
        return None
    try:
        return float(field)
    except ValueError:
        return None
