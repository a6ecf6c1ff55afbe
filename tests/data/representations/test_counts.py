# SPDX-License-Identifier: Apache-2.0
"""Counts leave as they are, and enter through their logarithm."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_rnn.data import (
    Change,
    Columns,
    Counts,
    Log,
    SeasonalChange,
    Windows,
    prepare,
)

WINDOWS = Windows(lookback=4, horizon=3)


def test_inputs_are_standardised_logarithms():
    levels = np.random.default_rng(0).poisson(9.0, (40, 2)).astype(float)
    fitted = Counts().fit(levels, WINDOWS)
    (channel,) = fitted.channels(levels[np.newaxis])
    logs = np.log(1 + levels)
    expected = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    np.testing.assert_allclose(channel[0], expected[1:])
    (tensor,) = fitted.channels(tf.constant(levels[np.newaxis]))
    np.testing.assert_allclose(tensor, channel)
    assert fitted.channel_names(("a", "b")) == ("log_a", "log_b")
    assert fitted.invert(fitted.represent(levels, None), None) is levels


@pytest.mark.parametrize("wrong", [-1.0, 2.5])
def test_what_is_no_count_is_named(wrong):
    frame = pd.DataFrame({"y": np.arange(40.0)})
    frame.iloc[7] = wrong
    with pytest.raises(ValueError, match=rf"'y' is {wrong} at 7; Counts"):
        prepare(frame, Columns("y"), WINDOWS, representation=Counts())


def test_a_line_across_a_hole_needs_no_whole_numbers():
    frame = pd.DataFrame({"y": np.arange(40.0)})
    frame.iloc[11] = 10
    data = prepare(
        frame.drop(10),
        Columns("y"),
        WINDOWS,
        representation=Counts(),
        gaps="interpolate",
    )
    assert data.series.lines[9:12, 0].tolist() == [9, 9.5, 10]
    known = ~np.isnan(data.train.actual)
    assert (data.train.actual[known] % 1 == 0).all()
    assert (~known).sum() == 3  # once at each step of the horizon


@pytest.mark.parametrize(
    "representation",
    [Change(), SeasonalChange(2), Log(SeasonalChange(2)), Counts()],
    ids=repr,
)
def test_for_fewer_steps_it_is_as_if_fitted_to_them(representation):
    levels = 1 + np.random.default_rng(0).poisson(9.0, (40, 1)).astype(float)
    values = np.ones((1, 2, 1))
    shorter = Windows(lookback=4, horizon=2)
    fitted = [
        representation.fit(levels, WINDOWS).for_horizon(2),
        representation.fit(levels, shorter),
    ]
    steps = np.array(fitted[0].basis_steps(shorter), dtype=int)
    basis = levels[np.newaxis, steps - 1]
    np.testing.assert_array_equal(*(f.invert(values, basis) for f in fitted))
