# SPDX-License-Identifier: Apache-2.0
import pytest

from keras_rnn.data.text import Vocabulary

CORPUS = [["b", "a", "b"], ["c", "b", "a"], ["d"]]


def test_frequent_tokens_come_first_and_ties_in_alphabetic_order():
    assert Vocabulary.of(CORPUS).tokens == ("b", "a", "c", "d")


def test_the_first_token_has_id_2_because_0_pads_and_1_is_other():
    vocabulary = Vocabulary.of(CORPUS)
    assert vocabulary.encode(["b", "a", "never seen"]) == [2, 3, 1]
    assert len(vocabulary) == 2 + 4


def test_max_size_counts_padding_and_other():
    vocabulary = Vocabulary.of(CORPUS, max_size=4)
    assert vocabulary.tokens == ("b", "a")
    assert len(vocabulary) == 4


def test_tokens_seen_less_than_min_count_are_other():
    vocabulary = Vocabulary.of(CORPUS, min_count=2)
    assert vocabulary.encode(["a", "c"]) == [3, 1]


def test_the_mark_of_rare_words_in_a_corpus_is_the_other_token():
    vocabulary = Vocabulary.of([["<unk>", "a"]], other="<unk>")
    assert vocabulary.tokens == ("a",)
    assert vocabulary.encode(["<unk>", "a"]) == [1, 2]
    assert vocabulary.decode([1, 2]) == ["<unk>", "a"]


def test_decode_leaves_padding_out():
    assert Vocabulary(["a"]).decode([2, 1, 0, 0]) == ["a", "[other]"]


@pytest.mark.parametrize("wrong", [-1, 3])
def test_decode_refuses_ids_it_never_gave(wrong):
    with pytest.raises(ValueError, match="integers from 0 to 2"):
        Vocabulary(["a"]).decode([2, wrong])


def test_a_file_gives_the_same_vocabulary_back(tmp_path):
    vocabulary = Vocabulary(["\n", "été", " ", "#"], other="<unk>")
    vocabulary.save(tmp_path / "vocabulary.json")
    loaded = Vocabulary.load(tmp_path / "vocabulary.json")
    assert loaded.settings() == vocabulary.settings()
    assert loaded.encode(["été"]) == [3]


def test_tells_whether_it_holds_a_token():
    assert "a" in Vocabulary(["a"])
    assert "b" not in Vocabulary(["a"])


@pytest.mark.parametrize(
    ("tokens", "other", "error", "message"),
    [
        ("abc", "x", TypeError, "list of strings"),
        (["a", 3], "x", TypeError, "token"),
        (["a", "b", "a"], "x", ValueError, "'a' twice"),
        (["a", "x"], "x", ValueError, "'x' twice"),
    ],
)
def test_wrong_tokens_are_refused(tokens, other, error, message):
    with pytest.raises(error, match=message):
        Vocabulary(tokens, other=other)


def test_a_text_that_was_not_split_is_refused():
    with pytest.raises(TypeError, match="Split the texts first"):
        Vocabulary.of(["not split"])


def test_a_vocabulary_without_room_for_a_token_is_refused():
    with pytest.raises(ValueError, match="at least 3"):
        Vocabulary.of(CORPUS, max_size=2)
