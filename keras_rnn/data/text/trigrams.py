# SPDX-License-Identifier: Apache-2.0
"""Word hashing: a word as the bag of its letter trigrams.

A new word, a misspelt one or an inflected one shares most trigrams with words
that were seen, and there are far fewer trigrams than words.

Reference:
    Huang, P.-S. et al. (2013). Learning deep structured semantic models for
    web search using clickthrough data. CIKM.
"""

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.data.text import lists
from keras_rnn.data.text.buckets import Buckets
from keras_rnn.data.text.padding import pad
from keras_rnn.data.text.vocabulary import Vocabulary


def letter_trigrams(word):
    """Three letters at a time, `#` marking both ends of the word.

    Args:
        word: A string that is not empty.

    Returns:
        A list of strings of three characters, as many as the word has.

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


def trigram_counts(words, vocabulary):
    """How often each trigram stands in each word: the bag of the paper.

    Args:
        words: List of strings.
        vocabulary: `Vocabulary` or `Buckets` of trigrams. For the former,
            `Vocabulary.of(map(letter_trigrams, words))`, training words only.

    Returns:
        Array `(words, len(vocabulary))` of float32; column 0, padding, stays
        empty, column 1 of a `Vocabulary` counts unseen trigrams.

    Raises:
        TypeError: If `words` is no list of strings.
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


def trigram_ids(words, vocabulary, length=None, *, keep=None):
    """The ids of each word's trigrams, for an embedding that is summed.

    Args:
        words: List of strings.
        vocabulary: As in `trigram_counts`.
        length: Trigrams a word; None for those of the longest.
        keep: As in `pad`.

    Returns:
        `Padded(ids, lengths)`, ids `(words, trigrams)`.

    Raises:
        TypeError: If `words` is no list of strings.
        ValueError: If a word is empty, or too long and `keep` is None.

    Example:
        >>> from keras_rnn.data.text import Buckets, trigram_ids
        >>> tuple(trigram_ids(["cat", "travel"], Buckets(500)).ids.shape)
        (2, 6)
    """
    return pad(_encoded(words, vocabulary), length, keep=keep)


def _encoded(words, vocabulary):
    """The ids of the trigrams of each word."""
    validate.instance("vocabulary", vocabulary, (Vocabulary, Buckets))
    return [
        vocabulary.encode(letter_trigrams(word))
        for word in lists.strings("words", words)
    ]
