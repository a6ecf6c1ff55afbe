# SPDX-License-Identifier: Apache-2.0
"""Labels of tokens: a mark and a kind, in the schemes that corpora use."""

from collections.abc import Iterable, Iterator, Sequence

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


def to_iob(labels: Iterable[str]) -> list[str]:
    """Writes one sequence of labels in IOB, the scheme that `spans` reads.

    | | first | inside | last | alone |
    |---|---|---|---|---|
    | IOBES | `B-city` | `I-city` | `E-city` | `S-city` |
    | BILOU | `B-city` | `I-city` | `L-city` | `U-city` |
    | IOB | `B-city` | `I-city` | `I-city` | `B-city` |

    Labels in IOB stay as they are. A network may begin a span without `B-`, or
    end one that has not begun. Such spans are read as conlleval reads them,
    where the label after the end of a span begins another one.

    Args:
        labels: List of strings.

    Returns:
        A list of as many strings.

    Raises:
        TypeError: If `labels` is no list of strings.
        ValueError: If a label is in none of these schemes, or if some labels
            are in IOBES and others in BILOU.

    Example:
        >>> from keras_rnn.metrics import to_iob
        >>> to_iob(["S-city", "O", "B-date", "I-date", "E-date"])
        ['B-city', 'O', 'B-date', 'I-date', 'I-date']
        >>> to_iob(["U-city", "O", "B-date", "L-date"])
        ['B-city', 'O', 'B-date', 'I-date']
    """
    marks_and_kinds = list(split_labels(labels, tuple(_MARKS)))
    _refuse_two_schemes({mark for mark, _ in marks_and_kinds})
    found, ended = [], None
    for mark, kind in marks_and_kinds:
        if mark == OUTSIDE:
            found.append(OUTSIDE)
            ended = None
            continue
        mark_in_iob, ends = _MARKS[mark]
        begins = mark_in_iob == "B" or kind == ended
        found.append(f"{'B' if begins else 'I'}-{kind}")
        ended = kind if ends else None
    return found


def split_labels(
    labels: Iterable[str], marks: Sequence[str]
) -> Iterator[tuple[str, str | None]]:
    """The mark and the kind of each label of one sequence.

    Args:
        labels: List of strings.
        marks: The marks that may stand before a kind.

    Yields:
        `(mark, kind)` of a label, and `("O", None)` of a token outside of all
        spans.

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
