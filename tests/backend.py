# SPDX-License-Identifier: Apache-2.0
"""What differs between backends, for the tests: gradients and skips."""

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from keras import ops

BACKEND = keras.backend.backend()

tensorflow_only = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="compares with an op of TensorFlow"
)

jax_only = pytest.mark.skipif(
    BACKEND != "jax", reason="compares with a function of JAX"
)

fused_only = pytest.mark.skipif(
    BACKEND == "torch", reason="PyTorch runs the plain loop alone"
)


#: Keras computes in float64 on TensorFlow alone; elsewhere `ops.tanh` and
#: others return float32.
WIDEST = "float64" if BACKEND == "tensorflow" else "float32"


def forget_programs():
    """Frees what JAX has compiled; TensorFlow's programs are few."""
    if BACKEND == "jax":
        import jax

        jax.clear_caches()


def let_numpy_read_tensors():
    """Those of PyTorch, too, that carry a gradient: a test reads numbers."""
    if BACKEND == "torch":
        import torch

        def array(tensor, dtype=None, copy=None):
            tensor = tensor.detach().cpu()
            if tensor.dtype == torch.bfloat16:  # unknown to NumPy
                tensor = tensor.float()
            return np.array(tensor.numpy(), dtype=dtype, copy=copy)

        torch.Tensor.__array__ = array


def skip_what_cannot_be_fused(error):
    """Skips a test that asks for the fused engine where there is none."""
    if BACKEND == "torch" and "has no hand-written gradient" in str(error):
        pytest.skip("PyTorch runs the plain loop alone")


@dataclass
class Derivatives:
    """Outputs of a call, and gradients of one scalar made of all of them."""

    loss: float
    outputs: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]


def derivatives(layer, sequences, states=None, **call_arguments):
    """Calls a layer and differentiates Σ cos(n) · (its n-th output number).

    The weights cos(n) make every output count, and no two of them alike.

    Args:
        layer: A built layer.
        sequences: Array `(batch, time, features)`.
        states: Optional list of arrays, the initial states.
        **call_arguments: `mask`, `training` ...

    Returns:
        `Derivatives`; gradients by name: `sequences`, `state 0` ..., and the
        names of the trainable weights.
    """
    sequences = ops.convert_to_tensor(sequences, layer.compute_dtype)
    states = [
        ops.convert_to_tensor(v, layer.compute_dtype) for v in states or []
    ]
    differentiate = {
        "tensorflow": _by_tape,
        "jax": _by_jax,
        "torch": _by_torch,
    }[BACKEND]
    loss, outputs, gradients = differentiate(
        layer, sequences, states, call_arguments
    )
    names = [
        "sequences",
        *(f"state {k}" for k in range(len(states))),
        *(weight.name for weight in layer.trainable_weights),
    ]
    return Derivatives(
        float(_array(loss)),
        {f"output {k}": _array(v) for k, v in enumerate(outputs)},
        {
            name: _array(gradient)
            for name, gradient in zip(names, gradients, strict=True)
        },
    )


def second_derivatives(layer, sequences, **call_arguments):
    """Gradients of a gradient penalty: Σ (gradient of the sequences)².

    The first gradient is that of the sum of all squared outputs.

    Args:
        layer: A built layer.
        sequences: Array `(batch, time, features)`.
        **call_arguments: `mask`, `training` ...

    Returns:
        Dict of arrays: `sequences`, and the names of the trainable weights.
    """
    sequences = ops.convert_to_tensor(sequences, layer.compute_dtype)
    differentiate = {
        "tensorflow": second_by_tape,
        "jax": _second_by_jax,
    }[BACKEND]
    gradients = differentiate(layer, sequences, **call_arguments)
    names = ["sequences", *(weight.name for weight in layer.trainable_weights)]
    return {
        name: _array(gradient)
        for name, gradient in zip(names, gradients, strict=True)
    }


def as_list(outputs):
    """The outputs of a layer, be they one or many."""
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def scalar(outputs):
    """Σ cos(n) · (n-th number)."""
    total = 0.0
    for output in outputs:
        weights = np.cos(np.arange(np.prod(output.shape)))
        weights = weights.reshape(tuple(output.shape))
        # bfloat16 has eight bits, too few for a sum; and NumPy reads no scalar
        # of it.
        dtype = keras.backend.result_type(output.dtype, "float32")
        total = total + ops.sum(
            ops.cast(output, dtype) * ops.cast(weights, dtype)
        )
    return total


def _squares(outputs):
    return sum(ops.sum(ops.square(v)) for v in as_list(outputs))


def _array(tensor):
    return ops.convert_to_numpy(tensor).astype("float64")


def _by_tape(layer, sequences, states, call_arguments):
    import tensorflow as tf

    if states:
        call_arguments = {**call_arguments, "initial_state": states}
    with tf.GradientTape() as tape:
        tape.watch([sequences, *states])
        outputs = as_list(layer(sequences, **call_arguments))
        loss = scalar(outputs)
    weights = [w.value for w in layer.trainable_weights]
    gradients = tape.gradient(
        loss,
        [sequences, *states, *weights],
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )
    return loss, outputs, gradients


def _by_jax(layer, sequences, states, call_arguments):
    import jax

    def loss_of(sequences, states, weights):
        if states:
            call_arguments["initial_state"] = states
        outputs, _ = layer.stateless_call(
            weights,
            [v.value for v in layer.non_trainable_variables],
            sequences,
            **call_arguments,
        )
        outputs = as_list(outputs)
        return scalar(outputs), outputs

    (loss, outputs), gradients = jax.value_and_grad(
        loss_of, argnums=(0, 1, 2), has_aux=True
    )(sequences, states, [w.value for w in layer.trainable_weights])
    d_sequences, d_states, d_weights = gradients
    return loss, outputs, [d_sequences, *d_states, *d_weights]


def _by_torch(layer, sequences, states, call_arguments):
    import torch

    given = [v.clone().requires_grad_() for v in (sequences, *states)]
    if states:
        call_arguments = {**call_arguments, "initial_state": given[1:]}
    outputs = as_list(layer(given[0], **call_arguments))
    loss = scalar(outputs)
    gradients = torch.autograd.grad(
        loss,
        [*given, *(w.value for w in layer.trainable_weights)],
        materialize_grads=True,
    )
    return loss, outputs, gradients


def second_by_tape(layer, sequences, persistent=False, **call_arguments):
    """The gradients of `second_derivatives`, as a list of tensors."""
    import tensorflow as tf

    with tf.GradientTape() as outer:
        outer.watch(sequences)
        with tf.GradientTape(persistent=persistent) as inner:
            inner.watch(sequences)
            loss = _squares(layer(sequences, **call_arguments))
        penalty = _squares(inner.gradient(loss, sequences))
    weights = [w.value for w in layer.trainable_weights]
    return outer.gradient(
        penalty,
        [sequences, *weights],
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )


def _second_by_jax(layer, sequences, **call_arguments):
    import jax

    def loss_of(sequences, weights):
        others = [v.value for v in layer.non_trainable_variables]
        outputs, _ = layer.stateless_call(
            weights, others, sequences, **call_arguments
        )
        return _squares(outputs)

    def penalty_of(sequences, weights):
        return _squares(jax.grad(loss_of)(sequences, weights))

    weights = [w.value for w in layer.trainable_weights]
    d_sequences, d_weights = jax.grad(penalty_of, argnums=(0, 1))(
        sequences, weights
    )
    return [d_sequences, *d_weights]
