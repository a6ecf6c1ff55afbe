# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.data import Level, Windows

WINDOWS = Windows(lookback=2, horizon=2)


@pytest.fixture
def fitted():
    # Means 3 and 30, standard deviations 2 and 20.
    return Level().fit(np.array([[1.0, 10.0], [5.0, 50.0]]), WINDOWS)


def test_one_standardised_channel_per_target(fitted):
    # One window: the row before the lookback, then the lookback.
    levels = np.array([[[99.0, 99.0], [5.0, 10.0], [7.0, 30.0]]])
    (channel,) = fitted.channels(levels)
    assert channel.tolist() == [[[1.0, -1.0], [2.0, 0.0]]]
    assert fitted.channel_names(("a", "b")) == ("a", "b")


def test_targets_are_standardised_wherever_the_cutoff_is(fitted):
    levels = np.array([[[1.0, 50.0]]])
    for last in (np.zeros((1, 1, 2)), np.ones((1, 1, 2))):
        assert fitted.represent(levels, last).tolist() == [[[-1.0, 1.0]]]


def test_invert_undoes_represent(fitted):
    rng = np.random.default_rng(0)
    levels, last = rng.normal(size=(5, 2, 2)), rng.normal(size=(5, 1, 2))
    back = fitted.invert(fitted.represent(levels, last), last)
    np.testing.assert_allclose(back, levels, rtol=1e-13)
