# SPDX-License-Identifier: Apache-2.0
"""From a string to tokens."""

import re

# A word keeps its apostrophes (don't); every other sign stands alone.
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def words(text):
    """Words and punctuation marks, in lower case.

    Args:
        text: A string.

    Returns:
        A list of strings.

    Example:
        >>> from keras_rnn.data.text import words
        >>> words("Don't stop, Ana!")
        ["don't", 'stop', ',', 'ana', '!']
    """
    return WORD.findall(text.lower())


def characters(text):
    """The characters of a text, as they are.

    Args:
        text: A string.

    Returns:
        A list of strings of one character.

    Example:
        >>> from keras_rnn.data.text import characters
        >>> characters("On!")
        ['O', 'n', '!']
    """
    return list(text)


#: Unit -> the function that splits; "space" trusts the tokens of a corpus.
UNITS = {"word": words, "character": characters, "space": str.split}
