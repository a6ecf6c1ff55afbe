# SPDX-License-Identifier: Apache-2.0
"""How well spans of tokens are found: slots, names, chunks.

Labels are those of CoNLL: `B-city` begins a span of kind `city`, `I-city`
continues it, and `O` is outside of spans. A predicted span is right only if its
kind, its first token and its last token are. `to_iob` makes such labels of
those in other schemes.

Reference:
    E. F. Tjong Kim Sang and S. Buchholz (2000), "Introduction to the
    CoNLL-2000 shared task: chunking", CoNLL; the rules of its `conlleval`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from keras_rnn import _validation as validate
from keras_rnn.metrics.labels import OF_IOB, split_labels

#: Name of the row of `span_scores` for the spans of all kinds.
ALL = "all"


def spans(labels: Iterable[str]) -> list[tuple[str, int, int]]:
    """The spans of one sequence of labels.

    An `I-` after `O`, or after another kind, begins a span, as in conlleval.

    Args:
        labels: List of strings: `O`, `B-kind`, `I-kind`.

    Returns:
        List of `(kind, first, last)`: the positions, from 0, of the first and
        the last token of each span.

    Raises:
        TypeError: If `labels` is no list of strings.
        ValueError: If a label is written otherwise.

    Example:
        >>> from keras_rnn.metrics import spans
        >>> spans(["O", "B-city", "I-city", "B-date"])
        [('city', 1, 2), ('date', 3, 3)]
    """
    found, open_kind = [], None
    for position, (mark, kind) in enumerate(split_labels(labels, OF_IOB)):
        if mark == "I" and kind == open_kind:
            found[-1] = (*found[-1][:2], position)
        elif kind is not None:
            found.append((kind, position, position))
        open_kind = kind
    return found


def span_scores(
    actual: Iterable[Iterable[str]], predicted: Iterable[Iterable[str]]
) -> pd.DataFrame:
    """Precision, recall and F1 of spans, of each kind and of all kinds.

        precision = right / predicted        recall = right / actual
        F1 = 2 right / (predicted + actual)

    Args:
        actual: Lists of labels, one per sequence.
        predicted: Lists of predicted labels, as long as the actual ones.

    Returns:
        A DataFrame with a row per kind and a last row `all`. Its columns are
        `precision`, `recall` and `f1`, which are 0 where the divisor is 0, and
        `spans`, the number of actual spans.

    Raises:
        TypeError: If a sequence is no list of strings.
        ValueError: If lengths differ, a label is malformed, or a kind is
            called `all`.

    Example:
        >>> from keras_rnn.metrics import span_scores
        >>> span_scores(
        ...     [["B-city", "I-city", "O", "B-date"]],
        ...     [["B-city", "O", "O", "B-date"]],
        ... )
              precision  recall   f1  spans
        city        0.0     0.0  0.0      1
        date        1.0     1.0  1.0      1
        all         0.5     0.5  0.5      2
    """
    counts = _counts(actual, predicted)
    if ALL in counts.index:
        raise ValueError(
            f"No kind may be called {ALL!r}, as the row of all kinds is. "
            f"Received: kinds {', '.join(map(repr, counts.index))}. Rename "
            "the kind, or use span_f1."
        )
    counts.loc[ALL] = counts.sum()
    return pd.DataFrame(
        {
            "precision": _ratio(counts["right"], counts["predicted"]),
            "recall": _ratio(counts["right"], counts["actual"]),
            "f1": _f1(counts),
            "spans": counts["actual"],
        }
    )


def span_f1(
    actual: Iterable[Iterable[str]], predicted: Iterable[Iterable[str]]
) -> float:
    """F1 of all spans, one number: the slot F1 of the literature.

    Args:
        actual: Lists of labels, one per sequence.
        predicted: Lists of predicted labels, as long as the actual ones.

    Returns:
        A float from 0 to 1.

    Raises:
        TypeError: If a sequence is no list of strings.
        ValueError: If lengths differ or a label is malformed.

    Example:
        >>> from keras_rnn.metrics import span_f1
        >>> span_f1([["B-city", "O"]], [["B-city", "B-date"]])  # 2 · 1 / 3
        0.6666666666666666
    """
    counts = _counts(actual, predicted)
    return float(_f1(counts.sum().to_frame().T).iloc[0])


def _counts(actual, predicted) -> pd.DataFrame:
    """How many spans of each kind are actual, predicted, and both."""
    counted = {"actual": Counter(), "predicted": Counter(), "right": Counter()}
    for truth, guess in _pairs(actual, predicted):
        truth, guess = set(spans(truth)), set(spans(guess))
        for name, found in (
            ("actual", truth),
            ("predicted", guess),
            ("right", truth & guess),
        ):
            counted[name].update(kind for kind, _, _ in found)
    return pd.DataFrame(counted).fillna(0).astype(int).sort_index()


def _f1(counts: pd.DataFrame) -> pd.Series:
    return _ratio(2 * counts["right"], counts["predicted"] + counts["actual"])


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole > 0)).fillna(0.0)


def _pairs(actual, predicted) -> Iterator[tuple[list[str], list[str]]]:
    """The actual and the predicted labels of each sequence, equally many."""
    actual = _sequences("actual", actual)
    predicted = _sequences("predicted", predicted)
    if len(actual) != len(predicted):
        raise ValueError(
            "`actual` and `predicted` must hold equally many sequences. "
            f"Received: {len(actual)} and {len(predicted)}."
        )
    for row, (truth, guess) in enumerate(zip(actual, predicted, strict=True)):
        if len(truth) != len(guess):
            raise ValueError(
                "Each sequence must have as many labels in `actual` as in "
                f"`predicted`. Received: {len(truth)} and {len(guess)} in "
                f"sequence {row}. Cut the padding off the predictions."
            )
        yield truth, guess


def _sequences(name, values) -> list[list[str]]:
    """Lists of labels; in a flat list each letter would pass for a label."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise _no_sequences(name, values)
    rows = list(values)
    if not all(hasattr(row, "__iter__") for row in rows) or any(
        isinstance(row, str) for row in rows
    ):
        raise _no_sequences(name, values)
    return [list(row) for row in rows]


def _no_sequences(name, values):
    return TypeError(
        f"`{name}` must hold a list of labels per sequence. "
        f"{validate.received(name, values)} Put the labels of one sequence "
        "into a list of their own: [labels]."
    )
