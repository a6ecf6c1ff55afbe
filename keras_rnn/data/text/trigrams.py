# SPDX-License-Identifier: Apache-2.0
"""Word hashing: a word as the bag of its letter trigrams.

A new, misspelt or inflected word shares most of its trigrams with words of the
training part, and there are far fewer trigrams than words.

Reference:
    Huang, P.-S. et al. (2013). Learning deep structured semantic models for
    web search using clickthrough data. CIKM.
"""

from collections.abc import Iterable

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.data.text import lists
from keras_rnn.data.text.buckets import Buckets
from keras_rnn.data.text.padding import Padded, pad
from keras_rnn.data.text.vocabulary import Vocabulary


def letter_trigrams(word: str) -> list[str]:
    """The runs of three letters of a word, with `#` at both its ends.

    Args:
        word: A string that is not empty.

    Returns:
        A list of strings of three characters, one per character of the word.

    Example:
        >>> from keras_rnn.data.text import letter_trigrams
        >>> letter_trigrams("cat")
        ['#ca', 'cat', 'at#']
    """
    if not validate.instance("word", word, str):
        raise ValueError(
            "`word` must have at least one letter. Received: word=''."
        )
    marked = f"#{word}#"
    return [marked[k : k + 3] for k in range(len(word))]


def trigram_counts(
    words: Iterable[str], vocabulary: Vocabulary | Buckets
) -> Array:
    """Counts each trigram in each word: the bag of the paper.

    Args:
        words: List of strings.
        vocabulary: `Vocabulary` or `Buckets` of trigrams. Build a vocabulary
            of the training words only,
            `Vocabulary.of(map(letter_trigrams, words))`.

    Returns:
        Array `(words, len(vocabulary))` of float32. Column 0, padding, is 0;
        column 1 of a `Vocabulary` counts unknown trigrams.

    Raises:
        TypeError: If `words` is not a list of strings.
        ValueError: If a word is empty.

    Example:
        >>> from keras_rnn.data.text import (
        ...     Vocabulary, letter_trigrams, trigram_counts)
        >>> vocabulary = Vocabulary.of(map(letter_trigrams, ["cat", "at"]))
        >>> vocabulary.tokens
        ('at#', '#at', '#ca', 'cat')
        >>> trigram_counts(["cats"], vocabulary)
        array([[0., 2., 0., 0., 1., 1.]], dtype=float32)
    """
    rows = _encoded(words, vocabulary)
    counts = np.zeros((len(rows), len(vocabulary)), dtype=np.float32)
    for count, ids in zip(counts, rows, strict=True):
        np.add.at(count, ids, 1)
    return counts


def trigram_ids(
    words: Iterable[str],
    vocabulary: Vocabulary | Buckets,
    length: int | None = None,
    *,
    keep: str | None = None,
) -> Padded:
    """The ids of each word's trigrams, for an embedding that is summed.

    Args:
        words: List of strings.
        vocabulary: As in `trigram_counts`.
        length: Number of trigrams per word; None for as many as the longest
            word has.
        keep: As in `pad`.

    Returns:
        `Padded(ids, lengths)`, ids `(words, trigrams)`.

    Raises:
        TypeError: If `words` is not a list of strings.
        ValueError: If a word is empty, or too long and `keep` is None.

    Example:
        >>> from keras_rnn.data.text import Buckets, trigram_ids
        >>> tuple(trigram_ids(["cat", "travel"], Buckets(500)).ids.shape)
        (2, 6)
    """
    return pad(_encoded(words, vocabulary), length, keep=keep)


def _encoded(
    words: Iterable[str], vocabulary: Vocabulary | Buckets
) -> list[list[int]]:
    """The ids of the trigrams of each word."""
    validate.instance("vocabulary", vocabulary, (Vocabulary, Buckets))
    return [
        vocabulary.encode(letter_trigrams(word))
        for word in lists.strings("words", words)
    ]
