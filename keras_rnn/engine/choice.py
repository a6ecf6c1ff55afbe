# SPDX-License-Identifier: Apache-2.0
"""Which engine runs a layer."""

from typing import Literal, TypeAlias

from keras_rnn.engine import backend
from keras_rnn.engine.activations import unknown_derivatives
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.fused import Every

ENGINES = ("auto", "fused", "reference")
Engine: TypeAlias = Literal["auto", "fused", "reference"]


def runs_fused(
    cell: CellContract, engine: Engine, unroll: bool, checkpoint_every: Every
) -> bool:
    """Whether the fused engine runs a layer.

    Args:
        cell: The cell of the layer.
        engine: The argument `engine`.
        unroll: The argument `unroll`, which asks for the plain loop.
        checkpoint_every: The argument `checkpoint_every`.

    Raises:
        ValueError: If an argument asks for the fused engine, and it cannot
            run the layer.
    """
    obstacle = _obstacle(cell, unroll)
    if engine == "fused" and obstacle:
        raise ValueError(
            f"`engine='fused'` cannot run this layer: {obstacle}. "
            "Use engine='auto' or engine='reference'."
        )
    fused = engine != "reference" and not obstacle
    if isinstance(checkpoint_every, int) and not fused:
        raise ValueError(
            "`checkpoint_every` needs the fused engine. Received: "
            f"{obstacle or 'engine=' + repr(engine)}. "
            "Use engine='auto', or checkpoint_every='auto'."
        )
    return fused


def _obstacle(cell, unroll):
    if backend.BACKEND not in backend.FUSED_BACKENDS:
        return f"the backend {backend.BACKEND!r} has no hand-written gradient"
    if unroll:
        return "unroll=True asks for the plain loop"
    # A subclass with other equations may set step_gradient to None.
    if type(cell).step_gradient in (None, CellContract.step_gradient):
        return f"{type(cell).__name__} has no step_gradient"
    unknown = unknown_derivatives(
        cell.activation_functions(), cell.passed_through
    )
    if unknown:
        return f"the derivative of activation {unknown[0]!r} is unknown"
    return None
