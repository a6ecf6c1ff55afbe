# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.data import Change, Windows


def column(*levels):
    return np.array(levels, dtype=np.float64)[:, np.newaxis]


def test_scales_are_root_mean_square_changes():
    windows = Windows(lookback=3, horizon=2)
    # Changes over one row 3, -4, over two rows -1, over none 0.
    fitted = Change().fit(column(0, 3, -1), windows)
    one_row, two_rows = (9 + 16) / 2, 1
    assert fitted.change_scale == pytest.approx([one_row**0.5])
    assert fitted.lookback_scale == pytest.approx(
        [((0 + one_row + two_rows) / 3) ** 0.5]
    )
    assert fitted.horizon_scale == pytest.approx(
        np.sqrt([[one_row], [two_rows]])
    )


def test_the_gap_counts_into_the_horizon_scale():
    fitted = Change().fit(
        column(0, 1, 2, 3, 4, 5), Windows(lookback=1, horizon=2, gap=2)
    )
    # Steps 1 and 2 lie 3 and 4 rows after the cutoff.
    assert fitted.horizon_scale.tolist() == [[3.0], [4.0]]


def test_a_steady_climb_has_changes_of_one():
    fitted = Change().fit(
        column(0, 5, 10, 15, 20), Windows(lookback=2, horizon=2)
    )
    changes, _ = fitted.channels(np.array([[[30.0], [35.0], [40.0]]]))
    ahead = fitted.represent(np.array([[[45.0], [50.0]]]), np.array([[[40.0]]]))
    assert changes.tolist() == [[[1.0], [1.0]]]
    assert ahead.tolist() == [[[1.0], [1.0]]]


def test_the_channels_are_changes_and_distances_from_the_cutoff():
    windows = Windows(lookback=2, horizon=1)
    # Changes 2 and 2; the lookback holds distances 0 and 2: RMS √2.
    fitted = Change().fit(column(0, 2, 4), windows)
    changes, from_cutoff = fitted.channels(np.array([[[10.0], [14.0], [13.0]]]))
    assert changes.tolist() == [[[2.0], [-0.5]]]
    np.testing.assert_allclose(from_cutoff, [[[1 / 2**0.5], [0.0]]])


def test_each_target_has_its_own_scale_and_names():
    levels = np.array([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]])
    fitted = Change().fit(levels, Windows(lookback=1, horizon=1))
    assert fitted.change_scale.tolist() == [1.0, 10.0]
    assert fitted.channel_names(("a", "b")) == (
        "a_change",
        "b_change",
        "a_from_cutoff",
        "b_from_cutoff",
    )


def test_what_never_changes_has_scale_one():
    fitted = Change().fit(
        column(0.1, 0.1, 0.1, 0.1), Windows(lookback=2, horizon=2)
    )
    assert fitted.change_scale.tolist() == [1.0]
    assert fitted.lookback_scale.tolist() == [1.0]
    assert fitted.horizon_scale.tolist() == [[1.0], [1.0]]


def test_a_lookback_of_one_row_is_always_at_the_cutoff():
    fitted = Change().fit(column(0, 1, 3), Windows(lookback=1, horizon=1))
    _, from_cutoff = fitted.channels(np.array([[[3.0], [9.0]]]))
    assert fitted.lookback_scale.tolist() == [1.0]
    assert from_cutoff.tolist() == [[[0.0]]]


@given(
    arrays(np.float64, (8, 2), elements=st.floats(-1e6, 1e6)),
    arrays(np.float64, (3, 2, 2), elements=st.floats(-1e6, 1e6)),
    arrays(np.float64, (3, 1, 2), elements=st.floats(-1e6, 1e6)),
)
def test_invert_undoes_represent(training, levels, last):
    fitted = Change().fit(training, Windows(lookback=3, horizon=2))
    back = fitted.invert(fitted.represent(levels, last), last)
    np.testing.assert_allclose(back, levels, rtol=1e-9, atol=1e-8)
