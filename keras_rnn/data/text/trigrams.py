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
from keras_rnn.data.text.padding import pad


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

    Example:
        >>> from keras_rnn.data.text import (
        ...     Vocabulary, letter_trigrams, trigram_counts)
        >>> vocabulary = Vocabulary.of(map(letter_trigrams, ["cat", "at"]))
        >>> vocabulary.tokens
        ('at#', '#at', '#ca', 'cat')
        >>> trigram_counts(["cats"], vocabulary)
        array([[0., 2., 0., 0., 1., 1.]], dtype=float32)
    """
    counts = np.zeros((len(words), len(vocabulary)), dtype=np.float32)
    for row, word in enumerate(words):
        np.add.at(counts[row], vocabulary.encode(letter_trigrams(word)), 1)
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

    Example:
        >>> from keras_rnn.data.text import Buckets, trigram_ids
        >>> tuple(trigram_ids(["cat", "travel"], Buckets(500)).ids.shape)
        (2, 6)
    """
    rows = [vocabulary.encode(letter_trigrams(word)) for word in words]
    return pad(rows, length, keep=keep)
