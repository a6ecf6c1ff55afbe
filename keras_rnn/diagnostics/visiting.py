# SPDX-License-Identifier: Apache-2.0
"""Runs a model, and stops at each of its recurrent layers."""

import functools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import ops
from keras.src.backend import get_keras_mask, set_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
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
