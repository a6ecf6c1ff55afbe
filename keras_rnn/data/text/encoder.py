# SPDX-License-Identifier: Apache-2.0
"""TextEncoder: from strings to padded ids, in one object."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from keras_rnn import _validation as validate
from keras_rnn._types import PathLike
from keras_rnn.data.text import files, lists
from keras_rnn.data.text.buckets import Buckets
from keras_rnn.data.text.padding import Padded, pad
from keras_rnn.data.text.tokens import ALL_UNITS, SINCE_0_1
from keras_rnn.data.text.vocabulary import Vocabulary

#: Format of the files; 0.1 wrote none, and split its units otherwise.
FORMAT = 2
OF_0_1 = 1
SETTINGS = ("unit", "length", "keep")

#: Key in a file -> the class that gives a token its id.
KINDS: dict[str, type[Vocabulary] | type[Buckets]] = {
    "vocabulary": Vocabulary,
    "buckets": Buckets,
}


@dataclass(frozen=True)
class TextEncoder:
    """Encodes strings as padded ids; it can be saved and used again.

    Args:
        vocabulary: `Vocabulary`, or `Buckets`.
        unit: `"word"`: lower case, punctuation apart, as `words`;
            `"character"`; or `"space"`: the tokens of a corpus, as
            `between_spaces`. An encoder that version 0.1 saved has the unit
            `"word of 0.1"` or `"space of 0.1"` when it is loaded, and splits
            texts as its network has learned them.
        length: Number of steps of the result; None for the longest text of a
            call.
        keep: The part that is kept of a longer text: `"start"`, `"end"`, or
            None, which forbids such a text.

    Call arguments:
        texts: A list of strings.

    Returns:
        `Padded(ids, lengths)`, ids `(batch, time)`.

    Raises:
        TypeError: If `texts` is not a list of strings, also in `fit`.
        ValueError: If a setting is wrong, or a text is longer than `length`
            and `keep` is None.

    Example:
        >>> from keras_rnn.data.text import TextEncoder
        >>> encoder = TextEncoder.fit(["to be or not", "to see"], length=4)
        >>> encoder(["Not to go", "See!"]).ids
        array([[4, 2, 1, 0],
               [6, 1, 0, 0]], dtype=int32)
        >>> encoder.decode([4, 2, 1, 0])
        'not to [other]'
    """

    vocabulary: Vocabulary | Buckets
    unit: str = "word"
    length: int | None = None
    keep: str | None = None

    def __post_init__(self) -> None:
        validate.instance(
            "vocabulary",
            self.vocabulary,
            (Vocabulary, Buckets),
            "Use TextEncoder.fit(texts).",
        )
        validate.one_of("unit", self.unit, tuple(ALL_UNITS))
        validate.one_of("keep", self.keep, (None, "start", "end"))
        if self.length is not None:
            length = validate.positive_int("length", self.length)
            object.__setattr__(self, "length", length)

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        *,
        max_size: int | None = None,
        min_count: int = 1,
        **settings: Any,
    ) -> "TextEncoder":
        """Builds the encoder with the vocabulary of some texts.

        Args:
            texts: Strings, of the training part only.
            max_size: The largest number of ids, padding and other included;
                None for no limit.
            min_count: Tokens that occur less often are encoded as "other".
            **settings: `unit`, `length`, `keep`, as in the constructor.

        Returns:
            A `TextEncoder`.
        """
        empty = cls(Vocabulary(()), **settings)  # a wrong setting fails first
        vocabulary = Vocabulary.of(
            map(empty.split, lists.strings("texts", texts)),
            max_size=max_size,
            min_count=min_count,
        )
        return cls(vocabulary, **settings)

    def split(self, text: str) -> list[str]:
        """The tokens of one text."""
        return ALL_UNITS[self.unit](text)

    def __call__(self, texts: Iterable[str]) -> Padded:
        rows = [
            self.vocabulary.encode(self.split(text))
            for text in lists.strings("texts", texts)
        ]
        return pad(rows, self.length, keep=self.keep)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of the ids; unknown tokens are decoded as "other"."""
        if isinstance(self.vocabulary, Buckets):
            raise ValueError(
                "Buckets cannot be decoded: different words share an id. Use "
                "TextEncoder.fit(texts), which has a vocabulary."
            )
        between = "" if self.unit == "character" else " "
        return between.join(self.vocabulary.decode(ids))

    def save(self, path: PathLike) -> None:
        """Writes the encoder to a JSON file, whole or not at all."""
        (kind,) = (k for k, v in KINDS.items() if type(self.vocabulary) is v)
        settings = {
            "format": FORMAT,
            **{name: getattr(self, name) for name in SETTINGS},
            kind: self.vocabulary.settings(),
        }
        files.write(path, settings)

    @classmethod
    def load(cls, path: PathLike) -> "TextEncoder":
        """Reads the encoder from a JSON file that `save` wrote.

        Raises:
            ValueError: If `save` did not write the file, or a later version
                of keras_rnn wrote it.
        """
        return files.read(path, cls._of_settings, "TextEncoder.save")

    @classmethod
    def _of_settings(cls, settings: dict[str, Any]) -> "TextEncoder":
        if settings.keys() == {"tokens", "other"}:
            raise ValueError("it holds a vocabulary: use Vocabulary.load")
        version = settings.pop("format", OF_0_1)
        if version not in range(OF_0_1, FORMAT + 1):
            raise ValueError(
                f"its format is {version!r}, and this version of keras_rnn "
                f"reads up to {FORMAT}"
            )
        kinds = KINDS.keys() & settings.keys()
        if len(kinds) != 1 or settings.keys() != {*SETTINGS, *kinds}:
            raise ValueError(f"its keys are {sorted(settings)}")
        (kind,) = kinds
        vocabulary = KINDS[kind](**settings.pop(kind))
        if version == OF_0_1:
            settings["unit"] = SINCE_0_1.get(settings["unit"], settings["unit"])
        return cls(vocabulary, **settings)
