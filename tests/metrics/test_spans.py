# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.metrics import span_f1, span_scores, spans, to_iob


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("", []),
        ("O O", []),
        ("B-a", [("a", 0, 0)]),
        ("B-a I-a O B-b", [("a", 0, 1), ("b", 3, 3)]),
        ("B-a B-a", [("a", 0, 0), ("a", 1, 1)]),
        ("O I-a I-a", [("a", 1, 2)]),  # as conlleval, begun without B
        ("B-a I-b", [("a", 0, 0), ("b", 1, 1)]),
        ("B-a O I-a", [("a", 0, 0), ("a", 2, 2)]),
        ("B-from.city-name", [("from.city-name", 0, 0)]),
    ],
)
def test_spans_follow_the_rules_of_conlleval(labels, found):
    assert spans(labels.split()) == found


def test_a_span_counts_only_if_kind_and_both_ends_are_right():
    actual = [["B-a", "I-a", "O", "B-b"]]
    # right: none; a too short, b of another kind
    assert span_f1(actual, [["B-a", "O", "O", "B-a"]]) == 0.0
    assert span_f1(actual, [["B-a", "I-a", "O", "B-a"]]) == 0.5
    assert span_f1(actual, actual) == 1.0


def test_scores_by_kind_add_up_to_all():
    actual = [["B-a", "B-b", "B-b", "O"], ["B-b"]]
    predicted = [["B-a", "B-b", "O", "B-a"], ["B-b"]]
    scores = span_scores(actual, predicted)
    # a: 1 right of 2 predicted, 1 actual; b: 2 right of 2 and 3.
    assert scores.loc["a"].tolist() == pytest.approx([1 / 2, 1, 2 / 3, 1])
    assert scores.loc["b"].tolist() == pytest.approx([1, 2 / 3, 4 / 5, 3])
    assert scores.loc["all"].tolist() == pytest.approx([3 / 4, 3 / 4, 3 / 4, 4])


def test_nothing_to_find_and_nothing_found_is_no_division_by_zero():
    assert span_f1([["O"]], [["O"]]) == 0.0
    assert span_scores([["B-a"]], [["O"]]).loc["a", "precision"] == 0.0


@pytest.mark.parametrize(
    "wrong",
    ["city", "E-city", "S-city", "L-city", "U-city", "B-", "I", "", "[PAD]"],
)
def test_a_label_of_another_scheme_is_refused_with_the_remedy(wrong):
    for read in (spans, lambda labels: span_f1([labels], [labels])):
        with pytest.raises(ValueError, match=r"position 1.*to_iob\(labels\)"):
            read(["O", wrong])


@pytest.mark.parametrize("wrong", ["O", ["O", None], [["O"]], [b"O"], [0]])
def test_what_is_no_list_of_labels_is_refused(wrong):
    for read in (spans, to_iob):
        with pytest.raises(TypeError, match="labels"):
            read(wrong)


@pytest.mark.parametrize(
    "flat",
    [["O", "O"], "O", ("B-a",), np.array(["O", "O"]), {"O": 1}, [0], None],
)
def test_labels_of_one_sequence_given_flat_are_refused(flat):
    for score in (span_f1, span_scores):
        with pytest.raises(TypeError, match="list of labels per sequence"):
            score(flat, flat)


def test_sequences_may_come_in_any_list():
    rows = np.array([["B-a", "O"], ["O", "B-a"]])
    assert span_f1(rows, iter(rows)) == 1.0


def test_a_kind_called_all_is_not_overwritten_by_their_sum():
    actual, predicted = [["B-all", "B-b"]], [["B-all", "O"]]
    with pytest.raises(ValueError, match="No kind may be called 'all'"):
        span_scores(actual, predicted)
    assert span_f1(actual, predicted) == 2 / 3  # 2 · 1 right / (1 + 2)


def test_predictions_with_padding_or_without_a_sequence_are_refused():
    with pytest.raises(ValueError, match="Cut the padding off"):
        span_f1([["O"]], [["O", "O"]])
    with pytest.raises(ValueError, match="equally many sequences"):
        span_f1([["O"]], [])
