# SPDX-License-Identifier: Apache-2.0
"""Vocabulary: one id a known token, and one for all others."""

from collections import Counter

from keras_rnn import _validation as validate
from keras_rnn.data.text import files, lists

PADDING = 0
OTHER = 1
FIRST = 2  # id of the first token
_SPLIT = "Split the texts first: map(words, texts)."


class Vocabulary:
    """Tokens and their ids: 0 is padding, 1 any other token, 2 the first.

    Build it on the training part only: a token that the network meets for the
    first time in the test part must look like what it is, an unknown one.

    Args:
        tokens: Different strings, in the order of their ids.
        other: How the "other" token is written when ids are decoded; if a
            corpus already marks rare words, its mark (`"<unk>"`).

    Raises:
        TypeError: If `tokens` is no list of strings.
        ValueError: If a token stands there twice, or is `other`.

    Example:
        >>> from keras_rnn.data.text import Vocabulary
        >>> vocabulary = Vocabulary.of([["to", "be", "or", "not", "to", "be"]])
        >>> vocabulary.tokens
        ('be', 'to', 'not', 'or')
        >>> vocabulary.encode(["to", "see"])
        [3, 1]
        >>> vocabulary.decode([3, 1, 0])
        ['to', '[other]']
        >>> len(vocabulary)  # padding and other included
        6
    """

    def __init__(self, tokens, other="[other]"):
        self.other = validate.instance("other", other, str)
        self.tokens = tuple(
            lists.strings("tokens", tokens, "Use Vocabulary.of([words(text)]).")
        )
        self._ids = {token: k for k, token in enumerate(self.tokens, FIRST)}
        if len(self._ids) < len(self.tokens) or other in self._ids:
            (token, _), *_ = Counter([*self.tokens, other]).most_common(1)
            raise ValueError(
                "`tokens` must be different from each other and from `other`. "
                f"Received: {token!r} twice. Use Vocabulary.of(...) to count "
                "them first, or another `other`."
            )

    @classmethod
    def of(cls, sequences, *, max_size=None, min_count=1, other="[other]"):
        """The vocabulary of sequences of tokens, most frequent first.

        Args:
            sequences: Lists of tokens, of the training part.
            max_size: Most ids, padding and other included; None for no limit.
            min_count: Tokens seen less often are "other".
            other: As in the constructor; where it stands in `sequences`, it
                is the "other" token.

        Returns:
            A `Vocabulary`; tokens equally frequent stand in alphabetic order.

        Raises:
            TypeError: If `sequences` is no list of lists of strings.
        """
        validate.positive_int("min_count", min_count)
        if max_size is not None:
            validate.integer("max_size", max_size, minimum=FIRST + 1)
        counts = Counter()
        _check_not_texts(sequences)
        for row, tokens in enumerate(sequences):
            counts.update(lists.strings(f"sequences[{row}]", tokens, _SPLIT))
        counts.pop(other, None)
        ranked = sorted(counts, key=lambda token: (-counts[token], token))
        frequent = [token for token in ranked if counts[token] >= min_count]
        if max_size is not None:
            frequent = frequent[: max_size - FIRST]
        return cls(frequent, other=other)

    def __len__(self):
        return FIRST + len(self.tokens)

    def __contains__(self, token):
        return token in self._ids

    def __repr__(self):
        return f"Vocabulary({len(self)} ids, other={self.other!r})"

    def encode(self, tokens):
        """Ids of tokens, a list of int.

        Raises:
            TypeError: If `tokens` is no list of strings.
        """
        ids = self._ids
        return [
            ids.get(token, OTHER)
            for token in lists.strings("tokens", tokens, lists.SPLIT)
        ]

    def decode(self, ids):
        """Tokens of ids, padding left out.

        Raises:
            TypeError: If `ids` is no list.
            ValueError: If an id is no integer, or not in the vocabulary.
        """
        names = (None, self.other, *self.tokens)
        ids = lists.ids(
            "ids",
            ids,
            maximum=len(names) - 1,
            remedy="Decode with the vocabulary that encoded them.",
        )
        return [names[k] for k in ids if k != PADDING]

    def settings(self):
        """What JSON can hold, and the constructor takes back."""
        return {"tokens": list(self.tokens), "other": self.other}

    def save(self, path):
        """Writes the vocabulary to a JSON file, whole or not at all."""
        files.write(path, self.settings())

    @classmethod
    def load(cls, path):
        """Reads the vocabulary from a JSON file that `save` wrote.

        Raises:
            ValueError: If the file is another one.
        """
        return files.read(path, cls._of_settings, f"{cls.__name__}.save")

    @classmethod
    def _of_settings(cls, settings):
        if "unit" in settings:
            raise ValueError("it holds an encoder: use TextEncoder.load")
        return cls(**settings)


def _check_not_texts(sequences):
    lists.listed(
        "sequences",
        sequences,
        "a list of lists of tokens",
        of_string=_SPLIT,
        dimensions=2,
    )
    if tuple(getattr(sequences, "shape", ()))[1:] == (1,):
        raise TypeError(
            "`sequences` must hold lists of tokens. Received: an array of "
            f"shape {tuple(sequences.shape)}. Split its texts first: "
            "map(words, array[:, 0])."
        )
