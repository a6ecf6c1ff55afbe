# SPDX-License-Identifier: Apache-2.0
"""What each recurrent layer of a model reads, and its states at all steps."""

import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from keras.src.backend import get_keras_mask, set_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Array, Tensor
from keras_rnn.engine import backend
from keras_rnn.models import run_graph


class Reading(NamedTuple):
    """A call of a recurrent layer, or of one direction of it.

    Attributes:
        name: Name of the layer in the model.
        layer: The `keras.layers.RNN`.
        sequences: Tensor `(batch, time, features)`.
        mask: Boolean tensor `(batch, time)`, or None.
        initial_state: Tensors `(batch, width)`, or None.
    """

    name: str
    layer: Any
    sequences: Tensor
    mask: Tensor | None
    initial_state: list[Tensor] | None


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

    def first(self, samples: int) -> "Recorded":
        """The record of the first sequences of the batch alone."""
        return replace(
            self,
            sequences=self.sequences[:samples],
            mask=self.mask[:samples],
            initial_state=[v[:samples] for v in self.initial_state],
        )

    def states(self) -> list[Array]:
        """The states before the first step and after each.

        Returns:
            An array `(batch, 1 + time, width)` per state. A masked step keeps
            them.
        """

        def advanced(x: Tensor, valid: Tensor, *before: Tensor) -> list[Tensor]:
            _, after = self.layer.cell(x, list(before))
            return [
                ops.where(valid, new, old)
                for new, old in zip(
                    keras.tree.flatten(after), before, strict=True
                )
            ]

        advance = backend.compiled_on_jax(advanced)
        states = [self.initial_state]
        for step in range(self.mask.shape[1]):
            valid = ops.convert_to_tensor(self.mask[:, step, None])
            states.append(advance(self.sequences[:, step], valid, *states[-1]))
        return [
            np.stack([ops.convert_to_numpy(v) for v in over_time], axis=1)
            for over_time in zip(*states, strict=True)
        ]


def recorded(model: keras.Model, x: Any) -> list[Recorded]:
    """Runs a model once, and records what its recurrent layers read.

    Layers that a layer around them runs in a loop of its own, such as those of
    a decoder or of `Dilated`, and `StackedRNNCells` are left out, with a
    warning.

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

    def record(reading: Reading, outputs: Any) -> Any:
        found.append(_recorded(reading))
        return outputs

    with keras.StatelessScope():  # stateful layers keep the states they have
        run_visiting(model, x, record)
    if not found:
        raise ValueError(
            "The model must have a recurrent layer in its graph. Received: "
            f"{model.name!r} with the layers "
            f"{[layer.name for layer in model.layers]}. Use a model of "
            "many_to_one or many_to_many."
        )
    return found


def run_visiting(
    model: keras.Model, x: Any, visit: Callable[[Reading, Any], Any]
) -> Any:
    """Runs a model, and stops at each recurrent layer.

    Args:
        model: A functional or sequential `keras.Model`.
        x: Arrays, as the model takes them.
        visit: Function from what a layer, or one direction of it, read and
            returned, to what the model reads in place of what it returned.

    Returns:
        The outputs of the model.
    """
    validate.instance("model", model, keras.Model)

    def operation(layer: Any) -> Any:
        if isinstance(layer, keras.layers.Bidirectional):
            return functools.partial(_both_directions, layer, visit)
        if isinstance(layer, keras.layers.RNN) and not isinstance(
            layer.cell, keras.layers.StackedRNNCells
        ):
            return functools.partial(_one_direction, layer, visit)
        _warn_of_hidden(layer)
        return layer

    return run_graph(model, x, operation)


def _one_direction(layer, visit, sequences, *args, **kwargs):
    states, mask = _states_and_mask(sequences, *args, **kwargs)
    states = _states_before(layer, states)
    reading = Reading(layer.name, layer, sequences, mask, states)
    outputs = layer(sequences, *args, **kwargs)
    return _with_masks_of(outputs, visit(reading, outputs))


def _both_directions(layer, visit, sequences, *args, **kwargs):
    """As `Bidirectional` runs them, with a stop at each."""
    states, mask = _states_and_mask(sequences, *args, **kwargs)
    halves = (None, None)
    if states is not None:
        middle = len(states) // 2
        halves = states[:middle], states[middle:]
    ahead, back = (
        visit(
            Reading(
                layer.name, part, sequences, mask, _states_before(part, half)
            ),
            part(sequences, initial_state=half, mask=mask),
        )
        for part, half in zip(
            (layer.forward_layer, layer.backward_layer), halves, strict=True
        )
    )
    last_states = ()
    if layer.return_state:
        (ahead, *first), (back, *second) = ahead, back
        last_states = (*first, *second)
    if layer.return_sequences:
        back = ops.flip(back, axis=1)
    outputs = _MERGED[layer.merge_mode](ahead, back)
    if layer.return_sequences and mask is not None:
        for output in keras.tree.flatten(outputs):
            set_keras_mask(output, mask)
    if not layer.return_state:
        return outputs
    return (*keras.tree.flatten(outputs), *last_states)


#: `merge_mode` of a Bidirectional -> what it makes of its two outputs.
_MERGED: dict[str | None, Callable[[Tensor, Tensor], Any]] = {
    "concat": lambda ahead, back: ops.concatenate([ahead, back], axis=-1),
    "sum": lambda ahead, back: ahead + back,
    "ave": lambda ahead, back: (ahead + back) / 2,
    "mul": lambda ahead, back: ahead * back,
    None: lambda ahead, back: (ahead, back),
}


def _states_and_mask(sequences, initial_state=None, mask=None, training=None):
    """The arguments of a recurrent layer that a diagnosis reads."""
    if initial_state is not None:
        initial_state = keras.tree.flatten(initial_state)
    return initial_state, get_keras_mask(sequences) if mask is None else mask


def _states_before(layer, given):
    """Those of a stateful layer as they are before the call."""
    if given is None and layer.stateful:
        return [v + 0 for v in layer.states]
    return given


def _with_masks_of(old, new):
    """The new tensors with the masks that Keras keeps at the old ones."""
    for before, after in zip(
        keras.tree.flatten(old), keras.tree.flatten(new), strict=True
    ):
        mask = get_keras_mask(before)
        if mask is not None:
            set_keras_mask(after, mask)
    return new


def _warn_of_hidden(layer: Any) -> None:
    if isinstance(layer, keras.layers.Layer) and any(
        isinstance(inner, keras.layers.RNN) for inner in layer._flatten_layers()
    ):
        warnings.warn(
            f"The layer {layer.name!r} runs its recurrent layers in a loop of "
            "its own. They are not recorded.",
            stacklevel=4,
        )


def _recorded(reading: Reading) -> Recorded:
    layer, sequences = reading.layer, reading.sequences
    batch, time, _ = sequences.shape
    valid = np.ones((batch, time), bool)
    if reading.mask is not None:
        valid = ops.convert_to_numpy(reading.mask).astype(bool)
    states = reading.initial_state
    if states is None:
        states = layer.get_initial_state(batch_size=batch)
    sequences = ops.cast(sequences, layer.compute_dtype)
    if layer.go_backwards:
        sequences, valid = ops.flip(sequences, axis=1), valid[:, ::-1]
    # What is masked may be no number at all.
    sequences = ops.where(valid[:, :, None], sequences, 0)
    return Recorded(reading.name, layer, sequences, valid, list(states))
