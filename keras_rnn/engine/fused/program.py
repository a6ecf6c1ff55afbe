# SPDX-License-Identifier: Apache-2.0
"""The program that runs a whole sequence forward, and its gradient.

Forward, each step stores the factors of the chain rule, already multiplied out
(the partials). Backward, a reverse step is a few products and one matrix
product. The gradients of all weights follow after the loop, as single matrix
products over batch × time (Werbos 1990, Backpropagation through time).
"""

import functools
from dataclasses import dataclass

import keras
from keras import ops

from keras_rnn.engine import backend
from keras_rnn.engine.batch import Batch, time_major
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.cells.equations import OverTime, Recurrence
from keras_rnn.engine.fused.checkpoints import Every, checkpointed
from keras_rnn.engine.fused.eager_sizes import EagerSizes, cut, padded
from keras_rnn.engine.fused.sequence import Sequence
from keras_rnn.engine.one_step import OneStep, split_columns
from keras_rnn.engine.pre_activations import FromInputPart, form

# The key of the one mask that is not a mask of each step.
_RECURRENT_MASK = ("recurrent_mask", "")


@dataclass(frozen=True)
class _Settings:
    """What a program is compiled for, beside shapes."""

    cell: CellContract
    extras: tuple[str, ...]
    return_sequences: bool
    checkpoint_every: Every
    form_of_z: type[FromInputPart]


def run(
    recurrence: Recurrence,
    batch: Batch,
    *,
    return_sequences: bool = True,
    checkpoint_every: Every = "auto",
    training: bool = False,
) -> OverTime:
    """Runs the equations of a cell over sequences.

    Args:
        recurrence: The equations of a cell with a `step_gradient`, and its
            weights.
        batch: Sequences, initial states and masks.
        return_sequences: Whether to return the first state at all steps.
        checkpoint_every: Steps between two checkpoints, `"auto"`, or None to
            store every step.
        training: Whether a gradient is likely to follow.

    Returns:
        The first state at all steps `(batch, time, width)`, None without
        `return_sequences`, and the tuple of states after the last step.
    """
    kernel, *_ = recurrence.weights
    settings = _Settings(
        recurrence.equations,
        tuple(recurrence.extras),
        return_sequences,
        checkpoint_every,
        form(
            kernel.shape[0],
            training,
            save_memory=isinstance(checkpoint_every, int),
        ),
    )
    if backend.is_eager(batch.sequences):
        size = tuple(batch.sequences.shape[:2])
        run_as = _sizes(settings, batch.mask is None).run_as(size)
        if run_as != size:
            padding = padded(batch, run_as)
            return cut(*_run(settings, recurrence, padding), size)
    return _run(settings, recurrence, batch)


@functools.lru_cache(maxsize=128)
def _sizes(*settings):
    """The sizes that cells with the same program were called with."""
    return EagerSizes()


def _run(settings, recurrence, batch):
    dtype_of_call = keras.backend.standardize_dtype(batch.sequences.dtype)
    dtype = backend.loop_dtype(dtype_of_call)
    form_of_z = settings.form_of_z
    before = form_of_z.before_the_loop
    x = batch.without_masked() if before else batch.sequences
    x, columns = split_columns(settings.cell, x)
    optional = {
        **{("columns", name): v for name, v in columns.items()},
        **{("masks", name): v for name, v in batch.per_step().items()},
    }
    if batch.recurrent_mask is not None:
        optional[_RECURRENT_MASK] = batch.recurrent_mask
    function = _sequence_function(tuple(optional), settings)
    weights = [backend.as_tensor(v, dtype) for v in recurrence.weights_of_z()]
    extras = [backend.as_tensor(v, dtype) for v in recurrence.extras.values()]
    of_batch = [
        backend.as_tensor(v, dtype)
        for v in (x, *batch.states, *optional.values())
    ]
    slices = []
    for x, *rest in backend.batch_slices(of_batch, settings.cell.units):
        x, weights_in_loop = form_of_z.prepared(x, *weights)
        slices.append(function(x, *rest, *weights_in_loop, *extras))
    results = tuple(
        ops.cast(ops.concatenate(v) if v[1:] else v[0], dtype_of_call)
        for v in zip(*slices, strict=True)
    )
    if settings.return_sequences:
        return results[0], results[1:]
    return None, results


@functools.lru_cache(maxsize=128)
def _sequence_function(names, settings):
    """One function, compiled once, for all cells with the same equations.

    It takes a flat list of tensors, because gradients come back as one.
    """
    cell, time_axis = settings.cell, settings.form_of_z.time_axis

    def function(x, *tensors):
        tensors = iter(tensors)
        states = tuple(next(tensors) for _ in cell.states)
        optional = {key: next(tensors) for key in names}
        *weights, extras = _weights_and_extras(list(tensors), settings.extras)
        one_step = OneStep(
            cell,
            settings.form_of_z(cell, *weights),
            extras,
            optional.get(_RECURRENT_MASK),
            slopes=True,
        )
        inputs = {
            "x": ops.moveaxis(x, time_axis, 0),
            "columns": _time_major(optional, "columns"),
            "masks": _time_major(optional, "masks"),
        }
        sequence = checkpointed(
            Sequence(one_step, settings.return_sequences),
            settings.checkpoint_every,
            inputs["x"].shape[0],
        )
        if not settings.form_of_z.before_the_loop and "mask" in inputs["masks"]:
            valid = inputs["masks"]["mask"] > 0
            inputs["x"] = ops.where(valid, inputs["x"], 0)
        outputs, after, saved = sequence.forward(inputs, states)

        def gradient(saved, *d_results):
            d_outputs = None
            if settings.return_sequences:
                d_outputs, *d_results = d_results
                d_outputs = time_major(d_outputs)
            d_inputs, d_states, d_weights = sequence.backward(
                inputs, states, saved, d_outputs, tuple(d_results)
            )
            dx = ops.moveaxis(d_inputs.pop("x"), 0, time_axis)
            d_optional = [
                time_major(d_inputs[name])
                if group == "columns"
                else ops.zeros_like(v)
                for (group, name), v in optional.items()
            ]
            return (dx, *d_states, *d_optional, *d_weights)

        sequence_outputs = ()
        if settings.return_sequences:
            sequence_outputs = (time_major(outputs),)
        return (*sequence_outputs, *after), saved, gradient

    return backend.compiled(backend.with_gradient(function), time_axis)


def _weights_and_extras(tensors, names):
    """The weights of z, and the extra weights by name, which stand last."""
    count = len(tensors) - len(names)
    return *tensors[:count], dict(zip(names, tensors[count:], strict=True))


def _time_major(optional, group):
    return {k[1]: time_major(v) for k, v in optional.items() if k[0] == group}
