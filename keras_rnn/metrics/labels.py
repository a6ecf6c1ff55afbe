# SPDX-License-Identifier: Apache-2.0
"""Labels of tokens: a mark and a kind, in the schemes that corpora use."""

from keras_rnn import _validation as validate

OUTSIDE = "O"
OF_IOB = ("B", "I")
# Mark of IOBES or BILOU -> (mark in IOB, whether the span ends here).
_MARKS = {
    "B": ("B", False),
    "I": ("I", False),
    "E": ("I", True),
    "S": ("B", True),
    "L": ("I", True),
    "U": ("B", True),
}


def to_iob(labels):
    """One sequence of labels in IOBES or BILOU, written as `spans` wants it.

    | | first | inside | last | alone |
    |---|---|---|---|---|
    | IOBES | `B-city` | `I-city` | `E-city` | `S-city` |
    | BILOU | `B-city` | `I-city` | `L-city` | `U-city` |
    | IOB | `B-city` | `I-city` | `I-city` | `B-city` |

    Labels in IOB stay as they are. A span that a network begins without `B-`
    or ends in vain is read as conlleval reads it: what follows the end of a
    span begins another one.

    Args:
        labels: List of strings.

    Returns:
        A list of strings, equally long.

    Raises:
        TypeError: If `labels` is no list of strings.
        ValueError: If a label is in no such scheme, or they are in both.

    Example:
        >>> from keras_rnn.metrics import to_iob
        >>> to_iob(["S-city", "O", "B-date", "I-date", "E-date"])
        ['B-city', 'O', 'B-date', 'I-date', 'I-date']
        >>> to_iob(["U-city", "O", "B-date", "L-date"])
        ['B-city', 'O', 'B-date', 'I-date']
    """
    read = list(parts(labels, tuple(_MARKS)))
    _refuse_two_schemes({mark for mark, _ in read})
    found, ended = [], None
    for mark, kind in read:
        if mark == OUTSIDE:
            found.append(OUTSIDE)
            ended = None
            continue
        of_iob, ends = _MARKS[mark]
        begins = of_iob == "B" or kind == ended
        found.append(f"{'B' if begins else 'I'}-{kind}")
        ended = kind if ends else None
    return found


def parts(labels, marks):
    """The mark and the kind of each label of one sequence.

    Args:
        labels: List of strings.
        marks: The marks that may stand before a kind.

    Yields:
        `(mark, kind)`, and `("O", None)` for a token outside.

    Raises:
        TypeError: If `labels` is no list of strings.
        ValueError: If a label has another mark, or none, or no kind.
    """
    if isinstance(labels, str):
        raise TypeError(
            "`labels` must be a list of labels. "
            f"{validate.received('labels', labels)} Put it into a list."
        )
    for position, label in enumerate(labels):
        if not isinstance(label, str):
            raise TypeError(
                "`labels` must hold strings, the labels of one sequence. "
                f"{validate.received(f'labels[{position}]', label)} Call it "
                "once for each sequence."
            )
        mark, _, kind = label.partition("-")
        if label == OUTSIDE:
            yield OUTSIDE, None
        elif mark in marks and kind:
            yield mark, kind
        else:
            raise ValueError(_unknown(label, position, marks))


def _unknown(label, position, marks):
    written = ", ".join(f"{mark}-kind" for mark in marks)
    return (
        f"A label must be O or one of {written}. Received: {label!r} at "
        f"position {position}. Convert IOBES and BILOU with "
        "keras_rnn.metrics.to_iob(labels), write a bare tag as I-kind, and "
        "cut the padding off."
    )


def _refuse_two_schemes(marks):
    if marks & {"E", "S"} and marks & {"L", "U"}:
        raise ValueError(
            "`labels` must be in one scheme, IOBES or BILOU. Received: the "
            f"marks {', '.join(sorted(marks))}. Rename those of one of them."
        )
