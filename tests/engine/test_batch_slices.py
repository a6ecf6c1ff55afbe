# SPDX-License-Identifier: Apache-2.0
"""In a graph a batch may be cut in two: nobody must be able to tell."""

import numpy as np
import pytest

from keras_rnn.engine.backend import batch_slices
from keras_rnn.layers import CoupledGateLSTM
from tests.backend import tensorflow_only
from tests.rows import FEATURES, TIME, assert_close, random, randomized

pytestmark = tensorflow_only

#: From here on a batch is cut; see `batch_slices`.
UNITS = 64


def in_graph(layer, batch, static_batch, **call_arguments):
    """Outputs and gradients of a call that is traced into a graph."""
    import tensorflow as tf

    x = tf.constant(random(batch, TIME, FEATURES), "float32")
    rows = batch if static_batch else None
    weights = [v.value for v in layer.trainable_weights]

    @tf.function(
        input_signature=[tf.TensorSpec((rows, TIME, FEATURES), "float32")]
    )
    def differentiate(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x, **call_arguments)
            loss = tf.add_n([tf.reduce_sum(tf.square(v)) for v in outputs])
        return [*outputs, *tape.gradient(loss, [x, *weights])]

    return {f"result {k}": v for k, v in enumerate(differentiate(x))}


@pytest.mark.parametrize("static_batch", [True, False])
@pytest.mark.parametrize("batch", [1, 2, 17, 64])
def test_both_parts_together_are_the_whole(batch, static_batch):
    mask = random(batch, TIME) > 0
    arguments = {
        "return_sequences": True,
        "return_state": True,
        "recurrent_dropout": 0.3,
        "seed": 1,
    }
    fused, reference = (
        CoupledGateLSTM(UNITS, engine=engine, **arguments)
        for engine in ("fused", "reference")
    )
    for layer in (fused, reference):
        layer.build((batch, TIME, FEATURES))
        randomized(layer)
        for weight in layer.trainable_weights:
            weight.assign(0.2 * weight)
    assert_close(
        *(
            in_graph(
                layer, batch, static_batch, mask=mask, training=True
            )
            for layer in (fused, reference)
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("batch", "units", "rows"),
    [
        (64, 64, [32, 32]),
        (9, 64, [4, 5]),
        (7, 512, [7]),
        (64, 32, [32, 32]),
        (63, 32, [63]),
        (64, 512, [32, 32]),
    ],
)
def test_a_batch_is_cut_where_that_pays(batch, units, rows):
    import tensorflow as tf

    seen = []

    @tf.function
    def trace(x):
        seen.extend(part[0].shape[0] for part in batch_slices([x], units))
        return x

    trace(tf.zeros((batch, TIME, FEATURES)))
    assert seen == rows


def test_an_eager_call_is_never_cut():
    x = np.zeros((64, TIME, FEATURES), "float32")
    assert len(batch_slices([x], UNITS)) == 1
