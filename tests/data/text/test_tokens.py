# SPDX-License-Identifier: Apache-2.0
from keras_rnn.data.text import UNITS, characters, words


def test_words_are_lower_case_and_punctuation_stands_alone():
    assert words("Book a flight, now!") == [
        "book",
        "a",
        "flight",
        ",",
        "now",
        "!",
    ]


def test_words_keep_apostrophes_digits_and_letters_of_any_alphabet():
    assert words("l’été isn't 2nd Ω") == ["l’été", "isn't", "2nd", "ω"]


def test_an_empty_text_has_no_tokens():
    assert all(split("") == [] for split in UNITS.values())


def test_characters_keep_case_and_spaces():
    assert characters("A b") == ["A", " ", "b"]


def test_space_trusts_the_tokens_of_a_corpus():
    assert UNITS["space"]("<unk> N\n u.s. ") == ["<unk>", "N", "u.s."]
