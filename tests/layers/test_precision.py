# SPDX-License-Identifier: Apache-2.0
"""Every layer under every dtype policy."""

import keras
import numpy as np
import pytest

from tests.backend import WIDEST, derivatives
from tests.rows import (
    MASKS,
    each_own_kind,
    random_sequences,
    random_states,
)

# Half precision: some dozen roundings by the spacing of numbers around 1, a
# thousandth in float16, a hundredth in bfloat16.
TOLERANCES = {"mixed_float16": 2e-2, "mixed_bfloat16": 2e-1, WIDEST: 1e-4}
every_policy = pytest.mark.parametrize("policy", TOLERANCES)


@every_policy
@each_own_kind
def test_numbers_are_those_of_float32(variant, policy):
    results = []
    for dtype in (policy, "float32"):
        layer = variant.random_layer(
            dtype=dtype, return_sequences=True, return_state=True
        )
        results.append(
            derivatives(
                layer,
                random_sequences(),
                random_states(layer),
                mask=MASKS["holes"],
            )
        )
    actual, expected = (r.outputs | r.gradients for r in results)
    for name, value in expected.items():
        scale = np.abs(value).max()
        error = np.abs(actual[name] - value).max()
        assert error <= TOLERANCES[policy] * scale, name


@every_policy
@each_own_kind
def test_outputs_have_the_compute_dtype_and_weights_the_other(variant, policy):
    layer = variant.random_layer(dtype=policy, return_state=True)
    policy = keras.dtype_policies.get(policy)
    outputs = layer(random_sequences())
    assert {keras.backend.standardize_dtype(v.dtype) for v in outputs} == {
        policy.compute_dtype
    }
    assert {w.dtype for w in layer.trainable_weights} == {policy.variable_dtype}
