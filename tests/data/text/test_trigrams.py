# SPDX-License-Identifier: Apache-2.0
import pytest

from keras_rnn.data.text import (
    Buckets,
    Vocabulary,
    letter_trigrams,
    trigram_counts,
    trigram_ids,
)


def test_both_ends_of_a_word_are_marked():
    # Huang et al. 2013, section 3.2: good -> #go, goo, ood, od#.
    assert letter_trigrams("good") == ["#go", "goo", "ood", "od#"]


def test_a_word_of_one_letter_is_one_trigram():
    assert letter_trigrams("a") == ["#a#"]


def test_counts_add_up_repeated_and_unseen_trigrams():
    vocabulary = Vocabulary(["ana", "#ba"])
    # banana: #ba, ban, ana, nan, ana, na#
    assert trigram_counts(["banana"], vocabulary).tolist() == [[0, 3, 2, 1]]


def test_similar_words_share_most_of_their_trigrams():
    seen = ["departure", "departures", "rome"]
    one, many, other = trigram_counts(seen, Buckets(5000))
    assert one @ many == 8  # all nine but the last, re#
    assert one @ other == 0


def test_ids_are_padded_to_the_longest_word():
    vocabulary = Vocabulary.of([letter_trigrams("at")])
    padded = trigram_ids(["cat", "at"], vocabulary)
    assert padded.ids.tolist() == [[1, 1, 3], [2, 3, 0]]
    assert padded.lengths.tolist() == [3, 2]


def test_a_word_longer_than_the_length_is_refused_unless_told():
    with pytest.raises(ValueError, match="6 steps; length=4"):
        trigram_ids(["banana"], Buckets(9), length=4)
    assert trigram_ids(["banana"], Buckets(9), 4, keep="start").ids.all()


@pytest.mark.parametrize(("word", "error"), [("", ValueError), (3, TypeError)])
def test_what_is_no_word_is_refused(word, error):
    with pytest.raises(error, match="word"):
        letter_trigrams(word)
