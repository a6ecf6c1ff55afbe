# SPDX-License-Identifier: Apache-2.0
"""LAYERS, the table, and how a key gets into it."""

import keras
import pytest

from keras_rnn.layers import LAYERS, Elman, get, register
from tests.rows import FEATURES, TIME, UNITS, every_variant


@pytest.fixture
def table():
    """The table, whose new rows are forgotten after the test."""
    before = dict(LAYERS)
    yield LAYERS
    LAYERS.clear()
    LAYERS.update(before)


@every_variant
def test_every_key_gets_a_layer_that_takes_units_first(variant):
    layer = get(variant.key)(UNITS, **variant.arguments)
    assert isinstance(layer, keras.layers.RNN)
    shape = layer.compute_output_shape((None, TIME, FEATURES))
    width = variant.arguments.get("output_units", UNITS)
    assert shape == (None, variant.arguments.get("projection_units", width))


def test_variants_name_arguments_of_their_layer():
    for row in LAYERS.values():
        for arguments in row.variants.values():
            row.layer(UNITS, **arguments)


def test_an_unknown_key_names_the_known_ones_and_a_close_one():
    with pytest.raises(ValueError, match="Did you mean 'elman'") as error:
        get("ellman")
    message = str(error.value)
    assert all(repr(key) in message for key in LAYERS)
    assert "Received: key='ellman' (type str)." in message
    assert "keras_rnn.layers.register" in message


@pytest.mark.parametrize("key", [7, None, Elman, "?"])
def test_a_key_like_none_other_suggests_none(key):
    with pytest.raises(ValueError, match="must be one of") as error:
        get(key)
    assert "Did you mean" not in str(error.value)


def test_a_registered_layer_is_got_by_its_key(table):
    register("my_elman", Elman, wide={"output_units": 9})
    assert get("my_elman") is Elman
    assert table["my_elman"].variants == {"wide": {"output_units": 9}}


@pytest.mark.parametrize("key", ["keras_lstm", "elman"])
def test_a_taken_key_is_refused(table, key):
    before = dict(table)
    with pytest.raises(ValueError, match=r"is taken by .* another key"):
        register(key, Elman)
    assert table == before


@pytest.mark.parametrize("key", [7, None, Elman])
def test_a_key_that_is_no_string_is_refused(table, key):
    with pytest.raises(TypeError, match=r"`key` must be of type str\. Receiv"):
        register(key, Elman)


@pytest.mark.parametrize(
    "layer", [Elman(UNITS), Elman.cell_class, keras.layers.Dense, "elman"]
)
def test_what_is_no_recurrent_layer_class_is_refused(table, layer):
    with pytest.raises(TypeError, match=r"of keras\.layers\.RNN") as e:
        register("mine", layer)
    assert "Received: layer=" in str(e.value)
    assert "Pass the class, not an instance." in str(e.value)
