# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS
from keras_rnn.models import Stack

TIME, FEATURES = 5, 3


def model_of(stack, return_sequences=False):
    x = keras.Input((TIME, FEATURES))
    return keras.Model(x, stack(x, return_sequences=return_sequences))


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("key", LAYERS)
def test_every_key_becomes_its_layer(key):
    model = model_of(Stack(key, units=4))
    (layer,) = layers_of(model, keras.layers.RNN)
    assert type(layer) is LAYERS[key].layer
    assert model.output_shape == (None, 4)


def test_one_cell_and_several_units_make_several_layers():
    model = model_of(Stack("jordan", units=[6, 4]))
    assert [r.units for r in layers_of(model, keras.layers.RNN)] == [6, 4]


def test_several_cells_and_one_width_make_several_layers():
    model = model_of(Stack(["gru", "elman"], units=4))
    kinds = [type(r).__name__ for r in layers_of(model, keras.layers.RNN)]
    assert kinds == ["GRU", "Elman"]


def test_only_the_last_layer_drops_the_sequence():
    model = model_of(Stack("elman", units=[6, 4, 3]))
    layers = layers_of(model, keras.layers.RNN)
    assert [r.return_sequences for r in layers] == [True, True, False]


def test_sequences_come_out_on_request():
    model = model_of(Stack("elman", units=4), return_sequences=True)
    assert model.output_shape == (None, TIME, 4)


def test_bidirectional_layers_are_twice_as_wide():
    model = model_of(Stack("peephole_lstm", units=[6, 4], bidirectional=True))
    assert model.output_shape == (None, 8)
    assert len(layers_of(model, keras.layers.Bidirectional)) == 2


def test_dropout_and_recurrent_dropout_reach_their_layers():
    model = model_of(Stack("elman", 4, dropout=0.3, recurrent_dropout=0.2))
    (dropout,) = layers_of(model, keras.layers.Dropout)
    (recurrent,) = layers_of(model, keras.layers.RNN)
    assert (dropout.rate, recurrent.recurrent_dropout) == (0.3, 0.2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("layer", keras.layers.LayerNormalization),
        ("batch", keras.layers.BatchNormalization),
    ],
)
def test_normalization_follows_every_layer(name, kind):
    model = model_of(Stack("elman", units=[4, 4], normalization=name))
    assert len(layers_of(model, kind)) == 2


def test_options_reach_the_layer():
    model = model_of(Stack("peephole_lstm", 4, options={"peephole": "full"}))
    assert layers_of(model, keras.layers.RNN)[0].peephole == "full"


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_residual_stack_adds_what_each_layer_reads_to_what_it_says(
    bidirectional,
):
    model = model_of(
        Stack("simple_rnn", [4, 4], bidirectional=bidirectional, residual=True)
    )
    x = np.random.default_rng(0).normal(size=(2, TIME, FEATURES))
    kind = keras.layers.Bidirectional if bidirectional else keras.layers.RNN
    first, second = layers_of(model, kind)
    below = np.asarray(first(x))
    above = below + np.asarray(second(below))
    expected = above[:, -1]
    if bidirectional:  # the backward half ends at the first step
        expected = np.concatenate([above[:, -1, :4], above[:, 0, 4:]], axis=-1)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_never_changes_a_residual_stack(side, bidirectional):
    stack = Stack(
        "elman", [4, 4], bidirectional=bidirectional, residual=True,
        normalization="layer",
    )  # fmt: skip
    tokens = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(9, FEATURES, mask_zero=True)(tokens)
    model = keras.Model(tokens, stack(embedded))
    ids = np.array([[1, 2, 3]])
    pad = ((0, 0), (2, 0) if side == "left" else (0, 2))
    np.testing.assert_allclose(
        model(np.pad(ids, pad)), model(ids), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cell": "lsmt"}, "must be one of.*Did you mean 'lstm'"),
        ({"units": 3.5}, "`units` must be a positive integer"),
        ({"units": []}, "equally many layers"),
        ({"cell": ["gru", "lstm"], "units": [1, 2, 3]}, "equally many layers"),
        ({"dropout": 1.7}, "`dropout` must be a number from 0 to 1"),
        ({"recurrent_dropout": -1}, "`recurrent_dropout` must be a number"),
        ({"normalization": "group"}, "one of None, 'layer', 'batch'"),
        ({"bidirectional": 1}, "`bidirectional` must be True or False"),
        ({"options": {"peephole": "full"}}, "peephole"),
        ({"options": {"stateful": True}}, "the stack sets it itself"),
    ],
)  # fmt: skip
def test_what_cannot_be_honoured_is_refused_at_construction(settings, message):
    with pytest.raises(ValueError, match=message):
        Stack(**settings)


def test_options_other_than_a_dict_are_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"Use \{\} for none"):
        Stack(options=None)
