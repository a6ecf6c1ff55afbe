# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.data.text import Buckets, Vocabulary, read_vectors

VOCABULARY = Vocabulary(["dog", "cat", "eel"])
LINES = "cat 1.0 -2 3e-1\ndog 4 5 6\nfish 7 8 9\n"


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "vectors.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize("header", ["", "3 3\n"])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_rows_stand_at_the_ids_of_their_words(file, header, end):
    path = file(header + LINES.replace("\n", end))
    vectors = read_vectors(path, VOCABULARY, units=3)
    assert vectors.matrix.shape == (5, 3)
    assert vectors.matrix.dtype == np.float32
    assert vectors.matrix[2].tolist() == [4, 5, 6]
    np.testing.assert_allclose(vectors.matrix[3], [1.0, -2.0, 0.3])


def test_words_not_found_are_small_and_random_and_padding_is_zero(file):
    vectors = read_vectors(file(LINES), VOCABULARY)
    assert vectors.found.tolist() == [False, False, True, True, False]
    assert vectors.num_found == 2
    assert not vectors.matrix[0].any()
    for row in (1, 4):
        assert 0 < np.abs(vectors.matrix[row]).max() <= 0.05
    assert (vectors.matrix[1] != vectors.matrix[4]).all()
    assert repr(vectors) == "WordVectors(2 of 3 words found, 3 numbers each)"


def test_a_seed_gives_the_same_numbers_again(file):
    path = file(LINES)
    first, same, other = (
        read_vectors(path, VOCABULARY, seed=seed).matrix for seed in (0, 0, 1)
    )
    assert (first == same).all()
    assert (first != other).any()


def test_they_are_the_weights_of_an_embedding(file):
    vectors = read_vectors(file(LINES), VOCABULARY)
    embedding = keras.layers.Embedding(len(VOCABULARY), 3)
    embedding.build((None, None))
    embedding.set_weights([vectors.matrix])
    y = embedding(np.array([VOCABULARY.encode(["dog"])]))
    assert keras.ops.convert_to_numpy(y).tolist() == [[[4, 5, 6]]]


def test_the_first_of_two_vectors_of_a_word_counts(file):
    vectors = read_vectors(file("cat 1 2\ncat 3 4\n"), VOCABULARY)
    assert vectors.matrix[3].tolist() == [1, 2]


def test_words_with_spaces_or_broken_bytes_are_passed_over(file):
    # GloVe's 840B file has ". . ."; word2vec's own has broken UTF-8.
    path = file(b"cat 3 4\n. . . 1 2\n\xff\xfe 5 6\n")
    vectors = read_vectors(path, VOCABULARY, units=2)
    assert vectors.num_found == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cat 1 2 3\ndog 4 5\n", "Line 2 of .* 3 numbers.* Received: 2"),
        ("cat 1 2\ndog 4 5 6\n", "Line 2 of .* 2 numbers.* Received: 3"),
        ("2 3\ncat 1 2\n", "Line 2 of .* 3 numbers.* Received: 2"),
        ("cat 1 two\n", "Line 1 of .* hold numbers .*'two'"),
        ("cat\n", "at least 1 numbers per word. Received: 0"),
        ("cat 1_0 2\n", "Line 1 of .* hold numbers .*'1_0'"),
        ("cat \u0661 2\n", "Line 1 of .* hold numbers .*'\u0661'"),
        ('{"ape": [1, 2]}', r"Line 1 of .* hold numbers .*'\[1,'"),
        ("", "at least 1 of them. Received: 0 lines"),
        ("3 2\ncat 1 2\ndog 3 4\n", "3 of them. Received: 2 lines"),
        ("3 2\n", "3 of them. Received: 0 lines"),
    ],
)
def test_a_broken_file_is_refused(file, text, message):
    with pytest.raises(ValueError, match=message):
        read_vectors(file(text), VOCABULARY)


@pytest.mark.parametrize("header", ["", "3 3\n"])
def test_vectors_of_another_width_than_the_embedding_are_refused(file, header):
    with pytest.raises(ValueError, match=r"100 numbers per word. Received: 3"):
        read_vectors(file(header + LINES), VOCABULARY, units=100)


@pytest.mark.parametrize("header", ["", "2 2\n"])
def test_a_byte_order_mark_belongs_to_no_word(file, header):
    path = file("\ufeff" + header + "cat 1 2\ndog 3 4\n")
    vectors = read_vectors(path, VOCABULARY)
    assert vectors.matrix[2:4].tolist() == [[3, 4], [1, 2]]
    assert vectors.num_found == 2


@pytest.mark.parametrize(
    "wrong", ["nan", "NaN", "inf", "-inf", "1e999", "1e39", "-4e38", "1e-50"]
)
def test_what_float32_cannot_hold_is_refused(file, wrong):
    with pytest.raises(ValueError, match=f"Line 2 .* finite .*'{wrong}'"):
        read_vectors(file(f"cat 1 2\ndog 3 {wrong}\n"), VOCABULARY)


def test_numbers_at_the_edges_of_float32_are_read(file):
    path = file("cat 0 3.4e38\ndog -0.0 1e-40\n")
    matrix = read_vectors(path, VOCABULARY).matrix
    assert matrix[3].tolist() == [0, np.float32(3.4e38)]
    assert matrix[2, 1] > 0


def test_a_file_in_utf_16_is_refused(file):
    with pytest.raises(ValueError, match="in UTF-8"):
        read_vectors(file("cat 1 2\n".encode("utf-16")), VOCABULARY)


def test_buckets_have_no_words(file):
    with pytest.raises(TypeError, match="Buckets have no words"):
        read_vectors(file(LINES), Buckets(3))
