# SPDX-License-Identifier: Apache-2.0
"""Layers traced into graphs and by XLA, against the reference engine.

Eager calls, and graphs of known sizes, which run the same program, are
compared in test_gradients.py.
"""

import functools

import keras
import numpy as np

from tests.backend import tensorflow_only
from tests.layers.test_precision import TOLERANCES
from tests.rows import (
    BATCH,
    FEATURES,
    FINEST,
    MASKS,
    OF_EACH_OWN_KIND,
    OWN_VARIANTS,
    TIME,
    random_sequences,
    randomized,
)
from tests.tiers import mostly_slow, products

pytestmark = tensorflow_only

MODES = {
    "eager": None,
    "graph of known sizes": {"sizes": (BATCH, TIME), "jit_compile": False},
    "graph of unknown sizes": {"sizes": (None, None), "jit_compile": False},
    "XLA": {"sizes": (BATCH, TIME), "jit_compile": True},
}


def results(variant, mode, engine="auto", dtype="float64"):
    """Outputs and gradients, without a mask and with one, there and back."""
    import tensorflow as tf

    layer = variant.layer(engine=engine, return_sequences=True, dtype=dtype)
    layer = keras.layers.Bidirectional(layer, dtype=dtype)
    layer.build((BATCH, TIME, FEATURES))
    randomized(layer)
    weights = [v.value for v in layer.trainable_weights]
    x = tf.constant(random_sequences(), layer.compute_dtype)

    def differentiate(x, mask):
        computed = []
        for optional_mask in (None, mask):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = layer(x, mask=optional_mask)
                loss = tf.reduce_mean(y**2)
            computed += [y, *tape.gradient(loss, [x, *weights])]
        return computed

    if MODES[mode] is not None:
        sizes = MODES[mode]["sizes"]
        differentiate = tf.function(
            differentiate,
            input_signature=[
                tf.TensorSpec((*sizes, FEATURES), x.dtype),
                tf.TensorSpec(sizes, "bool"),
            ],
            jit_compile=MODES[mode]["jit_compile"],
        )
    return differentiate(x, MASKS["holes"])


@functools.cache
def reference(variant_name):
    (variant,) = (v for v in OWN_VARIANTS if str(v) == variant_name)
    return results(variant, "eager", engine="reference")


@products(
    mode=mostly_slow(["graph of unknown sizes", "XLA"], default=["XLA"]),
    variant=OF_EACH_OWN_KIND,
)
def test_numbers_are_those_of_the_reference_engine(variant, mode):
    actual = results(variant, mode)
    for value, expected in zip(actual, reference(str(variant)), strict=True):
        np.testing.assert_allclose(value, expected, **FINEST)


@products(
    policy=["mixed_float16", "mixed_bfloat16"],
    mode=mostly_slow(
        [mode for mode in MODES if mode != "eager"],
        default=["graph of unknown sizes"],
    ),
)
def test_mixed_precision_is_as_near_as_its_roundings(mode, policy):
    variant = next(v for v in OWN_VARIANTS if str(v) == "peephole_lstm-full")
    actual = results(variant, mode, dtype=policy)
    for value, expected in zip(actual, reference(str(variant)), strict=True):
        value, expected = np.float64(value), np.float64(expected)
        error = np.abs(value - expected).max()
        assert error <= TOLERANCES[policy] * np.abs(expected).max()
