# SPDX-License-Identifier: Apache-2.0
"""From strings to padded token ids, in plain Python.

Id 0 is padding, at the end; id 1 is the "other" token of a `Vocabulary`.
"""

from keras_rnn.data.text.buckets import Buckets
from keras_rnn.data.text.encoder import TextEncoder
from keras_rnn.data.text.next_tokens import NextTokens, next_tokens
from keras_rnn.data.text.padding import Padded, pad
from keras_rnn.data.text.pretrained import WordVectors, read_vectors
from keras_rnn.data.text.tokens import (
    UNITS,
    between_spaces,
    characters,
    words,
)
from keras_rnn.data.text.trigrams import (
    letter_trigrams,
    trigram_counts,
    trigram_ids,
)
from keras_rnn.data.text.vocabulary import Vocabulary

__all__ = [
    "UNITS",
    "Buckets",
    "NextTokens",
    "Padded",
    "TextEncoder",
    "Vocabulary",
    "WordVectors",
    "between_spaces",
    "characters",
    "letter_trigrams",
    "next_tokens",
    "pad",
    "read_vectors",
    "trigram_counts",
    "trigram_ids",
    "words",
]
