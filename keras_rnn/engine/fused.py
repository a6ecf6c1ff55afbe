# SPDX-License-Identifier: Apache-2.0
"""The fused engine: a whole sequence forward, its gradient derived by hand.

Forward, each step stores what the chain rule will need, already multiplied
out (the partials). Backward, a reverse step is a few products and one matrix
product; the gradients of all weights follow after the loop as single matrix
products over batch × time (Werbos 1990, Backpropagation through time).
"""

import functools

import keras
from keras import ops

from keras_rnn.engine import backend
from keras_rnn.engine.checkpoints import checkpointed
from keras_rnn.engine.eager_sizes import EagerSizes, cut, padded
from keras_rnn.engine.pre_activations import form
from keras_rnn.engine.sequence import Sequence


def run(
    equations,
    weights,
    extras,
    sequences,
    initial_states,
    mask=None,
    recurrent_mask=None,
    *,
    return_sequences=True,
    checkpoint_every="auto",
    training=False,
):
    """Runs the equations of a cell over sequences.

    Args:
        equations: `RecurrentCell.equations()` of a cell with a
            `step_gradient`.
        weights: Kernel, recurrent kernel and bias of the pre-activations.
        extras: Dict, name of an extra weight -> tensor.
        sequences: Tensor `(batch, time, features)`.
        initial_states: Tensors `(batch, width)`, one per state.
        mask: Optional boolean tensor `(batch, time)`; where it is False a
            step keeps the states.
        recurrent_mask: Optional tensor `(batch, width)`, the recurrent
            dropout: what the recurrent kernel sees is multiplied by it.
        return_sequences: Whether the outputs of all steps are wanted.
        checkpoint_every: Steps between two checkpoints, `"auto"`, or None to
            store every step.
        training: Whether a gradient is likely to follow.

    Returns:
        The first state at all steps `(batch, time, width)`, None unless it is
        wanted, and the tuple of states after the last step.
    """
    kernel, *_ = weights
    form_of_z = form(
        kernel.shape[0], training, save_memory=isinstance(checkpoint_every, int)
    )
    settings = (
        equations,
        tuple(extras),
        return_sequences,
        checkpoint_every,
        form_of_z,
    )
    tensors = (weights, extras)
    problem = (sequences, initial_states, mask, recurrent_mask)
    if backend.is_eager(sequences):
        size = tuple(sequences.shape[:2])
        run_as = _sizes(*settings, mask is None).run_as(size)
        if run_as != size:
            problem = padded(*problem, run_as)
            return cut(*_run(settings, tensors, *problem), size)
    return _run(settings, tensors, *problem)


@functools.lru_cache(maxsize=128)
def _sizes(*settings):
    """The sizes that cells with the same program were called with."""
    return EagerSizes()


def _run(
    settings, tensors, sequences, initial_states, mask=None, recurrent_mask=None
):
    given_dtype = keras.backend.standardize_dtype(sequences.dtype)
    dtype = backend.loop_dtype(given_dtype)
    options = {"mask": mask, "recurrent_mask": recurrent_mask}
    options = {k: v for k, v in options.items() if v is not None}
    equations, _, return_sequences, _, form_of_z = settings
    function = _sequence_function(tuple(options), *settings)
    sequences = form_of_z.without_masked(sequences, mask)
    weights, extras = tensors
    weights = [backend.as_tensor(v, dtype) for v in weights]
    extras = [backend.as_tensor(v, dtype) for v in extras.values()]
    batch = [
        backend.as_tensor(v, dtype)
        for v in (sequences, *initial_states, *options.values())
    ]
    parts = []
    for x, *rest in backend.batch_slices(batch, equations.units):
        x, of_loop = form_of_z.prepared(x, *weights)
        parts.append(function(x, *rest, *of_loop, *extras))
    results = tuple(
        ops.cast(ops.concatenate(v) if v[1:] else v[0], given_dtype)
        for v in zip(*parts, strict=True)
    )
    return (results[0], results[1:]) if return_sequences else (None, results)


@functools.lru_cache(maxsize=128)
def _sequence_function(
    options, cell, extras, return_sequences, checkpoint_every, form_of_z
):
    """One function, compiled once, for all cells with the same equations."""
    time_axis = form_of_z.time_axis

    def function(x, *tensors):
        tensors = iter(tensors)
        states = tuple(next(tensors) for _ in cell.states)
        given = {name: next(tensors) for name in options}
        weights = [next(tensors) for _ in range(form_of_z.num_weights)]
        sequence = Sequence(
            cell,
            form_of_z(*weights),
            {name: next(tensors) for name in extras},
            given.get("recurrent_mask"),
            return_sequences,
        )
        inputs = {"x": ops.moveaxis(x, time_axis, 0)}
        sequence = checkpointed(
            sequence, checkpoint_every, inputs["x"].shape[0]
        )
        if "mask" in given:
            valid = ops.transpose(given["mask"])[:, :, None]
            x = ops.where(valid > 0, inputs["x"], 0)
            inputs = {"x": x, "mask": valid}
        outputs, after, saved = sequence.forward(inputs, states)

        def gradient(saved, *d_results):
            d_outputs = None
            if return_sequences:
                d_outputs, *d_results = d_results
                d_outputs = _time_major(d_outputs)
            dx, d_states, d_weights = sequence.backward(
                inputs, states, saved, d_outputs, tuple(d_results)
            )
            d_given = (ops.zeros_like(v) for v in given.values())
            dx = ops.moveaxis(dx, 0, time_axis)
            return (dx, *d_states, *d_given, *d_weights)

        wanted = (_time_major(outputs),) if return_sequences else ()
        return (*wanted, *after), saved, gradient

    return backend.compiled(backend.with_gradient(function), time_axis)


def _time_major(v):
    """Swaps batch and time, either way."""
    return ops.transpose(v, (1, 0, 2))
