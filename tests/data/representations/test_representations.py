# SPDX-License-Identifier: Apache-2.0
"""What holds for every representation, and the arithmetic of the new ones."""

import re

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_rnn.data import (
    Change,
    Columns,
    Level,
    Log,
    SeasonalChange,
    Split,
    SquareRoot,
    WindowLevel,
    Windows,
    prepare,
)
from tests.data.representations.rows import each_representation

WINDOWS = Windows(lookback=4, horizon=3, gap=1)


def positive(*shape):
    return arrays(np.float64, shape, elements=st.floats(0.1, 1e4))


@each_representation
@settings(deadline=None, max_examples=50)
@given(
    training=positive(30, 2),
    lookback=positive(5, 4, 2),
    ahead=positive(5, 3, 2),
)
def test_invert_undoes_represent(representation, training, lookback, ahead):
    for bounds in (None, np.array([0, 12, 30])):
        fitted = representation.fit(training, WINDOWS, bounds)
        fitted = fitted.of(np.array([0, 1, 0, 1, 1]))
        steps = np.array(fitted.basis_steps(WINDOWS), dtype=int)
        basis = lookback[:, steps - 1]  # the cutoff, step 0, is row -1
        values = fitted.represent(ahead, basis)
        assert values.dtype == np.float64
        np.testing.assert_allclose(
            fitted.invert(values, basis), ahead, rtol=1e-7, atol=1e-7
        )


@each_representation
def test_tensors_give_what_arrays_give(representation):
    rng = np.random.default_rng(0)
    fitted = representation.fit(1 + rng.random((30, 2)), WINDOWS)
    past = 1 + rng.random((5, WINDOWS.lookback + fitted.reach, 2))
    ahead = 1 + rng.random((5, 3, 2))
    steps = np.array(fitted.basis_steps(WINDOWS), dtype=int)
    basis = past[:, steps - 1]
    pairs = [
        *zip(
            fitted.channels(past),
            fitted.channels(tf.constant(past)),
            strict=True,
        ),
        (
            fitted.represent(ahead, basis),
            fitted.represent(tf.constant(ahead), tf.constant(basis)),
        ),
    ]
    for array, tensor in pairs:
        assert tensor.dtype == tf.float64
        np.testing.assert_allclose(array, tensor, rtol=1e-12, atol=1e-12)


@each_representation
def test_no_forecast_is_relative_to_a_row_after_the_cutoff(representation):
    fitted = representation.fit(np.arange(1.0, 31)[:, np.newaxis], WINDOWS)
    steps = np.array(fitted.basis_steps(WINDOWS), dtype=int)
    assert (steps <= 0).all()
    assert (steps > -WINDOWS.lookback).all()


@each_representation
def test_every_channel_has_a_name(representation):
    levels = np.arange(1.0, 61).reshape(30, 2)
    fitted = representation.fit(levels, WINDOWS)
    names = fitted.channel_names(("a", "b"))
    past = np.ones((1, WINDOWS.lookback + fitted.reach, 2))
    assert len(set(names)) == len(names)
    assert len(names) == sum(c.shape[-1] for c in fitted.channels(past))


def test_a_seasonal_change_of_zero_is_the_seasonal_naive_forecast():
    frame = pd.DataFrame({"y": np.random.default_rng(0).random(60)})
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=7, horizon=9),
        split=Split(validation=0),
        representation=SeasonalChange(7),
    )
    inverted = data.latest.invert(np.zeros((1, 9, 1)))
    week = frame["y"].to_numpy()[-7:]
    assert inverted[0, :, 0].tolist() == [*week, *week[:2]]


def test_seasonal_changes_are_scaled_by_the_seasons_they_span():
    # Each season of 2 climbs by 3: 3 over one season, 6 over two.
    levels = np.array([0.0, 10, 3, 13, 6, 16, 9, 19])[:, np.newaxis]
    fitted = SeasonalChange(2).fit(levels, Windows(lookback=2, horizon=3))
    assert fitted.seasonal_scale.tolist() == [3.0]
    assert fitted.horizon_scale.tolist() == [[3.0], [3.0], [6.0]]


