# SPDX-License-Identifier: Apache-2.0
"""Gradients of gradients, and Jacobians, against the reference engine."""

import keras
import numpy as np
import pytest

from keras_rnn.layers import Elman
from tests.backend import (
    WIDEST,
    jax_only,
    second_by_tape,
    second_derivatives,
    tensorflow_only,
)
from tests.rows import (
    BATCH,
    FEATURES,
    FINEST,
    MASKS,
    TIME,
    UNITS,
    assert_close,
    of_own_variants,
    random_sequences,
    random_states,
    randomized,
)
from tests.tiers import mostly_slow

ENGINES = ("fused", "reference")
#: Kind of graph -> whether XLA compiles it, and the shape of its input.
GRAPHS = {
    "graph": (False, (BATCH, TIME, FEATURES)),
    "graph of any length": (False, (None, None, FEATURES)),
    "XLA": (True, (BATCH, TIME, FEATURES)),
}


# One row of each family: with a read-out in the step, gates, peepholes.
@of_own_variants(
    "jordan-read_out",
    "gru",
    "peephole_lstm-full",
    default="peephole_lstm-full",
)
def test_a_gradient_penalty_has_the_gradient_of_the_reference(variant):
    fused, reference = (
        second_derivatives(
            layer,
            random_sequences(),
            initial_state=random_states(layer),
            mask=MASKS["holes"],
            training=True,
        )
        for layer in (
            variant.random_layer(
                engine=engine,
                dtype=WIDEST,
                **variant.dropping(0.4),
                seed=1,
                return_state=True,
            )
            for engine in ENGINES
        )
    )
    assert_close(fused, reference, FINEST)


def layers(**arguments):
    """A layer for each engine, with the same weights."""
    built = [Elman(UNITS, engine=e, dtype=WIDEST, **arguments) for e in ENGINES]
    for layer in built:
        layer.build((BATCH, TIME, FEATURES))
        randomized(layer)
    return built


def assert_equal_lists(fused, reference):
    assert len(fused) == len(reference)
    for actual, expected in zip(fused, reference, strict=True):
        np.testing.assert_allclose(actual, expected, **FINEST)


@tensorflow_only
@pytest.mark.parametrize("mode", mostly_slow(GRAPHS, default=["graph"]))
def test_a_penalty_can_be_differentiated_in_a_graph(mode):
    jit_compile, shape = mode
    import tensorflow as tf

    def graph(layer):
        return tf.function(
            lambda x: second_by_tape(layer, x),
            input_signature=[tf.TensorSpec(shape, WIDEST)],
            jit_compile=jit_compile,
        )

    x = random_sequences().astype(WIDEST)
    assert_equal_lists(*(graph(layer)(x) for layer in layers()))


@pytest.mark.slow
@tensorflow_only
def test_a_third_derivative_is_that_of_the_reference():
    import tensorflow as tf

    def third(layer):
        x = tf.constant(random_sequences(), WIDEST)
        with tf.GradientTape() as tape:
            tape.watch(x)
            curvature = second_by_tape(layer, x)[0]
        return [tape.gradient(curvature, x)]

    assert_equal_lists(*(third(layer) for layer in layers()))


@tensorflow_only
def test_training_goes_on_after_a_second_derivative():
    """A program whose gradient was derived twice serves as before."""
    fused, reference = layers(return_sequences=True)
    x = keras.ops.convert_to_tensor(random_sequences(), WIDEST)
    for persistent in (True, False):
        assert_equal_lists(
            second_by_tape(fused, x, persistent),
            second_by_tape(reference, x, persistent),
        )
    before = np.array(fused(x))
    model = keras.Sequential([fused, keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(x, np.ones((BATCH, TIME, 1)), verbose=0)
    assert not np.allclose(fused(x), before)


@tensorflow_only
@pytest.mark.parametrize("vectorised", [True, False])
def test_a_jacobian_is_that_of_the_reference(vectorised):
    import tensorflow as tf

    def jacobians(layer):
        x = tf.constant(random_sequences(), WIDEST)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layer(x)
        return [
            tape.jacobian(y, x, experimental_use_pfor=vectorised),
            tape.batch_jacobian(y, x, experimental_use_pfor=vectorised),
        ]

    assert_equal_lists(*(jacobians(layer) for layer in layers()))


@tensorflow_only
def test_a_forward_derivative_is_that_of_the_reference():
    """Of the outputs, and of a gradient: a product with the Hessian."""
    import tensorflow as tf

    def forward(layer):
        x = tf.constant(random_sequences(), WIDEST)
        direction = tf.reverse(x, axis=[0])
        with tf.autodiff.ForwardAccumulator(x, direction) as accumulator:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = layer(x)
                loss = tf.reduce_sum(y**2)
            gradient = tape.gradient(loss, x)
        return [accumulator.jvp(y), accumulator.jvp(gradient)]

    assert_equal_lists(*(forward(layer) for layer in layers()))


@jax_only
@pytest.mark.parametrize("order", ["hessian", "jacrev"])
def test_derivatives_of_whole_tensors_are_those_of_the_reference(order):
    import jax

    def derivative(layer):
        weights = [v.value for v in layer.trainable_weights]
        others = [v.value for v in layer.non_trainable_variables]

        def loss(x):
            outputs, _ = layer.stateless_call(weights, others, x)
            return (outputs**2).sum()

        return [getattr(jax, order)(loss)(random_sequences(batch=2))]

    assert_equal_lists(*(derivative(layer) for layer in layers()))
