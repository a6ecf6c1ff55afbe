# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.metrics import spans, to_iob

# Scheme -> marks of the first, an inner, the last and a lone token of a span.
SCHEMES = {"IOB": "BIIB", "IOBES": "BIES", "BILOU": "BILU"}


def written(found, scheme):
    """Labels of spans, one after the other: `(kind or None, tokens)`."""
    first, inner, last, alone = SCHEMES[scheme]
    labels = []
    for kind, tokens in found:
        if kind is None:
            labels += ["O"] * tokens
        elif tokens == 1:
            labels.append(f"{alone}-{kind}")
        else:
            marks = [first, *inner * (tokens - 2), last]
            labels += [f"{mark}-{kind}" for mark in marks]
    return labels


def read(found):
    """The same spans as `spans` gives them."""
    result, position = [], 0
    for kind, tokens in found:
        if kind is not None:
            result.append((kind, position, position + tokens - 1))
        position += tokens
    return result


KINDS = st.sampled_from(["a", "b", "all", "from.city-name", "B-a", "O"])
SPANS = st.lists(
    st.tuples(st.none() | KINDS | st.text(min_size=1), st.integers(1, 4))
)


def check(found, scheme):
    labels = written(found, scheme)
    converted = to_iob(labels)
    assert converted == written(found, "IOB")
    assert to_iob(converted) == converted
    assert spans(converted) == read(found)


@given(SPANS, st.sampled_from(list(SCHEMES)))
def test_spans_are_the_same_in_every_scheme(found, scheme):
    check(found, scheme)


@pytest.mark.attack
@settings(max_examples=5_000)
@given(SPANS, st.sampled_from(list(SCHEMES)))
def test_many_spans_are_the_same_in_every_scheme(found, scheme):
    check(found, scheme)


# Labels as a network gives them, in no grammar; spans as seqeval's chunks.
@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("E-a O", [("a", 0, 0)]),
        ("O I-a E-a", [("a", 1, 2)]),
        ("B-a E-a I-a", [("a", 0, 1), ("a", 2, 2)]),
        ("B-a E-a E-a", [("a", 0, 1), ("a", 2, 2)]),
        ("S-a I-a E-b", [("a", 0, 0), ("a", 1, 1), ("b", 2, 2)]),
        ("U-a O L-a", [("a", 0, 0), ("a", 2, 2)]),
        ("B-a L-b L-a", [("a", 0, 0), ("b", 1, 1), ("a", 2, 2)]),
        ("B-a B-a", [("a", 0, 0), ("a", 1, 1)]),
    ],
)
def test_what_ends_a_span_lets_the_next_begin(labels, found):
    assert spans(to_iob(labels.split())) == found


@pytest.mark.parametrize(
    "wrong", ["city", "[PAD]", "M-a", "S-", "", "o", "s-a"]
)
def test_a_label_of_no_scheme_is_refused(wrong):
    with pytest.raises(ValueError, match="at position 1"):
        to_iob(["O", wrong])


def test_labels_of_two_schemes_at_once_are_refused():
    with pytest.raises(ValueError, match=r"one scheme.*marks B, L, S"):
        to_iob(["B-a", "L-a", "S-a"])