def test_the_seasonal_change_of_the_first_season_is_zero():
    frame = pd.DataFrame({"y": [0.0, 10, 3, 13, 6, 16, 9, 19, 12, 22]})
    data = prepare(
        frame,
        Columns("y"),
        Windows(lookback=3, horizon=1),
        representation=SeasonalChange(2),
    )
    inputs, _ = next(iter(data.train.dataset(batch_size=1)))
    assert inputs[0, :, 0].numpy().tolist() == [0.0, 0.0, 1.0]


def test_a_season_longer_than_the_lookback_is_refused():
    message = (
        "season=12 needs a lookback of at least 12 rows. Received: lookback=4."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        SeasonalChange(12).fit(np.ones((40, 1)), WINDOWS)


def test_a_window_level_has_mean_zero_and_deviation_one():
    fitted = WindowLevel().fit(np.array([[0.0], [1.0]]), WINDOWS)
    past = np.array([[[9.0], [100.0], [300.0], [100.0], [300.0]]])
    (channel,) = fitted.channels(past)
    assert channel.ravel().tolist() == [-1.0, 1.0, -1.0, 1.0]


def test_a_quiet_lookback_is_divided_by_the_smallest_scale():
    # The training rows have a standard deviation of 2.
    fitted = WindowLevel(smallest=0.1).fit(np.array([[1.0], [5.0]]), WINDOWS)
    quiet = np.full((1, 4, 1), 7.0)
    assert fitted.represent(np.array([[[8.0]]]), quiet).tolist() == [[[5.0]]]


def test_many_windows_are_inverted_in_turns(monkeypatch):
    frame = pd.DataFrame({"y": np.random.default_rng(0).random(60)})
    data = prepare(frame, Columns("y"), WINDOWS, representation=WindowLevel())
    predictions = np.ones((len(data.train), 3, 1))
    at_once = data.train.invert(predictions)
    monkeypatch.setattr("keras_rnn.data.series.WINDOWS_AT_ONCE", 7)
    np.testing.assert_array_equal(data.train.invert(predictions), at_once)


def test_channels_of_a_logarithm_say_so():
    fitted = Log(Change()).fit(np.array([[1.0], [2.0]] * 9), WINDOWS)
    assert fitted.channel_names(("y",)) == ("log_y_change", "log_y_from_cutoff")


@pytest.mark.parametrize(
    ("representation", "bad", "message"),
    [
        (Log(), 0.0, "Column 'y' is 0.0 at 2024-01-08; Log needs values above"),
        (Log(), -1.0, "Column 'y' is -1.0 at 2024-01-08; Log needs"),
        (SquareRoot(), -1.0, "is -1.0 at 2024-01-08; SquareRoot needs values"),
        (SquareRoot(Log()), 0.0, "is 0.0 at 2024-01-08; Log needs"),
    ],
)
def test_a_value_without_a_logarithm_or_root_is_named(
    representation, bad, message
):
    index = pd.date_range("2024-01-01", periods=60, freq="D")
    frame = pd.DataFrame({"y": 1.0}, index=index)
    frame.iloc[[7, 9], 0] = bad
    with pytest.raises(ValueError, match=re.escape(message)):
        prepare(frame, Columns("y"), WINDOWS, representation=representation)
    many = pd.concat([frame.assign(shop="a", y=1.0), frame.assign(shop="b")])
    with pytest.raises(ValueError, match="at 2024-01-08 of series 'b'"):
        prepare(
            many,
            Columns("y", series="shop"),
            WINDOWS,
            representation=representation,
        )


def test_a_square_root_below_zero_is_inverted_to_zero():
    fitted = SquareRoot().fit(np.array([[0.0], [4.0]]), WINDOWS)
    roots = np.array([[[-9.0], [2.0]]])  # in standard units: mean 1, scale 1
    assert fitted.invert(roots, np.empty(())).tolist() == [[[0.0], [9.0]]]


@pytest.mark.parametrize("curve", [Log, SquareRoot])
def test_a_curve_takes_a_representation(curve):
    with pytest.raises(TypeError, match="`inner` must be of type Represent"):
        curve(Change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Level(per_series=1),
        lambda: Change(per_series="yes"),
        lambda: SeasonalChange(0),
        lambda: SeasonalChange(3, per_series=None),
        lambda: WindowLevel(smallest=0),
    ],
)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(ValueError, match="must be"):
        make()
