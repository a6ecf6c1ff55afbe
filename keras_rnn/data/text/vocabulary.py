# SPDX-License-Identifier: Apache-2.0
"""Vocabulary: one id per known token, and one for all others."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from keras_rnn import _validation as validate
from keras_rnn._types import PathLike
from keras_rnn.data.text import files, lists

PADDING = 0
OTHER = 1
FIRST = 2  # id of the first token
_SPLIT = "Split the texts first: map(words, texts)."


class Vocabulary:
    """Tokens and their ids: 0 is padding, 1 any other token, 2 the first.

    Build it on the training part only: a token that the network meets for the
    first time in the test part must be encoded as an unknown one.

    Args:
        tokens: Different strings, in the order of their ids.
        other: The "other" token as it is decoded; if a corpus already marks
            rare words, its mark (`"<unk>"`).

    Raises:
        TypeError: If `tokens` is not a list of strings.
        ValueError: If a token stands in `tokens` twice, or is `other`.

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

    def __init__(self, tokens: Iterable[str], other: str = "[other]") -> None:
        self.other: str = validate.instance("other", other, str)
        self.tokens: tuple[str, ...] = tuple(
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
    def of(
        cls,
        sequences: Iterable[Iterable[str]],
        *,
        max_size: int | None = None,
        min_count: int = 1,
        other: str = "[other]",
    ) -> "Vocabulary":
        """The vocabulary of sequences of tokens, most frequent first.

        Args:
            sequences: Lists of tokens, of the training part.
            max_size: The largest number of ids, padding and other included;
                None for no limit.
            min_count: Tokens that occur less often are encoded as "other".
            other: As in the constructor; where it stands in `sequences`, it
                is the "other" token.

        Returns:
            A `Vocabulary`; equally frequent tokens stand in alphabetic order.

        Raises:
            TypeError: If `sequences` is not a list of lists of strings.
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

    def __len__(self) -> int:
        return FIRST + len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} ids, other={self.other!r})"

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens.

        Raises:
            TypeError: If `tokens` is not a list of strings.
        """
        ids = self._ids
        return [
            ids.get(token, OTHER)
            for token in lists.strings("tokens", tokens, lists.SPLIT)
        ]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens of ids, without padding.

        Raises:
            TypeError: If `ids` is not a list.
            ValueError: If an id is not an integer, or not in the vocabulary.
        """
        names = ("", self.other, *self.tokens)
        known = lists.ids(
            "ids",
            ids,
            maximum=len(names) - 1,
            remedy="Decode with the vocabulary that encoded them.",
        )
        return [names[k] for k in known if k != PADDING]

    def settings(self) -> dict[str, Any]:
        """The arguments of the constructor, in a form that JSON can hold."""
        return {"tokens": list(self.tokens), "other": self.other}

    def save(self, path: PathLike) -> None:
        """Writes the vocabulary to a JSON file, whole or not at all."""
        files.write(path, self.settings())

    @classmethod
    def load(cls, path: PathLike) -> "Vocabulary":
        """Reads the vocabulary from a JSON file that `save` wrote.

        Raises:
            ValueError: If `save` did not write the file.
        """
        return files.read(path, cls._of_settings, f"{cls.__name__}.save")

    @classmethod
    def _of_settings(cls, settings: dict[str, Any]) -> "Vocabulary":
        if "unit" in settings:
            raise ValueError("it holds an encoder: use TextEncoder.load")
        return cls(**settings)


def _check_not_texts(sequences: Any) -> None:
    lists.listed(
        "sequences",
        sequences,
        "a list of lists of tokens",
        _SPLIT,
        dimensions=2,
    )
    if tuple(getattr(sequences, "shape", ()))[1:] == (1,):
        raise TypeError(
            "`sequences` must hold lists of tokens. Received: an array of "
            f"shape {tuple(sequences.shape)}. Split its texts first: "
            "map(words, array[:, 0])."
        )
