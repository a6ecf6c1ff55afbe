# SPDX-License-Identifier: Apache-2.0
"""What only iterates like a list gets no ids, wherever it enters."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.data.text import (
    Buckets,
    TextEncoder,
    Vocabulary,
    next_tokens,
    pad,
    trigram_counts,
    trigram_ids,
)
from tests.backend import tensorflow_only

VOCABULARY = Vocabulary(["rain", "rome"])
OF_STRINGS = {
    "texts to fit": TextEncoder.fit,
    "texts to encode": TextEncoder(VOCABULARY),
    "texts to encode in buckets": TextEncoder(Buckets(5)),
    "tokens of a vocabulary": Vocabulary,
    "tokens to count": lambda tokens: Vocabulary.of([tokens]),
    "tokens to encode": VOCABULARY.encode,
    "tokens to hash": Buckets(5).encode,
    "words to count": lambda words: trigram_counts(words, Buckets(5)),
    "words to encode": lambda words: trigram_ids(words, Buckets(5)),
}
OF_IDS = {
    "a stream": lambda ids: next_tokens(ids, batch_size=1, length=1),
    "ids to decode": VOCABULARY.decode,
    "a sequence to pad": lambda ids: pad([ids]),
}
NO_LISTS = {
    "a string": "rain",
    "bytes": b"rain",
    "a dict": {"rain": 1, "rome": 2},
    "a set": {"rain", "rome"},
    "a frame": pd.DataFrame({"rain": ["rome"]}),
    "a column": np.array([["rain"], ["rome"]]),
    "no dimension": np.array("rain"),
    "a number": 3,
    "nothing": None,
}
NO_STRINGS = {
    "None": None,
    "NaN": float("nan"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "bytes": b"rome",
    "a number": 3,
    "a list": ["rome"],
}
LISTS = {
    "a tuple": tuple,
    "a generator": lambda strings: (string for string in strings),
    "a series": pd.Series,
    "an index": pd.Index,
    "an array": np.array,
    "an array of objects": lambda strings: np.array(strings, dtype=object),
    "the keys of a dict": lambda strings: dict.fromkeys(strings).keys(),
}


def every(cases):
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


@every(OF_STRINGS)
def test_strings_in_no_list_are_refused(case):
    for name, wrong in NO_LISTS.items():
        with pytest.raises(TypeError, match=r"must be a list .*Received: "):
            pytest.fail(f"{name} was taken: {case(wrong)}")


@every(OF_STRINGS)
def test_what_is_no_string_is_refused_where_it_stands(case):
    for name, wrong in NO_STRINGS.items():
        with pytest.raises(TypeError, match=r"must hold strings .*\[1\]="):
            pytest.fail(f"{name} was taken: {case(['rain', wrong])}")


def test_sequences_of_tokens_in_no_list_are_refused():
    for name, wrong in NO_LISTS.items():
        with pytest.raises(TypeError, match=r"`sequences.* must .*Received: "):
            pytest.fail(f"{name} was taken: {Vocabulary.of(wrong)}")


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=repr)
def test_a_missing_text_is_told_to_be_left_out(missing):
    with pytest.raises(TypeError, match="Leave it out"):
        TextEncoder.fit(pd.Series(["rain", missing], dtype=object))


@every(OF_STRINGS)
def test_every_kind_of_list_is_taken(case):
    for kind in LISTS.values():
        case(kind(["rain", "rome"]))


def test_tokens_of_equal_length_may_be_an_array():
    rows = np.array([["b", "a"], ["b", "b"]])
    assert Vocabulary.of(rows).tokens == ("b", "a")


@every(OF_IDS)
def test_ids_in_no_list_are_refused(case):
    for name, wrong in NO_LISTS.items():
        with pytest.raises(TypeError, match="must be a list of ids"):
            pytest.fail(f"{name} was taken: {case(wrong)}")


@pytest.mark.parametrize(
    "wrong",
    [1.5, 2.0, -1, True, None, float("nan"), "2", 2**31, 2**70, [2]],
    ids=str,
)
@every(OF_IDS)
def test_what_is_no_id_is_refused_where_it_stands(case, wrong):
    with pytest.raises(ValueError, match=r"must hold integers.*\[1\]="):
        case([1, wrong])


@pytest.mark.parametrize(
    "wrong",
    [
        np.array([1, -1]),
        np.array([1, 2**40]),
        np.array([1, 2**63], dtype=np.uint64),
        np.array([1.0, 2.0]),
        np.array([True, False]),
        np.array(["1", "2"]),
        pd.Series([1, None], dtype="Int64"),
    ],
    ids=lambda wrong: f"{wrong.dtype}",
)
@every(OF_IDS)
def test_arrays_of_no_ids_are_refused(case, wrong):
    with pytest.raises(ValueError, match=r"must hold integers .*Received: "):
        case(wrong)


@every(OF_IDS)
def test_every_kind_of_list_of_ids_is_taken(case):
    for kind in (tuple, iter, pd.Series, np.array):
        case(kind([3, 2, 1]))
    for dtype in (object, np.uint8):
        case(np.array([3, 2, 1], dtype=dtype))


@pytest.mark.parametrize(
    "wrong",
    [
        ["345"],
        "345",
        [b"345"],
        [3, 4],
        [{3: 4}],
        [{3, 4}],
        {3: [4]},
        [[[3]]],
        np.zeros((2, 2, 2), int),
        np.array([3, 4]),
        pd.DataFrame({"a": [3]}),
        None,
    ],
    ids=str,
)
def test_sequences_to_pad_are_lists_of_lists(wrong):
    with pytest.raises((TypeError, ValueError), match=r"`sequences.* must"):
        pad(wrong)


@tensorflow_only
def test_tensors_of_ids_are_padded():
    import tensorflow as tf

    assert pad(tf.constant([[5, 6]])).ids.tolist() == [[5, 6]]
    ragged = tf.ragged.constant([[5, 6], [7]])
    assert pad(ragged).ids.tolist() == [[5, 6], [7, 0]]


def test_a_table_of_ids_is_padded_row_by_row():
    assert pad(np.array([[5, 6], [7, 8]]), 3).ids.tolist() == [
        [5, 6, 0],
        [7, 8, 0],
    ]


def test_trigrams_need_a_vocabulary_of_their_own():
    for function in (trigram_counts, trigram_ids):
        with pytest.raises(TypeError, match="Vocabulary or Buckets"):
            function(["cat"], ["#ca", "cat", "at#"])
