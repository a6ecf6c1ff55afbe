# SPDX-License-Identifier: Apache-2.0
"""What the gates of a cell are, and hand on, as its own step computes it."""

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.activations import Activate, Function
from keras_rnn.engine.backend import gradients
from keras_rnn.engine.cells.equations import Recurrence
from keras_rnn.engine.one_step import plain_step, split_columns


class _Recording(Activate):
    """An `act` that keeps each value by its name."""

    def __init__(self, functions: dict[str, Function]) -> None:
        super().__init__(functions, slopes=False)
        self.values: dict[str, Tensor] = {}

    def __call__(self, **z: Tensor) -> tuple[Any, Any]:
        values, slopes = super().__call__(**z)
        self.values |= dict(
            zip(z, values if len(z) > 1 else [values], strict=True)
        )
        return values, slopes


def gate_functions(cell: Any) -> dict[str, Function]:
    """The activation of each gate of a cell, by the name of the gate.

    Args:
        cell: A built `RecurrentCell`.
    """
    functions = cell.recurrence().equations.activation_functions()
    linear = keras.activations.linear
    return {gate: functions.get(gate, linear) for gate in cell.gates}


def gate_values(cell: Any, x: Tensor, states: Tensors) -> dict[str, Tensor]:
    """The gates of a cell at any number of steps.

    A gate that the step handles otherwise than by `act`, such as one that is
    kept as a logarithm, is the activation of its pre-activation.

    Args:
        cell: A built `RecurrentCell`.
        x: Inputs of the steps, `(steps, features)`, as `transform_inputs`
            returned them.
        states: The states before each of them, `(steps, width)` each.

    Returns:
        Dict, name of a gate -> tensor `(steps, units)`.
    """
    recurrence = _in_compute_dtype(cell)
    equations = recurrence.equations
    step = plain_step(recurrence, None)
    step.act = recording = _Recording(equations.activation_functions())
    x, columns = split_columns(equations, x)
    states, _, z, _ = step.before_step(states, x, columns)
    equations.step(z, states, step.w, recording)
    values = recording.values
    return {
        gate: values[gate] if gate in values else function(getattr(z, gate))
        for gate, function in gate_functions(cell).items()
    }


def _in_compute_dtype(cell: Any) -> Recurrence:
    """The recurrence of a cell; Keras casts weights in its calls alone."""

    def cast(weight: Any) -> Any:
        return None if weight is None else ops.cast(weight, cell.compute_dtype)

    equations, (W, R, b), extras = cell.recurrence()
    return Recurrence(
        equations,
        (cast(W), cast(R), cast(b)),
        {name: cast(weight) for name, weight in extras.items()},
    )


class _Held(Activate):
    """An `act` whose values autodiff takes for constants."""

    def __call__(self, **z: Tensor) -> tuple[Any, Any]:
        values, slopes = super().__call__(**z)
        if len(z) == 1:
            return ops.stop_gradient(values), slopes
        return [ops.stop_gradient(v) for v in values], slopes


def carried_shares(cell: Any, x: Tensor, states: Tensors) -> Tensor | None:
    """How much of its state each unit hands on, if its gates stay as they are.

    It is the derivative of a state by itself along the path that no weight is
    on: the forget gate of an LSTM, the update gate of a GRU. The state is c,
    or C, where there is one, else the first.

    Args:
        cell: A built `RecurrentCell`.
        x: Inputs of the steps, `(steps, features)`, as `transform_inputs`
            returned them.
        states: The states before each of them, `(steps, width)` each.

    Returns:
        Tensor `(steps, width)`; None if units mix on this path, as where the
        state is normalized, or if there is none, as in a simple network.
    """
    recurrence = _in_compute_dtype(cell)
    equations = recurrence.equations
    step = plain_step(recurrence, None)
    step.act = _Held(equations.activation_functions())
    x, columns = split_columns(equations, x)
    names = equations.states
    memories = [k for k, name in enumerate(names) if name in ("c", "C")]
    place = memories[0] if memories else 0

    def after(state: Tensor) -> Tensor:
        before = (*states[:place], state, *states[place + 1 :])
        before, _, z, _ = step.before_step(before, x, columns)
        held = {name: ops.stop_gradient(v) for name, v in vars(z).items()}
        held = SimpleNamespace(**held)
        return equations.step(held, before, step.w, step.act)[0][place]

    def along(vector: Any) -> Tensor:
        _, (found,), _ = gradients(
            lambda state: ops.sum(after(state) * vector), [states[place]]
        )
        return found

    width = states[place].shape[-1]
    shares = along(1.0)
    other = ops.arange(1, width + 1, dtype=shares.dtype) / width
    unmixed = ops.convert_to_numpy(shares * other)
    if not unmixed.any() or not np.allclose(
        unmixed, ops.convert_to_numpy(along(other)), rtol=1e-3, atol=1e-6
    ):
        return None
    keep = (cell.keep_of_sequence(states[place], False) or {}).get(names[place])
    return shares if keep is None else keep + (1 - keep) * shares
