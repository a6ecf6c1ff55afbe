# SPDX-License-Identifier: Apache-2.0
"""The gradient derived by hand, against autodiff and finite differences."""

import numpy as np
import pytest

from tests.backend import (
    WIDEST,
    derivatives,
    scalar,
    tensorflow_only,
)
from tests.rows import (
    BATCH,
    FLOAT32,
    MASKS,
    OF_EACH_OWN_KIND,
    TIME,
    assert_close,
    each_own_kind,
    every_own_variant,
    random,
    random_sequences,
    random_states,
)
from tests.tiers import products

EVERYTHING = {"return_sequences": True, "return_state": True}
MASKED_DROPOUT = {
    "mask": MASKS["holes"],
    "training": True,
    "recurrent_dropout": 0.4,
    "zoneout": 0.2,
    "seed": 1,
}


@every_own_variant
def test_the_gradient_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant)


@products(mask=MASKS, variant=OF_EACH_OWN_KIND)
def test_the_masked_gradient_is_that_of_autodiff(variant, mask):
    assert_equals_autodiff(variant, mask=mask)


@each_own_kind
def test_the_gradient_of_the_last_output_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, return_sequences=False, return_state=False)


@each_own_kind
def test_the_gradient_without_a_bias_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, use_bias=False)


@each_own_kind
def test_the_gradient_of_a_single_step_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, time=1)


@each_own_kind
def test_the_gradient_backwards_in_time_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, go_backwards=True)


@each_own_kind
@pytest.mark.parametrize("seed", [1, 2])
def test_the_gradient_under_dropout_is_that_of_autodiff(variant, seed):
    """Both engines draw the same masks from the same seed."""
    assert_equals_autodiff(
        variant, training=True, dropout=0.3, recurrent_dropout=0.4, seed=seed
    )


@each_own_kind
def test_the_masked_gradient_under_dropout_is_that_of_autodiff(variant):
    assert_equals_autodiff(variant, **MASKED_DROPOUT)


@each_own_kind
def test_padding_changes_no_gradient(variant):
    """Needs no second engine: sequences padded behind a mask, and not."""
    layer = variant.random_layer(return_state=True)
    short, padding = 4, TIME - 4
    x = random_sequences()
    states = random_states(layer)
    plain = derivatives(layer, x[:, :short], states)
    for before, after in [(0, padding), (padding, 0), (1, padding - 1)]:
        pad = [(0, 0), (before, after)]
        padded = np.pad(x[:, :short], [*pad, (0, 0)], constant_values=9.0)
        mask = np.pad(np.ones((BATCH, short), dtype=bool), pad)
        masked = derivatives(layer, padded, states, mask=mask)
        d_padded = masked.gradients["sequences"]
        assert not d_padded[~mask].any()
        masked.gradients["sequences"] = d_padded[:, before : before + short]
        assert_close(masked.outputs, plain.outputs)
        assert_close(masked.gradients, plain.gradients)


@tensorflow_only  # float32 is too coarse to take differences in
@each_own_kind
def test_the_gradient_is_that_of_central_differences(variant):
    """One random direction a tensor, through all of its entries."""
    mask = MASKS["holes"]
    layer = variant.random_layer(dtype=WIDEST, engine="fused", **EVERYTHING)
    x = random(BATCH, TIME, 3)
    states = [random(BATCH, width, seed=2) for width in layer.state_size]
    gradients = derivatives(layer, x, states, mask=mask).gradients
    weights = [w.value.numpy() for w in layer.trainable_weights]
    values = [x, *states, *weights]

    def loss(values):
        x, *others = values
        layer.set_weights(others[len(states) :])
        initial_state = others[: len(states)]
        return float(scalar(layer(x, initial_state=initial_state, mask=mask)))

    # The error is of order step² (curvature) and rounding / step.
    step, tolerance = 1e-5, 1e-7
    for k, name in enumerate(gradients):
        direction = random(*values[k].shape, seed=3)
        ahead, behind = (
            loss([*values[:k], values[k] + change, *values[k + 1 :]])
            for change in (step * direction, -step * direction)
        )
        np.testing.assert_allclose(
            np.sum(gradients[name] * direction),
            (ahead - behind) / (2 * step),
            rtol=tolerance,
            atol=tolerance,
            err_msg=name,
        )


def assert_equals_autodiff(
    variant, mask=None, training=False, time=TIME, **arguments
):
    arguments = {**EVERYTHING, **arguments}
    arguments |= variant.dropping(arguments.pop("recurrent_dropout", 0.0))
    results = {}
    for engine in ("fused", "reference"):
        layer = variant.random_layer(engine=engine, **arguments)
        results[engine] = derivatives(
            layer,
            random_sequences(time=time),
            random_states(layer),
            mask=mask,
            training=training,
        )
    fused, reference = results["fused"], results["reference"]
    assert_close(fused.outputs, reference.outputs, FLOAT32)
    assert_close(fused.gradients, reference.gradients, FLOAT32)
