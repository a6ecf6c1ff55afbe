# SPDX-License-Identifier: Apache-2.0
"""engine="auto" takes the fused engine wherever that can run the layer."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.engine import cudnn, fused
from keras_rnn.layers import Elman, PeepholeLSTM
from tests.backend import BACKEND, derivatives
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    UNITS,
    assert_close,
    each_own_kind,
    random_sequences,
    randomized,
)


def cube(x):
    return x * ops.square(x)


UNKNOWN = [keras.activations.gelu, cube, lambda x: 0.5 * ops.tanh(x)]


@pytest.fixture
def fused_runs(monkeypatch):
    """A list that grows with every run of the fused engine."""
    runs, run = [], fused.run

    def noted(*arguments, **options):
        runs.append(1)
        return run(*arguments, **options)

    monkeypatch.setattr(fused, "run", noted)
    # Where there is a GPU it would come first.
    monkeypatch.setattr(cudnn, "run", lambda *arguments: None)
    return runs


@each_own_kind
def test_auto_is_fused_where_it_can_be(variant, fused_runs):
    x = random_sequences()
    outputs = {
        engine: np.array(variant.random_layer(engine=engine)(x))
        for engine in ("auto", "fused", "reference")
    }
    if variant.cell().parallel_on_cpu:
        assert len(fused_runs) == 1
    else:
        assert len(fused_runs) == 2
        np.testing.assert_array_equal(outputs["auto"], outputs["fused"])
    np.testing.assert_allclose(outputs["auto"], outputs["reference"], **FLOAT32)


@pytest.mark.parametrize("activation", UNKNOWN)
@pytest.mark.parametrize("layer_class", [Elman, PeepholeLSTM])
def test_an_unknown_activation_runs_on_the_reference_engine(
    layer_class, activation, fused_runs
):
    results = []
    for engine in ("auto", "reference"):
        layer = layer_class(UNITS, activation=activation, engine=engine)
        layer.build((BATCH, TIME, FEATURES))
        results.append(derivatives(randomized(layer), random_sequences()))
    auto, reference = results
    assert not fused_runs
    assert_close(auto.outputs, reference.outputs)
    assert_close(auto.gradients, reference.gradients)


def test_an_unrolled_layer_runs_on_the_reference_engine(fused_runs):
    Elman(UNITS, unroll=True)(random_sequences())
    assert not fused_runs


def test_an_unknown_read_out_activation_is_an_obstacle_as_well(fused_runs):
    layer = Elman(UNITS, output_activation="gelu")
    assert np.isfinite(np.array(layer(random_sequences()))).all()


def test_the_choice_is_made_again_when_a_layer_is_loaded(tmp_path, fused_runs):
    model = keras.Sequential(
        [keras.Input((TIME, FEATURES)), Elman(UNITS, activation="gelu")]
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = random_sequences()
    np.testing.assert_allclose(loaded(x), model(x), **FLOAT32)
    assert not fused_runs


@pytest.mark.skipif(BACKEND != "torch", reason="the choice on PyTorch")
def test_on_pytorch_a_layer_runs_the_plain_loop(fused_runs):
    Elman(UNITS)(random_sequences())
    assert not fused_runs
    with pytest.raises(ValueError, match="'torch' has no hand-written gradi"):
        Elman(UNITS, engine="fused")


def test_changing_weights_changes_the_result_of_a_compiled_program():
    layer = Elman(UNITS)
    layer.build((BATCH, TIME, FEATURES))
    x = random_sequences()
    first = np.array(randomized(layer, seed=1)(x))
    second = np.array(randomized(layer, seed=2)(x))
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(randomized(layer, seed=1)(x), first)


def test_layers_of_other_arguments_share_no_program():
    """Same class, same shapes, another activation."""
    x = random_sequences()
    outputs = []
    for activation in ("tanh", "relu"):
        layer = Elman(UNITS, activation=activation)
        layer.build((BATCH, TIME, FEATURES))
        outputs.append(np.array(randomized(layer)(x)))
    assert not np.allclose(*outputs)
