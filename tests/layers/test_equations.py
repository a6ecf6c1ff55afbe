# SPDX-License-Identifier: Apache-2.0
"""The layers against the equations of the papers, in double precision."""

import numpy as np
import pytest
from keras import ops

from tests.backend import WIDEST
from tests.layers import oracles
from tests.rows import (
    BATCH,
    FINEST,
    MASKS,
    OF_EACH_OWN_KIND,
    TIME,
    each_own_kind,
    every_own_key,
    every_own_variant,
    random_sequences,
    random_states,
)
from tests.tiers import products

ENGINES = ["fused", "reference"]


@every_own_key
def test_every_own_row_has_an_oracle(key):
    assert key in oracles.ORACLES, (
        f"Write {key!r} into tests/layers/oracles, from its paper."
    )


@pytest.mark.parametrize("engine", ENGINES)
@every_own_variant
def test_both_engines_compute_what_the_oracle_does(variant, engine):
    _assert_equals_oracle(variant, None, engine)


@products(mask=MASKS, engine=ENGINES, variant=OF_EACH_OWN_KIND)
def test_both_engines_mask_as_the_oracle_does(variant, engine, mask):
    _assert_equals_oracle(variant, mask, engine)


@each_own_kind
def test_without_an_initial_state_the_states_start_at_zero(variant):
    layer = variant.random_layer(dtype=WIDEST, return_sequences=True)
    x = random_sequences()
    zeros = [np.zeros((BATCH, width)) for width in layer.state_size]
    outputs, _ = _by_oracle(variant, layer, x, zeros)
    actual = layer(x)
    assert tuple(actual.shape) == (BATCH, TIME, outputs.shape[-1])
    np.testing.assert_allclose(actual, outputs, **FINEST)


@each_own_kind
def test_without_a_bias_the_biases_are_zero(variant):
    with_bias = variant.random_layer(dtype=WIDEST)
    layer = variant.random_layer(dtype=WIDEST, use_bias=False)
    assert not [w.name for w in layer.weights if "bias" in w.name]
    x = random_sequences()
    states = random_states(layer)
    weights = {w.name: np.zeros(w.shape) for w in with_bias.weights}
    outputs, _ = _by_oracle(variant, layer, x, states, weights=weights)
    actual = layer(
        x,
        initial_state=states,
    )
    np.testing.assert_allclose(actual, outputs[:, -1], **FINEST)


def _assert_equals_oracle(variant, mask, engine):
    layer = variant.random_layer(
        dtype=WIDEST, engine=engine, return_sequences=True, return_state=True
    )
    x = random_sequences()
    states = random_states(layer)
    actual = layer(x, initial_state=states, mask=mask)
    outputs, last_states = _by_oracle(variant, layer, x, states, mask)
    for value, expected in zip(actual, [outputs, *last_states], strict=True):
        np.testing.assert_allclose(value, expected, **FINEST)


def _by_oracle(variant, layer, x, states, mask=None, weights=None):
    if variant.key not in oracles.ORACLES:
        pytest.skip("fails in test_every_own_row_has_an_oracle")
    named = {w.name: ops.convert_to_numpy(w) for w in layer.weights}
    psi = variant.arguments.get("output_activation", "linear")
    return oracles.run(
        oracles.ORACLES.get(str(variant), oracles.ORACLES[variant.key]),
        x,
        states,
        {**(weights or {}), **named},
        oracles.OUTPUT_ACTIVATIONS[psi],
        mask,
    )
