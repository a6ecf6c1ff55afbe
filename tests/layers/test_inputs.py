# SPDX-License-Identifier: Apache-2.0
"""What is fed to a layer: any number type, and the right states."""

import keras
import numpy as np
import pytest

from keras_rnn.layers import LSTM
from tests.rows import (
    BATCH,
    FEATURES,
    OF_EACH_OWN_KIND,
    TIME,
    UNITS,
    each_own_kind,
    random_sequences,
)
from tests.tiers import products

ENGINES = ["fused", "reference"]

both_engines = pytest.mark.parametrize("engine", ENGINES)


@products(
    engine=ENGINES,
    dtype=["int32", "float64", "float16"],
    variant=OF_EACH_OWN_KIND,
)
def test_inputs_are_cast_to_the_layers_dtype(variant, dtype, engine):
    layer = variant.random_layer(engine=engine)
    x = np.rint(random_sequences())
    y = layer(x.astype(dtype))
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    np.testing.assert_allclose(y, layer(x), rtol=1e-6)


@products(
    engine=ENGINES,
    change=["too many", "too few", "too wide"],
    variant=OF_EACH_OWN_KIND,
)
def test_wrong_initial_states_are_refused(variant, change, engine):
    layer = variant.random_layer(engine=engine)
    # As wide as the batch is long: nothing but the check would notice.
    states = [np.zeros((BATCH, width)) for width in layer.state_size]
    states = {
        "too many": [*states, states[0]],
        "too few": states[:-1] or [np.zeros((BATCH, UNITS + 3))],
        "too wide": [np.zeros((BATCH, UNITS + 5)) for _ in states],
    }[change]
    with pytest.raises(ValueError, match=r"has the states .* of widths"):
        layer(random_sequences(), initial_state=states)


@each_own_kind
def test_wrong_initial_states_are_refused_when_a_model_is_built(variant):
    layer = variant.layer()
    sequences, state = keras.Input((TIME, FEATURES)), keras.Input((UNITS + 5,))
    with pytest.raises(ValueError, match=r"has the states .* of widths"):
        layer(sequences, initial_state=[state for _ in layer.state_size])


@both_engines
@each_own_kind
def test_initial_states_of_another_batch_are_refused(variant, engine):
    layer = variant.random_layer(engine=engine)
    for batch in (1, BATCH + 1):
        states = [np.zeros((batch, width)) for width in layer.state_size]
        with pytest.raises(ValueError, match=r"one row per sequence: 5\. Rec"):
            layer(random_sequences(), initial_state=states)


@both_engines
@each_own_kind
def test_sequences_without_steps_are_refused(variant, engine):
    for layer in (variant.layer(engine=engine), variant.random_layer()):
        with pytest.raises(ValueError, match="at least one time step"):
            layer(random_sequences(time=0))


@products(engine=ENGINES, change=[-1, 1], variant=OF_EACH_OWN_KIND)
def test_other_features_than_before_are_refused(variant, engine, change):
    layer = variant.random_layer(engine=engine)
    x = np.ones((BATCH, TIME, FEATURES + change), "float32")
    with pytest.raises(ValueError, match=r"built for 3 features\. Rec"):
        layer(x)


def test_what_does_not_fit_is_refused_before_a_model_trains():
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, LSTM(UNITS)(inputs))
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="at least one time step"):
        model.fit(random_sequences(time=0), np.ones((BATCH, UNITS)), verbose=0)
    layer = model.layers[-1]
    with pytest.raises(ValueError, match="was built for 3 features"):
        layer(keras.Input((None, FEATURES + 1)))


def test_a_loaded_layer_knows_its_features(tmp_path):
    inputs = keras.Input((None, FEATURES))
    keras.Model(inputs, LSTM(UNITS)(inputs)).save(tmp_path / "model.keras")
    layer = keras.models.load_model(tmp_path / "model.keras").layers[-1]
    with pytest.raises(ValueError, match="was built for 3 features"):
        layer(np.ones((BATCH, TIME, FEATURES + 1), "float32"))
