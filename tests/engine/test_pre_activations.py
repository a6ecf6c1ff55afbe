# SPDX-License-Identifier: Apache-2.0
"""The input part x W + b made before the loop: no number may tell."""

import pytest

from keras_rnn.engine import pre_activations
from keras_rnn.engine.pre_activations import FromInputPart, FromInputs, form
from tests.backend import (
    WIDEST,
    derivatives,
    second_derivatives,
    tensorflow_only,
)
from tests.layers.test_gradients import assert_equals_autodiff
from tests.layers.test_graphs import reference, results
from tests.rows import (
    FINEST,
    FLOAT32,
    MASKS,
    OWN_VARIANTS,
    assert_close,
    every_own_variant,
    random_sequences,
    random_states,
)


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


@pytest.fixture
def _all_are_many(monkeypatch):
    monkeypatch.setattr(pre_activations, "MANY_IN_TRAINING", 1)
    monkeypatch.setattr(pre_activations, "MANY_IN_INFERENCE", 1)


all_are_many = pytest.mark.usefixtures("_all_are_many")


@all_are_many
@every_own_variant
def test_the_gradient_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant)


@all_are_many
@every_own_variant
def test_the_masked_gradient_under_dropout_is_that_of_autodiff(variant):
    assert_equals_autodiff(
        variant,
        mask=MASKS["holes"],
        training=True,
        dropout=0.3,
        recurrent_dropout=0.4,
        seed=1,
    )


# One row of each family: a read-out folded away, gates, peepholes.
few_own_variants = pytest.mark.parametrize(
    "variant",
    [
        v
        for v in OWN_VARIANTS
        if str(v) in {"jordan", "fused_gru", "peephole_lstm-full"}
    ],
    ids=str,
)


@all_are_many
@few_own_variants
def test_checkpoints_change_nothing(variant):
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
            for k in (None, 3)
        )
    )
    assert_close(forgotten.outputs, kept.outputs, FLOAT32)
    assert_close(forgotten.gradients, kept.gradients, FLOAT32)


@all_are_many
@few_own_variants
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
@few_own_variants
def test_graphs_give_the_numbers_of_the_reference(variant, mode):
    actual = results(variant, mode)
    for k, expected in enumerate(reference(str(variant))):
        assert_close({k: actual[k]}, {k: expected}, FINEST)
