# SPDX-License-Identifier: Apache-2.0
"""Checks of the shapes that a layer is called with.

The engines trust what has been checked here. A size that is unknown while a
graph is traced is not checked.
"""

from collections.abc import Sequence
from typing import Any

import keras

from keras_rnn._types import Shape


def check_sequences(
    layer: keras.layers.RNN, shape: Shape, num_features: int | None
) -> None:
    """Refuses sequences without steps, or of another number of features.

    Args:
        layer: The layer that is called, whose name the error gives.
        shape: Shape of the sequences, `(batch, time, features)`.
        num_features: Number of features that the layer was built with, None
            before it is built.

    Raises:
        ValueError: If there is no step, or another number of features.
    """
    name = type(layer).__name__
    _, time, features = shape
    if isinstance(time, int) and time == 0:
        raise ValueError(
            f"{name} needs sequences of at least one time step. "
            f"Received: sequences of shape {tuple(shape)}. "
            "Leave empty sequences out, or pad them with a masked step."
        )
    if _differ(features, num_features):
        raise ValueError(
            f"{name} was built for {num_features} features. "
            f"Received: sequences of shape {tuple(shape)}, the last axis of "
            f"which has {features}. Give the features it was built with, or "
            "make a new layer."
        )


def check_states(
    layer: keras.layers.RNN, shapes: Sequence[Shape], batch: Any
) -> None:
    """Refuses initial states of another number, width or batch.

    Args:
        layer: The layer that is called.
        shapes: Shapes of the states.
        batch: Batch size of the sequences, None or a symbol if it is unknown.

    Raises:
        ValueError: If a state does not fit.
    """
    received = ", ".join(str(tuple(shape)) for shape in shapes)
    name = type(layer).__name__
    widths = [shape[-1] if len(shape) == 2 else None for shape in shapes]
    if widths != layer.state_size:
        names = ", ".join(layer.cell.states)
        raise ValueError(
            f"{name} has the states {names} of widths {layer.state_size}. "
            f"Received: `initial_state` of shapes {received}. "
            "Pass one tensor (batch, width) per state."
        )
    others = [shape for shape in shapes if _differ(shape[0], batch)]
    if others:
        raise ValueError(
            f"`initial_state` of {name} must have one row per sequence: "
            f"{batch}. Received: `initial_state` of shapes {received}. "
            "Pass the states of the same batch."
        )


def shapes_of(states: Any) -> list[Shape]:
    """The shapes of initial states, which may be one tensor or several."""
    tensors = states if isinstance(states, (list, tuple)) else [states]
    return [state.shape for state in tensors]


def _differ(a, b):
    return isinstance(a, int) and isinstance(b, int) and a != b
