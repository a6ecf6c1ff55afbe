# SPDX-License-Identifier: Apache-2.0
"""The programs that are timed: a training step and a forward pass.

A training step is the forward pass, a loss (the sum of squares of the last
output) and the gradients of all weights, in a `tf.function`, under `jax.jit`,
or as PyTorch runs it. A program returns when its results are there.
"""

import keras
from keras import ops

STEP, FORWARD = "training step", "forward"

if keras.backend.backend() == "jax":
    import jax
else:
    import tensorflow as tf


def of_layer(layer, size, **call):
    """Programs of a Keras layer or model, on the backend that Keras runs on.

    Args:
        layer: A new layer.
        size: A `Size`.
        **call: Further arguments of its call, `mask`, say.

    Returns:
        Dict, `STEP` and `FORWARD` -> function without arguments.
    """
    x = ops.convert_to_tensor(size.sequences())
    layer.build(x.shape)
    on_backend = {"tensorflow": _on_tensorflow, "jax": _on_jax}
    return on_backend[keras.backend.backend()](layer, x, call)


def _loss(outputs):
    return ops.sum(ops.square(ops.cast(outputs, "float32")))


def _on_tensorflow(layer, x, call):
    weights = [variable.value for variable in layer.trainable_variables]

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = _loss(layer(x, training=True, **call))
        return tape.gradient(loss, weights)

    @tf.function
    def forward():
        return layer(x, training=False, **call)

    return {STEP: waiting(step), FORWARD: waiting(forward)}


def waiting(function):
    """A TensorFlow function that returns when a GPU, too, has finished."""

    def call():
        function()
        tf.test.experimental.sync_devices()

    return call


def _on_jax(layer, x, call):
    weights = [variable.value for variable in layer.trainable_variables]
    others = [variable.value for variable in layer.non_trainable_variables]

    def outputs(weights, x, training):
        return layer.stateless_call(
            weights, others, x, training=training, **call
        )[0]

    step = jax.jit(
        jax.value_and_grad(lambda weights, x: _loss(outputs(weights, x, True)))
    )
    forward = jax.jit(lambda weights, x: outputs(weights, x, False))
    return {
        STEP: lambda: jax.block_until_ready(step(weights, x)),
        FORWARD: lambda: jax.block_until_ready(forward(weights, x)),
    }


def of_torch(kind, size):
    """Programs of `torch.nn.LSTM` and its like."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    network = getattr(torch.nn, kind)(
        size.features, size.units, batch_first=True, device=device
    )
    x = torch.from_numpy(size.sequences()).to(device)

    def step():
        network.zero_grad()
        network(x)[0][:, -1].square().sum().backward()
        wait()

    def forward():
        with torch.no_grad():
            network(x)
        wait()

    return {STEP: step, FORWARD: forward}


def of_products(size):
    """The matrix products of an LSTM alone, three times those of forward."""
    shape = (size.batch, size.units + size.features)
    a = tf.random.normal(shape)
    m = tf.random.normal((shape[1], 4 * size.units))

    def products(times):
        @tf.function(jit_compile=True)
        def run():
            start = tf.zeros((size.batch, 4 * size.units))
            return tf.while_loop(
                lambda t, _: t < times,
                lambda t, h: (t + 1, tf.matmul(a + h[:, :1], m)),
                (0, start),
            )

        return waiting(run)

    return {STEP: products(3 * size.time), FORWARD: products(size.time)}
