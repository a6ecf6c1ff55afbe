# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_rnn.data import Split, Windows

ONE_STEP = Windows(lookback=1, horizon=1)


def test_parts_follow_one_another_in_time():
    assert Split(validation=2, test=3).sections(10) == {
        "train": range(5),
        "validation": range(5, 7),
        "test": range(7, 10),
    }


@pytest.mark.parametrize(
    ("fraction", "rows", "expected"),
    [
        (0.2, 2284, 457),  # 456.8
        (0.25, 8, 2),
        (0.07, 100, 7),  # 7.000000000000001 in floats
        (0.1, 101, 11),
    ],
)
def test_fractions_are_rounded_up_to_whole_rows(fraction, rows, expected):
    sections = Split(validation=0, test=fraction).sections(rows)
    assert len(sections["test"]) == expected


@pytest.mark.parametrize("nothing", [0, 0.0])
def test_a_part_of_size_zero_does_not_exist(nothing):
    assert list(Split(validation=nothing, test=2).sections(9)) == [
        "train",
        "test",
    ]
    assert list(Split(validation=2, test=nothing).sections(9)) == [
        "train",
        "validation",
    ]


def test_20_percent_of_2284_rows_hold_406_windows_of_horizon_52():
    windows = Windows(lookback=104, horizon=52)
    cutoffs = Split(test=0.2).cutoffs(2284, windows)
    assert len(cutoffs["test"]) == 406


def test_purging_leaves_out_windows_between_train_and_validation():
    windows = Windows(lookback=1, horizon=3)
    split = Split(validation=4, test=4)  # train 0-7, validation 8-11
    cutoffs = split.cutoffs(16, windows)
    assert cutoffs["train"].tolist() == [0, 1, 2, 3, 4]  # last target 7
    assert cutoffs["validation"].tolist() == [7, 8]  # targets 8 to 11
    assert cutoffs["test"].tolist() == [11, 12]


def test_without_purging_they_are_training_windows():
    windows = Windows(lookback=1, horizon=3)
    split = Split(validation=4, test=4, purge=False)
    cutoffs = split.cutoffs(16, windows)
    # The targets of cutoff 6 are rows 7, 8 and 9.
    assert cutoffs["train"].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert cutoffs["validation"].tolist() == [7, 8]
    assert cutoffs["test"].tolist() == [11, 12]


def test_without_purging_no_training_target_is_a_test_target():
    split = Split(validation=0, test=4, purge=False)
    windows = Windows(lookback=1, horizon=3)
    assert split.cutoffs(12, windows)["train"].tolist() == [0, 1, 2, 3, 4]


def brute_force(rows, windows, validation, test, purge):
    """Every cutoff tried one by one: part -> cutoffs, all windows."""
    part_of = ["train"] * (rows - validation - test)
    part_of += ["validation"] * validation + ["test"] * test
    part_of += ["none"] * (windows.gap + windows.horizon)
    found = {"train": [], "validation": [], "test": []}
    for cutoff in range(rows):
        if cutoff + 1 < windows.lookback:
            continue
        targets = []
        for step in range(windows.horizon):
            targets.append(part_of[cutoff + windows.gap + 1 + step])
        if len(set(targets)) == 1 and targets[0] in found:
            found[targets[0]].append(cutoff)
        elif not purge and set(targets) == {"train", "validation"}:
            found["train"].append(cutoff)
    return found


def every_nth_from_the_end(cutoffs, stride):
    kept = []
    for distance, cutoff in enumerate(reversed(cutoffs)):
        if distance % stride == 0:
            kept.insert(0, cutoff)
    return kept


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Windows,
        lookback=st.integers(1, 6),
        horizon=st.integers(1, 6),
        gap=st.integers(0, 4),
        stride=st.integers(1, 5),
    ),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
)
def test_cutoffs_are_those_of_a_brute_force_loop(
    windows, spare, validation, test, purge
):
    validation = validation and validation + windows.horizon
    test = test and test + windows.horizon
    rows = windows.span + spare + validation + test
    split = Split(validation=validation, test=test, purge=purge)
    expected = brute_force(rows, windows, validation, test, purge)
    for name, cutoffs in split.cutoffs(rows, windows).items():
        kept = every_nth_from_the_end(expected.pop(name), windows.stride)
        assert cutoffs.tolist() == kept, name
    assert not any(expected.values())


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_too_short_for_the_horizon_is_refused(part):
    split = Split(**{"validation": 20, "test": 20, part: 9})
    message = (
        f"The {part} split has 9 rows; horizon=12 needs 12. "
        "Lower `horizon` or enlarge the split."
    )
    with pytest.raises(ValueError, match=message):
        split.cutoffs(100, Windows(lookback=3, horizon=12))


def test_a_part_of_one_horizon_has_one_window_whatever_the_gap():
    windows = Windows(lookback=3, horizon=12, gap=5)
    cutoffs = Split(validation=12, test=12).cutoffs(100, windows)
    assert cutoffs["validation"].tolist() == [70]  # gap 71-75, targets 76-87
    assert cutoffs["test"].tolist() == [82]  # gap 83-87, targets 88-99


def test_training_rows_must_hold_lookback_gap_and_horizon():
    split = Split(validation=0, test=1)
    windows = Windows(lookback=3, horizon=1, gap=2)
    assert split.cutoffs(7, windows)["train"].tolist() == [2]
    message = (
        "The train split has 5 rows; lookback=3, gap=2 and horizon=1 need 6."
    )
    with pytest.raises(ValueError, match=message):
        split.cutoffs(6, windows)


def test_parts_larger_than_the_frame_are_refused():
    with pytest.raises(ValueError, match=r"take 12 rows; the frame has 10"):
        Split(validation=6, test=6).cutoffs(10, ONE_STEP)


@pytest.mark.parametrize("size", [-1, -0.1, 1.5, "0.2", None, True])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_sizes_are_fractions_or_numbers_of_rows(part, size):
    with pytest.raises(ValueError, match=f"`{part}` must be"):
        Split(**{part: size})


def test_purge_is_true_or_false():
    with pytest.raises(ValueError, match="`purge` must be True or False"):
        Split(purge=1)
