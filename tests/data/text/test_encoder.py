# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest

from keras_rnn.data.text import Buckets, TextEncoder, Vocabulary

TRAIN = ["Fly to Rome", "to Oslo, to Rome"]


def test_a_word_of_the_test_part_alone_is_other():
    encoder = TextEncoder.fit(TRAIN, unit="space")
    ids, lengths = encoder(["to Taipei"])
    assert ids.tolist() == [[encoder.vocabulary.encode(["to"])[0], 1]]
    assert lengths.tolist() == [2]


def test_fit_passes_the_limits_on_to_the_vocabulary():
    encoder = TextEncoder.fit(TRAIN, max_size=4, min_count=2)
    assert encoder.vocabulary.tokens == ("to", "rome")


def test_length_and_keep_rule_over_padding():
    encoder = TextEncoder.fit(TRAIN, length=2, keep="end")
    assert encoder.decode(encoder(["fly to rome"]).ids[0]) == "to rome"
    strict = TextEncoder.fit(TRAIN, length=2)
    with pytest.raises(ValueError, match="3 steps; length=2"):
        strict(["fly to rome"])


def test_characters_decode_to_the_very_text():
    encoder = TextEncoder.fit(TRAIN, unit="character")
    assert encoder.decode(encoder(["to Oslo,"]).ids[0]) == "to Oslo,"


@pytest.mark.parametrize(
    "vocabulary", [Buckets(50), Vocabulary(["to", "rome"], other="<unk>")]
)
def test_a_file_gives_the_same_encoder_back(vocabulary, tmp_path):
    encoder = TextEncoder(vocabulary, unit="word", length=4, keep="start")
    encoder.save(tmp_path / "encoder.json")
    loaded = TextEncoder.load(tmp_path / "encoder.json")
    assert (loaded.unit, loaded.length, loaded.keep) == ("word", 4, "start")
    assert loaded(TRAIN).ids.tolist() == encoder(TRAIN).ids.tolist()
    assert loaded.vocabulary.settings() == vocabulary.settings()


@pytest.mark.parametrize(
    ("unit", "text", "then", "now"),
    [
        ("word", "cafe\u0301 Rome", ["cafe", "\u0301", "rome"], 2),
        ("space", "10\u00a0000 Rome", ["10", "000", "Rome"], 2),
        ("character", "to", ["t", "o"], 2),
    ],
)
def test_an_encoder_of_0_1_goes_on_splitting_as_it_did(
    unit, text, then, now, tmp_path
):
    path = tmp_path / "encoder.json"
    path.write_text(  # as 0.1 wrote it
        json.dumps(
            {
                "unit": unit,
                "length": None,
                "keep": None,
                "vocabulary": {"tokens": then, "other": "[other]"},
            }
        ),
        encoding="utf-8",
    )
    old = TextEncoder.load(path)
    assert old.split(text) == then
    assert old([text]).ids.tolist() == [[k + 2 for k in range(len(then))]]
    assert len(TextEncoder.fit([text], unit=unit).split(text)) == now
    old.save(path)  # by this version
    assert TextEncoder.load(path).split(text) == then


def test_settings_that_numpy_counted_are_saved(tmp_path):
    encoder = TextEncoder(Buckets(np.int64(5)), length=np.int64(3), keep="end")
    encoder.save(tmp_path / "encoder.json")
    loaded = TextEncoder.load(tmp_path / "encoder.json")
    assert loaded == encoder


def test_buckets_cannot_be_decoded():
    with pytest.raises(ValueError, match="share an id"):
        TextEncoder(Buckets(5)).decode([1])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"unit": "words"}, "unit"),
        ({"keep": "pre"}, "keep"),
        ({"length": 0}, "length"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_counted(wrong, message):
    with pytest.raises(ValueError, match=message):
        TextEncoder.fit(iter(()), **wrong)


def test_a_single_string_is_refused_because_its_letters_would_be_texts():
    with pytest.raises(TypeError, match="Put it into a list"):
        TextEncoder.fit("to Rome")
    with pytest.raises(TypeError, match="Put it into a list"):
        TextEncoder.fit(TRAIN)("to Rome")


def test_a_list_is_no_vocabulary():
    with pytest.raises(TypeError, match=r"TextEncoder\.fit"):
        TextEncoder(["to", "rome"])
