# SPDX-License-Identifier: Apache-2.0
"""What is saved comes back the same, and no file is lost or half written."""

import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.data.text import (
    Buckets,
    TextEncoder,
    Vocabulary,
    letter_trigrams,
    trigram_counts,
)
from keras_rnn.data.text.tokens import ALL_UNITS

# Scraped texts hold any code point, halves of emoji included.
CHARACTERS = st.characters(categories=None) | st.sampled_from(
    "ab \u00a0\n'\"\\\0\ud83d\ude00\u0301\u200d"
)
TEXTS = st.lists(st.text(CHARACTERS, max_size=12), min_size=1, max_size=6)
GARBAGE = {
    "empty": b"",
    "spaces": b" \n",
    "cut off": b'{"format": 2, "unit": "word", "vocab',
    "binary": bytes(range(256)),
    "zip": b"PK\x03\x04" + bytes(30),
    "UTF-16": '{"tokens": [], "other": "x"}'.encode("utf-16"),
    "a list": b"[]",
    "a number": b"1e999",
    "nested": b"[" * 100_000,
    "digits": b"9" * 10_000,
    "other keys": b'{"words": []}',
    "no keys": b"{}",
    "no tokens": b'{"other": "x"}',
    "tokens of a dict": b'{"tokens": {"a": 1}, "other": "x"}',
    "tokens of numbers": b'{"tokens": [1, 2], "other": "x"}',
    "one token": b'{"tokens": "abc", "other": "x"}',
    "repeated": b'{"tokens": ["a", "a"], "other": "x"}',
    "no other": b'{"tokens": ["a"], "other": null}',
}
ENCODER = {"format": 2, "unit": "word", "length": None, "keep": None}
WRONG_ENCODERS = {
    "two vocabularies": {
        "vocabulary": {"tokens": [], "other": "x"},
        "buckets": {"num_buckets": 3},
    },
    "no vocabulary": {},
    "a list of tokens": {"vocabulary": ["a"]},
    "no bucket": {"buckets": {"num_buckets": 0}},
    "buckets of a kind": {"buckets": {"num_buckets": 3, "kind": 1}},
    "another unit": {"buckets": {"num_buckets": 3}, "unit": "syllable"},
    "a list of units": {"buckets": {"num_buckets": 3}, "unit": ["word"]},
    "half a length": {"buckets": {"num_buckets": 3}, "length": 0.5},
    "more": {"buckets": {"num_buckets": 3}, "more": 1},
}


def saved_and_loaded(encoder, folder):
    path = folder / "encoder.json"
    encoder.save(path)
    return TextEncoder.load(path)


def check_the_same_ids(texts, unit, folder):
    for encoder in (
        TextEncoder.fit(texts, unit=unit),
        TextEncoder(Buckets(50), unit=unit),
    ):
        loaded = saved_and_loaded(encoder, folder)
        assert loaded(texts).ids.tolist() == encoder(texts).ids.tolist()
        assert loaded.vocabulary.settings() == encoder.vocabulary.settings()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("texts")


@settings(max_examples=20)
@given(texts=TEXTS, unit=st.sampled_from(sorted(ALL_UNITS)))
def test_any_texts_have_the_same_ids_after_loading(texts, unit, folder):
    check_the_same_ids(texts, unit, folder)


@pytest.mark.attack
@settings(max_examples=2_000)
@given(texts=TEXTS, unit=st.sampled_from(sorted(ALL_UNITS)))
def test_many_texts_have_the_same_ids_after_loading(texts, unit, folder):
    check_the_same_ids(texts, unit, folder)


def test_halves_of_an_emoji_are_kept_apart_from_the_whole(folder):
    texts = ["\ud83d\ude00", "\N{GRINNING FACE}"]
    assert texts[0] != texts[1]
    encoder = TextEncoder.fit(texts, unit="space")
    assert encoder(texts).ids.tolist() == [[2], [3]]
    assert saved_and_loaded(encoder, folder)(texts).ids.tolist() == [[2], [3]]


def test_half_an_emoji_is_saved_among_words_and_trigrams(tmp_path):
    words = ["happy", "\ud83d"]
    vocabularies = {
        "words": Vocabulary(words),
        "trigrams": Vocabulary.of(map(letter_trigrams, words)),
    }
    for name, vocabulary in vocabularies.items():
        Vocabulary(["old"]).save(tmp_path / name)
        vocabulary.save(tmp_path / name)
        assert Vocabulary.load(tmp_path / name).tokens == vocabulary.tokens
    for trigrams in (vocabularies["trigrams"], Buckets(50)):
        assert trigram_counts(words, trigrams).sum(axis=1).tolist() == [5, 1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Vocabulary(["a"]), Vocabulary(["b"])),
        (TextEncoder(Vocabulary(["a"])), TextEncoder(Vocabulary(["b"]))),
        (TextEncoder(Buckets(2)), TextEncoder(Buckets(3))),
    ],
    ids=str,
)
def test_a_save_that_fails_leaves_the_old_file(old, new, tmp_path, monkeypatch):
    path = tmp_path / "saved.json"
    old.save(path)
    before = path.read_bytes()
    # The process dies just before the draft takes the place of the file.
    monkeypatch.setattr(os, "replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        new.save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["saved.json"]


def test_a_saved_file_is_as_readable_as_any_other(tmp_path):
    Vocabulary(["a"]).save(tmp_path / "saved.json")
    (tmp_path / "plain").write_text("")
    modes = {stat.S_IMODE(f.stat().st_mode) for f in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_link_goes_on_being_one(tmp_path):
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "v.json"
    link = tmp_path / "link.json"
    link.symlink_to(target)
    Vocabulary(["a"]).save(link)
    assert link.is_symlink()
    assert Vocabulary.load(target).tokens == ("a",)


@pytest.mark.parametrize("kind", [TextEncoder, Vocabulary])
@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_foreign_file_is_refused(kind, data, tmp_path):
    path = tmp_path / "saved.json"
    path.write_bytes(data)
    message = rf"saved\.json must be a file that {kind.__name__}\.save wrote"
    with pytest.raises(ValueError, match=message) as error:
        kind.load(path)
    assert f"Received: {len(data)} bytes (" in str(error.value)
    assert len(str(error.value).removeprefix(str(path))) < 400


@pytest.mark.parametrize(
    "wrong", WRONG_ENCODERS.values(), ids=WRONG_ENCODERS.keys()
)
def test_an_encoder_of_other_settings_is_refused(wrong, tmp_path):
    path = tmp_path / "saved.json"
    path.write_text(json.dumps(ENCODER | wrong))
    with pytest.raises(ValueError, match=r"TextEncoder\.save wrote"):
        TextEncoder.load(path)


def test_encoder_and_vocabulary_are_not_mistaken_for_each_other(tmp_path):
    path = tmp_path / "saved.json"
    Vocabulary(["a"]).save(path)
    with pytest.raises(ValueError, match=r"use Vocabulary\.load"):
        TextEncoder.load(path)
    TextEncoder(Vocabulary(["a"])).save(path)
    with pytest.raises(ValueError, match=r"use TextEncoder\.load"):
        Vocabulary.load(path)


@pytest.mark.parametrize("version", [3, "2", None, -1])
def test_a_file_of_a_later_version_is_refused(version, tmp_path):
    path = tmp_path / "saved.json"
    content = ENCODER | {"buckets": {"num_buckets": 3}, "format": version}
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"its format is .* reads up to 2"):
        TextEncoder.load(path)


def test_a_file_that_is_not_there_is_missed(tmp_path):
    with pytest.raises(FileNotFoundError):
        TextEncoder.load(tmp_path / "none")
