# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.data.text import pad

ROWS = [[5, 6, 7], [], [8]]


def test_zeros_fill_the_end_up_to_the_longest():
    padded = pad(ROWS)
    assert padded.ids.tolist() == [[5, 6, 7], [0, 0, 0], [8, 0, 0]]
    assert padded.ids.dtype == np.int32
    assert padded.lengths.tolist() == [3, 0, 1]


def test_the_mask_is_true_where_a_step_is_no_padding():
    assert pad(ROWS).mask.tolist() == [
        [True, True, True],
        [False, False, False],
        [True, False, False],
    ]


def test_a_given_length_is_kept_even_if_nothing_fills_it():
    assert pad(ROWS, length=5).ids.shape == (3, 5)
    assert pad([[]]).ids.tolist() == [[0]]  # a network needs one step


@pytest.mark.parametrize(("keep", "kept"), [("start", [5, 6]), ("end", [6, 7])])
def test_a_longer_sequence_keeps_what_is_asked(keep, kept):
    padded = pad(ROWS, length=2, keep=keep)
    assert padded.ids.tolist() == [kept, [0, 0], [8, 0]]
    assert padded.lengths.tolist() == [2, 0, 1]


def test_nothing_is_cut_off_silently():
    with pytest.raises(ValueError, match=r"Sequence 0 has 3 steps; length=2"):
        pad(ROWS, length=2)


def test_no_sequences_are_refused():
    with pytest.raises(ValueError, match="at least one sequence"):
        pad([])


@pytest.mark.parametrize(
    "wrong", [{"length": 0}, {"length": 2.0}, {"keep": "post"}]
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        pad(ROWS, **wrong)
