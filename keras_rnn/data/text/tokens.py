# SPDX-License-Identifier: Apache-2.0
"""From a string to tokens."""

import functools
import re
import sys
import unicodedata
from collections.abc import Callable

from keras_rnn import _validation as validate

# Between two letters these belong to the word: don't, l’été, paral·lel, צה״ל.
_INSIDE = "'’\uff07·‧\u05f3\u05f4"
# Its category is that of format characters, but it stands between words.
_ZERO_WIDTH_SPACE = "\u200b"
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = "\U0001f3fb-\U0001f3ff"
_FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"  # two of them are one flag
_BYTE_ORDER_MARK = "\ufeff"
_WORD_OF_0_1 = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def words(text: str) -> list[str]:
    r"""The words and signs of a text of any script, in lower case.

    A word is a run of letters, digits, combining marks and format characters
    (accents, vowel signs, joiners, soft hyphens), apostrophes between them
    included. Every other sign is a token of its own, with the marks upon it;
    so is an emoji with its variation. The text is composed first (NFC), so
    that é is the same letter however it was typed. Scripts that put no spaces
    between words, such as Chinese or Thai, are cut at punctuation alone.

    Args:
        text: A string.

    Returns:
        A list of strings.

    Raises:
        TypeError: If `text` is not a string.

    Example:
        >>> from keras_rnn.data.text import words
        >>> words("Don't stop, Ana!")
        ["don't", 'stop', ',', 'ana', '!']
        >>> words("हिन्दी, cafe\u0301")
        ['हिन्दी', ',', 'café']

    Reference:
        Unicode Standard Annex 29, Unicode text segmentation: its rules for
        combining marks, format characters, and joined emoji.
    """
    text = _checked(text).removeprefix(_BYTE_ORDER_MARK)
    if not text.isascii():
        # Twice, because lower case may be composed where capitals are not.
        text = unicodedata.normalize("NFC", text).lower()
        text = unicodedata.normalize("NFC", text)
    return _word_pattern().findall(text.lower())


def characters(text: str) -> list[str]:
    """The characters of a text, unchanged.

    Args:
        text: A string.

    Returns:
        A list of strings of one character.

    Raises:
        TypeError: If `text` is not a string.

    Example:
        >>> from keras_rnn.data.text import characters
        >>> characters("On!")
        ['O', 'n', '!']
    """
    return list(_checked(text))


def between_spaces(text: str) -> list[str]:
    r"""The tokens of a corpus, unchanged, where spaces separate them.

    Spaces, tabs and ends of lines (`\n`, `\r`) separate tokens. Other white
    space, such as the no-break space of `10 000`, stays inside its token, so
    that there are as many tokens as the corpus has tags.

    Args:
        text: A string.

    Returns:
        A list of strings.

    Raises:
        TypeError: If `text` is not a string.

    Example:
        >>> from keras_rnn.data.text import between_spaces
        >>> between_spaces("U.S. stocks fell <unk> %")
        ['U.S.', 'stocks', 'fell', '<unk>', '%']
    """
    return re.findall(r"[^ \t\r\n]+", _checked(text))


#: Unit -> the function that splits; "space" keeps the tokens of a corpus.
UNITS: dict[str, Callable[[str], list[str]]] = {
    "word": words,
    "character": characters,
    "space": between_spaces,
}

#: Unit of version 0.1 -> its name today. Encoders that 0.1 saved split as
#: before, because networks were trained on their ids.
SINCE_0_1: dict[str, str] = {"word": "word of 0.1", "space": "space of 0.1"}

#: Every unit that an encoder may have.
ALL_UNITS: dict[str, Callable[[str], list[str]]] = {
    **UNITS,
    "word of 0.1": lambda text: _WORD_OF_0_1.findall(_checked(text).lower()),
    "space of 0.1": lambda text: _checked(text).split(),
}


def _checked(text: str) -> str:
    return validate.instance("text", text, str, "Pass one text at a time.")


@functools.cache  # it takes a tenth of a second, which only `words` needs
def _word_pattern() -> re.Pattern[str]:
    joining = _characters_that_join()
    letter = rf"[\w{joining}]"
    # Marks alone belong to no sign; they begin a word instead.
    sign = rf"[^\w\s{_ZERO_WIDTH_SPACE}{joining}]"
    marks = rf"[{joining}{_SKIN_TONES}]*"
    return re.compile(
        rf"{letter}+(?:[{_INSIDE}]{letter}+)*"
        rf"|[{_FLAG_LETTERS}]{{2}}{marks}"
        rf"|{sign}{marks}(?:(?<={_ZERO_WIDTH_JOINER}){sign}{marks})*"
    )


def _characters_that_join() -> str:
    """Combining marks and format characters, as ranges of a pattern."""
    found = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")
        and character != _ZERO_WIDTH_SPACE
    ]
    ranges = []
    for character in found:
        if ranges and ord(character) == ord(ranges[-1][1]) + 1:
            ranges[-1][1] = character
        else:
            ranges.append([character, character])
    return "".join(f"{first}-{last}" for first, last in ranges)
