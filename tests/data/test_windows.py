# SPDX-License-Identifier: Apache-2.0
import pytest

from keras_rnn.data import Windows


def test_inputs_end_at_the_cutoff_and_targets_begin_after_it():
    windows = Windows(lookback=3, horizon=2)
    assert list(windows.input_rows(10)) == [8, 9, 10]
    assert list(windows.target_rows(10)) == [11, 12]


def test_the_gap_moves_the_targets_and_not_the_inputs():
    windows = Windows(lookback=3, horizon=2, gap=4)
    assert list(windows.input_rows(10)) == [8, 9, 10]
    assert list(windows.target_rows(10)) == [15, 16]


def test_the_first_cutoff_has_a_whole_lookback_behind_it():
    windows = Windows(lookback=3, horizon=2)
    assert windows.cutoffs(range(8)).tolist() == [2, 3, 4, 5]


def test_the_inputs_may_reach_back_before_the_targets_of_the_part():
    windows = Windows(lookback=3, horizon=2, gap=1)
    # Targets 10 and 11 with row 9 as the gap, up to targets 12 and 13.
    assert windows.cutoffs(range(10, 14)).tolist() == [8, 9, 10]


@pytest.mark.parametrize(
    ("stride", "cutoffs"),
    [(1, [2, 3, 4, 5, 6, 7]), (2, [3, 5, 7]), (3, [4, 7]), (9, [7])],
)
def test_a_stride_keeps_the_last_possible_window(stride, cutoffs):
    windows = Windows(lookback=3, horizon=2, stride=stride)
    assert windows.cutoffs(range(10)).tolist() == cutoffs


@pytest.mark.parametrize("name", ["lookback", "horizon", "stride"])
@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2"])
def test_lengths_must_be_positive_integers(name, value):
    lengths = {"lookback": 1, "horizon": 1, name: value}
    with pytest.raises(ValueError, match=f"`{name}` must be a positive int"):
        Windows(**lengths)


@pytest.mark.parametrize("gap", [-1, 0.5])
def test_the_gap_must_not_be_negative(gap):
    with pytest.raises(ValueError, match="`gap` must be an integer"):
        Windows(lookback=1, horizon=1, gap=gap)
