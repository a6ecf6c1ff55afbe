# SPDX-License-Identifier: Apache-2.0
"""Edits and error rates, against the definition by recursion."""

import functools

import numpy as np
import pytest
from keras import ops

from keras_rnn.metrics import (
    CharacterErrorRate,
    best_path,
    character_error_rate,
    edit_distance,
)


def by_recursion(actual, predicted):
    """The least of all ways to treat the two last items."""

    @functools.cache
    def distance(m, n):
        if not m or not n:
            return m + n
        return min(
            distance(m - 1, n) + 1,
            distance(m, n - 1) + 1,
            distance(m - 1, n - 1) + (actual[m - 1] != predicted[n - 1]),
        )

    return distance(len(actual), len(predicted))


def drawn(rows, longest, classes, seed):
    """Ids in 1 .. classes, 0 after the end of each row, some rows empty."""
    generator = np.random.default_rng(seed)
    ids = generator.integers(1, classes + 1, (rows, longest))
    lengths = generator.integers(0, longest + 1, rows)
    return np.where(np.arange(longest) < lengths[:, None], ids, 0)


ACTUAL, PREDICTED = drawn(80, 7, 3, seed=0), drawn(80, 10, 3, seed=1)
EDITS = [
    by_recursion(tuple(a[a != 0]), tuple(p[p != 0]))
    for a, p in zip(ACTUAL, PREDICTED, strict=True)
]


def logits_of(ids, classes=3, repeats=2):
    """Logits of a path that is read as the ids, each for several frames."""
    path = np.zeros((len(ids), ids.shape[1] * (repeats + 1)), int)
    for k in range(repeats):
        path[:, k :: repeats + 1] = ids
    return np.eye(classes + 1, dtype="float32")[path]


def test_distances_are_those_of_the_definition():
    found = map(edit_distance, ACTUAL, PREDICTED)
    assert list(found) == EDITS


def test_words_letters_and_ids_are_compared():
    assert edit_distance("flaw", "lawn") == 2
    assert edit_distance(["a", "b"], ["b"]) == 1
    assert edit_distance([1, 2, 0], (1, 2)) == 1  # 0 pads arrays alone


def test_the_rate_is_all_edits_by_all_characters():
    expected = sum(EDITS) / (ACTUAL != 0).sum()
    assert character_error_rate(ACTUAL, PREDICTED) == expected
    assert character_error_rate(["ab", ""], ["ab", "x"]) == 0.5


@pytest.mark.parametrize(
    ("actual", "predicted", "error", "message"),
    [
        ("ab", ["ab"], TypeError, "`actual` must be a list of strings"),
        (["ab"], 3, TypeError, "`predicted` must be a list of strings"),
        (["ab"], ["ab", "c"], ValueError, "1 and 2"),
        ([""], ["a"], ValueError, "must hold a character"),
        ([1], ["a"], TypeError, "a list of words or ids"),
        (np.ones((1, 2)), ["a"], TypeError, "must hold ids"),
    ],
)
def test_what_is_no_transcript_is_refused(actual, predicted, error, message):
    with pytest.raises(error, match=message):
        character_error_rate(actual, predicted)


def test_the_best_path_merges_repeats_and_drops_blanks():
    path = [[1, 1, 0, 1, 2, 2, 0], [0, 3, 3, 3, 0, 0, 1]]
    ids, lengths = best_path(np.eye(4)[path])
    np.testing.assert_array_equal(
        ids, [[1, 1, 2, 0, 0, 0, 0], [3, 1, 0, 0, 0, 0, 0]]
    )
    np.testing.assert_array_equal(lengths, [3, 2])


def test_padding_between_frames_parts_no_repeats():
    blank = [1e4, -1e4, -1e4]
    logits = np.array([[[0, 5, 0], blank, [0, 5, 0], [5, 0, 0], [0, 5, 0]]])
    ids, lengths = best_path(logits)
    np.testing.assert_array_equal(ids[0, :2], [1, 1])
    np.testing.assert_array_equal(lengths, [2])


def test_the_metric_sums_over_batches():
    metric = CharacterErrorRate()
    assert float(metric.result()) == 0
    logits = logits_of(PREDICTED)
    for rows in (slice(0, 50), slice(50, 80)):
        metric.update_state(ACTUAL[rows], logits[rows])
    expected = sum(EDITS) / (ACTUAL != 0).sum()
    assert float(metric.result()) == pytest.approx(expected)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_the_metric_weighs_sequences():
    metric = CharacterErrorRate()
    weights = np.arange(80) % 3
    metric.update_state(ACTUAL, logits_of(PREDICTED), weights)
    lengths = (ACTUAL != 0).sum(axis=1)
    expected = (weights * EDITS).sum() / (weights * lengths).sum()
    assert float(metric.result()) == pytest.approx(expected)


def test_the_metric_has_a_config():
    metric = CharacterErrorRate.from_config(CharacterErrorRate().get_config())
    metric.update_state(
        ops.ones((2, 1), "int32"), logits_of(np.array([[1], [2]]))
    )
    assert float(metric.result()) == 0.5
