# SPDX-License-Identifier: Apache-2.0
"""The input part x W + b made before the loop: no number may tell."""

import pytest

from keras_rnn.engine import pre_activations
from keras_rnn.engine.fused import checkpoints
from keras_rnn.engine.pre_activations import FromInputPart, FromInputs, form
from keras_rnn.layers import CoupledGateLSTM
from tests.backend import (
    WIDEST,
    derivatives,
    fused_only,
    second_derivatives,
    tensorflow_only,
)
from tests.engine.test_batch_slices import UNITS, in_graph
from tests.layers.test_gradients import MASKED_DROPOUT, assert_equals_autodiff
from tests.layers.test_graphs import reference, results
from tests.rows import (
    FEATURES,
    FINEST,
    FLOAT32,
    MASKS,
    TIME,
    assert_close,
    each_own_kind,
    of_own_variants,
    random,
    random_sequences,
    random_states,
)

pytestmark = fused_only


@pytest.mark.parametrize(
    ("num_features", "training", "expected"),
    [
        (127, True, FromInputs),
        (128, True, FromInputPart),
        (511, False, FromInputs),
        (512, False, FromInputPart),
    ],
)
def test_many_features_are_multiplied_before_the_loop(
    num_features, training, expected
):
    assert form(num_features, training) is expected


def test_whoever_saves_memory_keeps_no_products_of_all_steps():
    assert form(1000, training=True, save_memory=True) is FromInputs


@pytest.fixture
def input_parts(monkeypatch):
    """The arguments of all calls of `input_part`."""
    calls, original = [], pre_activations.input_part

    def spy(*arguments):
        calls.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(pre_activations, "input_part", spy)
    return calls


@pytest.mark.parametrize(
    ("num_features", "call", "arguments", "expected"),
    [
        (128, {"training": True}, {}, 1),
        (128, {"training": False}, {}, 0),
        (512, {}, {}, 1),
        (512, {"training": True}, {"checkpoint_every": 2}, 0),
        (512, {"training": True}, {"checkpoint_every": None}, 1),
        (512, {"training": True}, {"engine": "reference"}, 0),
    ],
)
def test_a_layer_chooses(input_parts, num_features, call, arguments, expected):
    CoupledGateLSTM(2, **arguments)(random(2, 3, num_features), **call)
    assert len(input_parts) == expected


@pytest.fixture
def _all_are_many(monkeypatch, input_parts):
    monkeypatch.setattr(pre_activations, "MANY_IN_TRAINING", 1)
    monkeypatch.setattr(pre_activations, "MANY_IN_INFERENCE", 1)
    yield
    assert input_parts


all_are_many = pytest.mark.usefixtures("_all_are_many")


@all_are_many
@each_own_kind
def test_the_gradient_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant)


@all_are_many
@each_own_kind
def test_the_masked_gradient_under_dropout_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, **MASKED_DROPOUT, dropout=0.3)


# One row of each family: a read-out folded away, gates, peepholes.
of_each_family = of_own_variants(
    "jordan", "gru", "peephole_lstm-full", default="gru"
)


@all_are_many
@of_each_family
def test_checkpoints_change_nothing(variant, monkeypatch):
    monkeypatch.setattr(checkpoints, "SHORT", 1)  # "auto" keeps few states
    kept, forgotten = (
        derivatives(
            layer,
            random_sequences(),
            random_states(layer),
            mask=MASKS["holes"],
            training=True,
        )
        for layer in (
            variant.random_layer(return_sequences=True, checkpoint_every=k)
            for k in (None, "auto")
        )
    )
    assert_close(forgotten.outputs, kept.outputs, FLOAT32)
    assert_close(forgotten.gradients, kept.gradients, FLOAT32)


@all_are_many
@of_each_family
def test_a_gradient_penalty_has_the_gradient_of_the_reference(variant):
    fused, plain = (
        second_derivatives(
            variant.random_layer(engine=engine, dtype=WIDEST),
            random_sequences(),
            training=True,
        )
        for engine in ("fused", "reference")
    )
    assert_close(fused, plain, FINEST)


@tensorflow_only
@all_are_many
@pytest.mark.parametrize("mode", ["graph of unknown sizes", "XLA"])
@of_each_family
def test_graphs_give_the_numbers_of_the_reference(variant, mode):
    actual = results(variant, mode)
    for k, expected in enumerate(reference(str(variant))):
        assert_close({k: actual[k]}, {k: expected}, FINEST)


@tensorflow_only
@all_are_many
@pytest.mark.parametrize("static_batch", [True, False])
def test_both_parts_of_a_cut_batch_are_the_whole(static_batch, input_parts):
    fused, plain = (
        CoupledGateLSTM(UNITS, engine=engine, return_state=True)
        for engine in ("fused", "reference")
    )
    x = random(17, TIME, FEATURES)
    fused(x), plain(x)  # builds both
    input_parts.clear()
    plain.set_weights(fused.get_weights())
    assert_close(
        *(in_graph(layer, 17, static_batch) for layer in (fused, plain)),
        FLOAT32,
    )
    assert len(input_parts) == 2


@tensorflow_only
def test_the_number_of_features_is_that_of_the_kernel(input_parts):
    import tensorflow as tf

    layer = CoupledGateLSTM(2)
    x = random(2, 3, 130).astype("float32")
    expected = layer(x, training=True)
    anything = tf.TensorSpec((None, None, None), "float32")
    traced = tf.function(
        lambda x: layer(x, training=True), input_signature=[anything]
    )
    assert_close({"y": traced(x)}, {"y": expected}, FLOAT32)
    assert len(input_parts) == 2
