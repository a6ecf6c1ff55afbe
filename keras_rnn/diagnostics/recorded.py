# SPDX-License-Identifier: Apache-2.0
"""What each recurrent layer of a model reads, and its states at all steps."""

import warnings
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Tensor
from keras_rnn.models import run_graph


@dataclass(frozen=True, eq=False)
class Recorded:
    """One pass of a recurrent layer over a batch.

    Attributes:
        name: Name of the layer in the model.
        layer: The layer, one direction of it if it is bidirectional.
        sequences: Tensor `(batch, time, features)`, in the order in which the
            layer reads.
        mask: Boolean array `(batch, time)` in that order.
        initial_state: Tensors `(batch, width)`.
    """

    name: str
    layer: Any
    sequences: Tensor
    mask: Array
    initial_state: list[Tensor]

    @property
    def direction(self) -> str:
        """`"forward"` or `"backward"`."""
        return "backward" if self.layer.go_backwards else "forward"

    @property
    def times(self) -> Array:
        """The step of the sequence that is read first, second ..."""
        steps = np.arange(self.mask.shape[1])
        return steps[::-1] if self.layer.go_backwards else steps

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states: those of the cell, or h and c of Keras's."""
        cell = self.layer.cell
        return getattr(cell, "states", ("h", "c")[: len(self.initial_state)])

    def states(self) -> list[Array]:
        """The states before the first step and after each.

        Returns:
            An array `(batch, 1 + time, width)` per state. A masked step keeps
            them.
        """
        states = [self.initial_state]
        for step in range(self.mask.shape[1]):
            _, after = self.layer.cell(self.sequences[:, step], states[-1])
            valid = self.mask[:, step, None]
            states.append(
                [
                    ops.where(valid, new, old)
                    for new, old in zip(
                        keras.tree.flatten(after), states[-1], strict=True
                    )
                ]
            )
        return [
            np.stack([ops.convert_to_numpy(v) for v in over_time], axis=1)
            for over_time in zip(*states, strict=True)
        ]


def recorded(model: keras.Model, x: Any) -> list[Recorded]:
    """Runs a model once, and records what its recurrent layers read.

    Layers that a layer around them runs in a loop of its own, such as those of
    a decoder or of `Dilated`, are left out, with a warning.

    Args:
        model: A functional or sequential `keras.Model`.
        x: Arrays, as the model takes them.

    Returns:
        List of `Recorded`, in the order of the model. A bidirectional layer
        gives two.

    Raises:
        TypeError: If `model` is no such model.
        ValueError: If it has no recurrent layer that can be recorded.
    """
    found: list[Recorded] = []

    def operation(layer: Any) -> Any:
        parts = _recurrent_parts(layer)
        if not parts:
            _warn_of_hidden(layer)
            return layer

        def read(sequences: Tensor, *args: Any, **kwargs: Any) -> Any:
            mask = kwargs.get("mask")
            mask = get_keras_mask(sequences) if mask is None else mask
            states = kwargs.get("initial_state")
            for part in parts:
                own = states
                if states is not None and len(parts) == 2:
                    half = len(states) // 2
                    first = part is layer.forward_layer
                    own = states[:half] if first else states[half:]
                found.append(_recorded(layer.name, part, sequences, mask, own))
            return layer(sequences, *args, **kwargs)

        return read

    validate.instance("model", model, keras.Model)
    run_graph(model, x, operation)
    if not found:
        raise ValueError(
            "The model must have a recurrent layer in its graph. Received: "
            f"{model.name!r} with the layers "
            f"{[layer.name for layer in model.layers]}. Use a model of "
            "many_to_one or many_to_many."
        )
    return found


def _recurrent_parts(layer: Any) -> list[Any]:
    if isinstance(layer, keras.layers.Bidirectional):
        return [layer.forward_layer, layer.backward_layer]
    return [layer] if isinstance(layer, keras.layers.RNN) else []


def _warn_of_hidden(layer: Any) -> None:
    if isinstance(layer, keras.layers.Layer) and any(
        isinstance(inner, keras.layers.RNN) for inner in layer._flatten_layers()
    ):
        warnings.warn(
            f"The layer {layer.name!r} runs its recurrent layers in a loop of "
            "its own. They are not recorded.",
            stacklevel=3,
        )


def _recorded(name, layer, sequences, mask, states):
    batch, time, _ = sequences.shape
    valid = np.ones((batch, time), bool)
    if mask is not None:
        valid = ops.convert_to_numpy(mask).astype(bool)
    if states is None:
        states = layer.get_initial_state(batch_size=batch)
    sequences = ops.cast(sequences, layer.compute_dtype)
    if layer.go_backwards:
        sequences, valid = ops.flip(sequences, axis=1), valid[:, ::-1]
    # What is masked may be no number at all.
    sequences = ops.where(valid[:, :, None], sequences, 0)
    return Recorded(name, layer, sequences, valid, list(states))
