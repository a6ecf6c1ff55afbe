# SPDX-License-Identifier: Apache-2.0
"""The gradients of a loss by the states of all steps, and by the weights."""

from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.diagnostics.gradients.step_jacobians import JoinedStep
from keras_rnn.diagnostics.recorded import Recorded
from keras_rnn.diagnostics.visiting import Reading, run_visiting
from keras_rnn.engine import gradients


def backpropagated(
    model: keras.Model, records: list[Recorded], x: Any, y: Any
) -> tuple[list[list[Array]], list[Array]]:
    """The gradients of the loss of a batch, as training computes it.

    Args:
        model: A compiled model.
        records: What `recorded` returns for `x`.
        x: Tensors, as the model takes them.
        y: Targets, tensors.

    Returns:
        For each recurrent layer, in the order of `records`, the gradient by
        each tensor that it returns to the rest of the model; and the gradient
        by each trainable variable.
    """
    zeros = [[ops.zeros_like(v) for v in r.outputs] for r in records]

    def loss(*changes: Tensor) -> Tensor:
        rest = list(changes)

        def visit(reading: Reading, outputs: Any) -> Any:
            return keras.tree.map_structure(lambda v: v + rest.pop(0), outputs)

        answers = run_visiting(model, x, visit)
        return model.compute_loss(x=x, y=y, y_pred=answers)

    flat = [v for of_layer in zeros for v in of_layer]
    _, by_outputs, by_weights = gradients(loss, flat, model.trainable_variables)
    found = [ops.convert_to_numpy(v) for v in by_outputs]
    of_layers = [[found.pop(0) for _ in of_layer] for of_layer in zeros]
    return of_layers, [ops.convert_to_numpy(v) for v in by_weights]


def adjoints(
    record: Recorded, states: list[Array], by_outputs: list[Array]
) -> Floats:
    """The total gradient of a loss by the states after each step.

    It has all paths: what the output of this step does above the layer, and
    what the states do at all later steps.

    Args:
        record: The layer and what it read.
        states: What `record.states()` returns.
        by_outputs: Gradients of the loss by what the layer returns: the
            outputs, then the last states if it returns them.

    Returns:
        Array `(batch, time, width of all)`, in the order in which the layer
        reads. At masked steps it is the gradient by the states they keep.
    """
    step = JoinedStep(record, states)
    after = np.concatenate([v[:, 1:] for v in states], axis=-1)
    batch, time, width = after.shape
    by_output, *by_last_states = by_outputs
    direct = np.zeros((batch, time, by_output.shape[-1]), np.float32)
    if record.layer.return_sequences:
        direct[:] = by_output
    else:
        direct[:, -1] = by_output
    if record.layer.zero_output_for_mask:
        direct[~record.mask] = 0
    later = np.zeros((batch, width), np.float32)
    if by_last_states:
        later = np.concatenate(by_last_states, axis=-1)
    repeated = np.zeros_like(direct[:, 0])
    found = np.empty((batch, time, width))
    for t in reversed(range(time)):
        valid = record.mask[:, t, None]
        # A masked step repeats the output of the valid step before it.
        shown = direct[:, t] + repeated
        repeated = np.where(valid, 0, shown)
        own = _by_state(record.layer.cell, states[0][:, t + 1], shown)
        total = later.copy()
        total[:, : own.shape[-1]] += np.where(valid, own, 0)
        found[:, t] = total
        before = step.backward(
            ops.convert_to_tensor(step.sequences[:, t]),
            ops.convert_to_tensor(step.before[:, t]),
            ops.convert_to_tensor(total),
        )
        later = np.where(valid, ops.convert_to_numpy(before), total)
    return found


def _by_state(cell, state, by_output) -> Array:
    """The gradient by the first state, of which the output is read."""
    read_out = getattr(cell, "read_out", None)
    if read_out is None:
        return by_output
    by_output = ops.convert_to_tensor(by_output, cell.compute_dtype)
    _, (found,), _ = gradients(
        lambda h: ops.sum(ops.cast(read_out(h), by_output.dtype) * by_output),
        [state],
    )
    return ops.convert_to_numpy(found)


def error_norms(
    record: Recorded, states: list[Array], found: Floats
) -> pd.DataFrame:
    """‖dL/ds‖₂ over units of each state: a row per state, sample and time."""
    sample, step = np.nonzero(record.mask)
    blocks = JoinedStep(record, states).blocks
    return pd.concat(
        pd.DataFrame(
            {
                "state": name,
                "sample": sample,
                "time": record.times[step],
                "norm": np.linalg.norm(found[sample, step, block], axis=-1),
            }
        )
        for name, block in zip(record.state_names, blocks, strict=True)
    ).set_index(["state", "sample", "time"])
