# SPDX-License-Identifier: Apache-2.0
"""What is fed to a layer: any number type, and the right states."""

import keras
import numpy as np
import pytest

from tests.rows import (
    BATCH,
    FEATURES,
    TIME,
    UNITS,
    every_own_variant,
    random_sequences,
)

both_engines = pytest.mark.parametrize("engine", ["fused", "reference"])


@both_engines
@pytest.mark.parametrize("dtype", ["int32", "float64", "float16"])
@every_own_variant
def test_inputs_are_cast_to_the_layers_dtype(variant, dtype, engine):
    layer = variant.random_layer(engine=engine)
    x = np.rint(random_sequences())
    y = layer(x.astype(dtype))
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    np.testing.assert_allclose(y, layer(x), rtol=1e-6)


@both_engines
@pytest.mark.parametrize("change", ["too many", "too few", "too wide"])
@every_own_variant
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


@every_own_variant
def test_wrong_initial_states_are_refused_when_a_model_is_built(variant):
    layer = variant.layer()
    sequences, state = keras.Input((TIME, FEATURES)), keras.Input((UNITS + 5,))
    with pytest.raises(ValueError, match=r"has the states .* of widths"):
        layer(sequences, initial_state=[state for _ in layer.state_size])
