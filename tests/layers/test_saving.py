# SPDX-License-Identifier: Apache-2.0
"""Every argument and every weight survives, and nothing else is needed."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS
from tests.layers import arguments
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    OWN_VARIANTS,
    TIME,
    each_own_kind,
    every_own_key,
    random_sequences,
    randomized,
)

LOAD_AND_PREDICT = """
import json, pathlib, sys
import keras_rnn
import keras, numpy as np

folder = pathlib.Path(sys.argv[1])
x = np.load(folder / "x.npy")
for path in sorted(folder.glob("*.keras")):
    model = keras.models.load_model(path)
    np.save(path.with_suffix(".npy"), keras.ops.convert_to_numpy(model(x)))
"""


def _classes(key):
    layer_class = LAYERS[key].layer
    return layer_class, layer_class.cell_class


def _as_json(thing):
    return json.dumps(
        keras.saving.serialize_keras_object(thing), sort_keys=True
    )


@every_own_key
def test_every_argument_is_in_the_config(key):
    for cls in _classes(key):
        values = arguments.unusual(cls)
        config = cls(**values).get_config()
        for name, value in values.items():
            written = keras.saving.deserialize_keras_object(config[name])
            read = keras.saving.deserialize_keras_object(
                keras.saving.serialize_keras_object(value)
            )
            if name.endswith("activation"):
                written = keras.activations.get(written)
                read = keras.activations.get(read)
            assert _comparable(written) == _comparable(read), name


@every_own_key
def test_every_argument_survives_its_config(key):
    for cls in _classes(key):
        values = arguments.unusual(cls)
        thing = cls(**values)
        revived = cls.from_config(thing.get_config())
        assert _as_json(revived) == _as_json(thing)
        for name in arguments.names(cls):
            assert _comparable(getattr(revived, name)) == _comparable(
                getattr(thing, name)
            ), name


@every_own_key
def test_a_config_is_plain_json(key):
    for cls in _classes(key):
        thing = cls(**arguments.unusual(cls))
        read = json.loads(_as_json(thing))
        revived = keras.saving.deserialize_keras_object(read)
        assert _as_json(revived) == _as_json(thing)


@every_own_key
def test_a_config_of_defaults_holds_the_defaults(key):
    for cls in _classes(key):
        thing = cls(3, name="thing")
        revived = cls.from_config(thing.get_config())
        assert _as_json(revived) == _as_json(thing)


@every_own_key
def test_every_argument_survives_save_and_load(key, tmp_path):
    layer_class, _ = _classes(key)
    values = arguments.unusual(layer_class)
    inputs = keras.Input(batch_shape=(BATCH, TIME, FEATURES))
    model = keras.Model(inputs, layer_class(**values)(inputs))
    x = random_sequences()
    expected = model.predict(x, verbose=0)
    for layer in model.layers[1:]:
        layer.reset_state()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    layer, saved = loaded.layers[1], model.layers[1]
    assert _as_json(layer) == _as_json(saved)
    assert layer.trainable_weights == []
    actual = loaded.predict(x, verbose=0)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@each_own_kind
def test_a_clone_computes_the_same(variant):
    model = _model(variant)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    x = random_sequences()
    np.testing.assert_array_equal(clone(x), model(x))
    assert _as_json(clone.layers[-1]) == _as_json(model.layers[-1])


@each_own_kind
def test_weights_alone_can_be_saved(variant, tmp_path):
    model, other = _model(variant), _model(variant, seed=1)
    x = random_sequences()
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(other(x), model(x))


def test_another_process_loads_every_layer_by_importing_keras_rnn(tmp_path):
    x = random_sequences()
    np.save(tmp_path / "x.npy", x)
    expected = {}
    variants = {variant.key: variant for variant in OWN_VARIANTS}
    for key, variant in variants.items():  # the last of each row
        model = _model(variant)
        model.save(tmp_path / f"{key}.keras")
        expected[key] = np.array(model(x))
    subprocess.run(
        [sys.executable, "-c", LOAD_AND_PREDICT, str(tmp_path)], check=True
    )
    for name, outputs in expected.items():
        np.testing.assert_allclose(
            np.load(tmp_path / f"{name}.npy"), outputs, **FLOAT32
        )


@pytest.mark.parametrize("name", ["layer", "cell"])
@every_own_key
def test_saved_names_are_those_of_the_package(key, name):
    """So that no program ever needs custom_objects."""
    cls = dict(zip(["layer", "cell"], _classes(key), strict=True))[name]
    registered = keras.saving.get_registered_name(cls)
    assert registered == f"keras_rnn>{cls.__name__}"


def _model(variant, seed=0):
    model = keras.Sequential(
        [keras.Input((TIME, FEATURES)), variant.layer(return_sequences=True)]
    )
    return randomized(model, seed)


def _comparable(value):
    """Keras's initializers and the like compare by their configs only."""
    if hasattr(value, "get_config"):
        return type(value), value.get_config()
    return value
