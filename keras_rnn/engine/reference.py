# SPDX-License-Identifier: Apache-2.0
"""The reference engine: the plain loop, differentiated by autodiff.

It runs whatever the fused engine cannot, and the tests check the fused engine
against it.
"""

from keras import ops

from keras_rnn.engine import backend
from keras_rnn.engine.batch import Batch, carried, time_major
from keras_rnn.engine.cells.equations import OverTime, Recurrence
from keras_rnn.engine.one_step import plain_step, split_columns


def run(
    recurrence: Recurrence, batch: Batch, *, unroll: bool = False
) -> OverTime:
    """Runs a cell over sequences, as `fused.run` does.

    Args:
        recurrence: The equations of the cell, and its weights.
        batch: Sequences, initial states and masks.
        unroll: Whether to write the loop out, with a copy of the step for
            each time step.

    Returns:
        The first state at all steps `(batch, time, width)`, and the tuple of
        states after the last step.
    """
    cell = recurrence.equations
    one_step = plain_step(recurrence, batch.recurrent_mask)

    def step(states, inputs):
        new_states, *_ = one_step(states, inputs["x"], inputs["columns"])
        states = carried(new_states, states, cell.states, inputs["masks"])
        return states, (states[0],)

    x, columns = split_columns(cell, batch.without_masked())
    inputs = {
        "x": time_major(x),
        "columns": {k: time_major(v) for k, v in columns.items()},
        "masks": {
            k: time_major(ops.cast(v, x.dtype))
            for k, v in batch.per_step().items()
        },
    }
    # PyTorch keeps the state variables of a stateful layer for its gradients;
    # a copy lets the layer write new states into them.
    states = tuple(ops.copy(state) for state in batch.states)
    states, (h,) = backend.time_loop(step, states, inputs, unroll=unroll)
    return time_major(h), states
