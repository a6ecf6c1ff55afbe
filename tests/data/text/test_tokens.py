# SPDX-License-Identifier: Apache-2.0
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.data.text import UNITS, between_spaces, characters, words

# One word each, by script; escapes where marks would be hard to see.
WORDS = {
    "Devanagari": "हिन्दी",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Burmese": "မြန်မာ",
    "Thai": "กิน",
    "Hebrew with points": "שָׁלוֹם",
    "Hebrew abbreviation": "צה״ל",
    "Arabic with vowels": "مُحَمَّد",
    "Persian with a non-joiner": "می\u200c\u062e\u0648\u0627\u0647م",
    "soft hyphen": "co\u00adoperate",
    "byte order mark inside": "a\ufeffb",
    "tag characters": "a\U000e0061b",
    "decomposed": "cafe\u0301",
    "no composed form": "m\u0304m",
    "enclosed": "1\ufe0f\u20e3",
    "Catalan": "paral·lel",
}
SIGNS = {
    "variation": "❤\ufe0f",
    "family": "👩\u200d👩\u200d👧",
    "skin": "👍\U0001f3fd",
    "flag": "🇮🇹",
    "flag of tags": "🏴\U000e0067\U000e0062\U000e007f",
    "struck through": "=\u0338",
}


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


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS.keys())
def test_a_word_of_any_script_is_one_token(text):
    word = unicodedata.normalize("NFC", text)
    assert words(f"{text}, ({text})") == [word, ",", "(", word, ")"]


@pytest.mark.parametrize("text", SIGNS.values(), ids=SIGNS.keys())
def test_a_sign_and_what_stands_upon_it_are_one_token(text):
    sign = unicodedata.normalize("NFC", text)
    assert words(f"ab{text}ab.{text}") == ["ab", sign, "ab", ".", sign]


def test_lower_case_may_have_a_mark_that_capitals_have_not():
    assert words("İzmir") == ["i\u0307zmir"]


def test_composed_and_decomposed_letters_are_the_same():
    assert words("cafe\u0301 CAFE\u0301") == words("caf\u00e9 CAF\u00c9")


def test_a_byte_order_mark_before_a_text_belongs_to_no_word():
    assert words("\ufeffRain in Rome") == ["rain", "in", "rome"]


def test_a_space_of_no_width_separates_words():
    assert words("ภาษา\u200bไทย") == ["ภาษา", "ไทย"]


TEXTS = st.text(
    st.sampled_from(
        "aeΣİ1हि\u0301\u094d\u05b8'’!=❤🇮👩\ufe0f\u200d\u200c \u200b"
    )
    | st.characters()
)


def normal(text):
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    return unicodedata.normalize("NFC", text.lower())


def check_nothing_is_lost(text):
    assert "".join(words(text)) == re.sub(r"[\s\u200b]", "", normal(text))


def check_marks_stay_with_their_letters(text):
    for part in re.split(r"[\s\u200b]", normal(text)):
        begins = [unicodedata.category(word[0]) for word in words(part)[1:]]
        assert not {"Mn", "Mc", "Me"} & set(begins)


def check_words_of_words_are_the_same(text):
    once = words(text)
    assert words(" " + " ".join(once)) == once


CHECKS = [
    check_nothing_is_lost,
    check_marks_stay_with_their_letters,
    check_words_of_words_are_the_same,
]


@pytest.mark.parametrize("check", CHECKS)
@given(TEXTS)
def test_words_keep_combining_sequences_whole(check, text):
    check(text)


@pytest.mark.attack
@pytest.mark.parametrize("check", CHECKS)
@settings(max_examples=5_000)
@given(TEXTS)
def test_words_of_many_texts_keep_combining_sequences_whole(check, text):
    check(text)


def test_an_empty_text_has_no_tokens():
    assert all(split("") == [] for split in UNITS.values())


def test_characters_keep_case_and_spaces():
    assert characters("A b") == ["A", " ", "b"]


def test_space_trusts_the_tokens_of_a_corpus():
    assert UNITS["space"]("<unk> N\n u.s. ") == ["<unk>", "N", "u.s."]


NO_SEPARATORS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u202f\u3000\u200b"


@pytest.mark.parametrize("space", NO_SEPARATORS, ids=ascii)
def test_other_spaces_stay_inside_a_token_so_that_tags_do_not_shift(space):
    assert between_spaces(f"10{space}000 km\tor\r\nso\nfar") == [
        f"10{space}000",
        "km",
        "or",
        "so",
        "far",
    ]


@pytest.mark.parametrize("wrong", [None, b"a", 3, ["a"]], ids=repr)
@pytest.mark.parametrize("unit", UNITS)
def test_what_is_no_text_is_not_split(unit, wrong):
    with pytest.raises(TypeError, match="`text` must be of type str"):
        UNITS[unit](wrong)
