# SPDX-License-Identifier: Apache-2.0
"""The reference engine: the plain loop, differentiated by autodiff.

It runs whatever the fused engine cannot, and is what the fused engine is
checked against.
"""

from keras import ops

from keras_rnn.engine import backend
from keras_rnn.engine.masks import zero_unless


def run(
    cell,
    sequences,
    initial_states,
    mask=None,
    recurrent_mask=None,
    unroll=False,
):
    """Runs a built cell over sequences, as `fused.run` does.

    Args:
        cell: A `RecurrentCell`.
        sequences: Tensor `(batch, time, features)`.
        initial_states: Tensors `(batch, width)`, one per state of the cell.
        mask: Optional boolean tensor `(batch, time)`.
        recurrent_mask: Optional tensor `(batch, width)`, the recurrent
            dropout.
        unroll: Whether to write the loop out, one copy of the step a time.

    Returns:
        The first state at all steps `(batch, time, width)`, and the tuple of
        states after the last step.
    """

    def step(states, inputs):
        x, *valid = inputs
        new_states = cell.advance(x, states, recurrent_mask)
        if valid:
            new_states = tuple(
                ops.where(valid[0], new, old)
                for new, old in zip(new_states, states, strict=True)
            )
        return new_states, (new_states[0],)

    sequences = zero_unless(mask, sequences)
    inputs = (ops.transpose(sequences, (1, 0, 2)),)
    if mask is not None:
        inputs += (ops.expand_dims(ops.transpose(mask), -1),)
    # PyTorch keeps the state variables of a stateful layer for its gradients;
    # a copy lets the layer write new states into them.
    states = tuple(ops.copy(state) for state in initial_states)
    states, (h,) = backend.time_loop(step, states, inputs, unroll=unroll)
    return ops.transpose(h, (1, 0, 2)), states
