# SPDX-License-Identifier: Apache-2.0
"""Weights from and to Keras's own layers."""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.migration import from_keras, to_keras
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    UNITS,
    random_sequences,
    randomized,
)

every_layer = pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("LSTM", {}),
        ("LSTM", {"use_bias": False}),
        ("GRU", {}),
        ("GRU", {"reset_after": False}),
        ("SimpleRNN", {"activation": "relu"}),
    ],
)


def built(layer):
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


def pair(name, **arguments):
    """Our layer and Keras's, with different weights."""
    return tuple(
        built(getattr(package, name)(UNITS, **arguments))
        for package in (keras_rnn, keras.layers)
    )


def both_ways(name, **arguments):
    return tuple(
        built(
            keras.layers.Bidirectional(
                getattr(package, name)(UNITS, **arguments)
            )
        )
        for package in (keras_rnn, keras.layers)
    )


def assert_same(ours, theirs):
    x = random_sequences()
    np.testing.assert_allclose(ours(x), theirs(x), **FLOAT32)


@every_layer
def test_weights_move_from_keras_and_back(name, arguments):
    ours, theirs = pair(name, **arguments)
    from_keras(ours, theirs)
    assert_same(ours, theirs)
    built(ours)
    to_keras(ours, theirs)
    assert_same(ours, theirs)


def test_weights_move_from_lists_and_between_cells():
    ours, theirs = pair("GRU")
    from_keras(ours, theirs.get_weights())
    assert_same(ours, theirs)
    from_keras(ours.cell, built(theirs).cell)
    assert_same(ours, theirs)
    rnn = built(keras.layers.RNN(keras_rnn.GRUCell(UNITS)))
    from_keras(rnn, theirs)
    assert_same(rnn, theirs)


def test_weights_move_in_both_directions():
    ours, theirs = both_ways("LSTM")
    from_keras(ours, theirs)
    assert_same(ours, theirs)
    to_keras(built(ours), theirs)
    assert_same(ours, theirs)
    from_keras(ours, built(theirs).get_weights())
    assert_same(ours, theirs)


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("LSTM", "activation", "relu"),
        ("LSTM", "recurrent_activation", "hard_sigmoid"),
        ("LSTM", "use_bias", False),
        ("GRU", "reset_after", False),
        ("SimpleRNN", "units", UNITS + 1),
    ],
)
def test_arguments_that_change_the_equations_must_agree(name, argument, value):
    ours = built(getattr(keras_rnn, name)(UNITS))
    other = {"units": UNITS, argument: value}
    theirs = built(getattr(keras.layers, name)(**other))
    before = ours.get_weights()
    for move in (from_keras, to_keras):
        with pytest.raises(ValueError, match=f"the same `{argument}`"):
            move(ours, theirs)
    for weight, old in zip(ours.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_other_layers_are_refused():
    ours, theirs = pair("LSTM")

    class Subclass(keras.layers.LSTM):
        pass

    with pytest.raises(TypeError, match=r"`layer` must have .* of keras_rnn\."):
        from_keras(theirs, theirs)
    with pytest.raises(TypeError, match=r"`source` must have .* of keras\."):
        from_keras(ours, ours)
    with pytest.raises(TypeError, match=r"`layer` must have .* LSTMCell or G"):
        from_keras(built(keras_rnn.Elman(UNITS)), theirs)
    with pytest.raises(TypeError, match="LSTMCell for GRUCell"):
        from_keras(pair("GRU")[0], theirs)
    with pytest.raises(TypeError, match="both Bidirectional or neither"):
        from_keras(ours, both_ways("LSTM")[1])
    from_keras(ours, built(Subclass(UNITS)))  # its cell is Keras's own


def test_wrong_weights_are_refused_before_any_is_set():
    ours, theirs = pair("LSTM")
    before = ours.get_weights()
    kernel, recurrent_kernel, bias = theirs.get_weights()
    for wrong, message in [
        ([kernel], "must hold 3 arrays: kernel, recurrent_kernel, bias"),
        ([kernel, kernel, bias], "'recurrent_kernel' .* the shape"),
        ([kernel, recurrent_kernel, np.nan * bias], "finite numbers"),
        ([kernel, recurrent_kernel, ["x"] * len(bias)], "finite numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            from_keras(ours, wrong)
    for weight, old in zip(ours.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_a_layer_without_weights_is_refused():
    ours, theirs = pair("LSTM")
    with pytest.raises(ValueError, match="`layer` must have weights"):
        from_keras(keras_rnn.LSTM(UNITS), theirs)
    with pytest.raises(ValueError, match="`target` must have weights"):
        to_keras(ours, keras.layers.LSTM(UNITS))


def test_zoneout_is_refused():
    ours = built(keras_rnn.LSTM(UNITS, zoneout=0.1))
    with pytest.raises(ValueError, match="must have zoneout=None"):
        to_keras(ours, pair("LSTM")[1])
