# SPDX-License-Identifier: Apache-2.0
"""Records what the gates of a cell are, as its own step computes them."""

from typing import Any

import keras

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.activations import Activate, Function
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
    recurrence = cell.recurrence()
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
