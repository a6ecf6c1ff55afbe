# SPDX-License-Identifier: Apache-2.0
"""Reads in the graph of a model how the model reads sequences."""

import collections
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.blocks.dilated import Dilated
from keras_rnn.models.blocks.padding import RepeatOverSteps, Reverse
from keras_rnn.models.blocks.pooling import LastStep, Pooling
from keras_rnn.models.decoders.feedback_decoder import FeedbackDecoder
from keras_rnn.models.online.states import children

#: Layers whose output at a step depends on other steps, and that keep no state.
#: If they read step by step, they would see each step alone.
WHOLE_SEQUENCE = (
    keras.layers.AdditiveAttention,
    keras.layers.Attention,
    keras.layers.AveragePooling1D,
    keras.layers.Conv1D,
    keras.layers.Conv1DTranspose,
    keras.layers.DepthwiseConv1D,
    Dilated,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GroupQueryAttention,
    keras.layers.MaxPooling1D,
    keras.layers.MultiHeadAttention,
    Pooling,
    Reverse,
    keras.layers.SeparableConv1D,
)
#: Layers that make a new sequence at every call. A recurrent layer reads it
#: from a state of zeros, and not from the state after the call before.
NEW_SEQUENCE = (RepeatOverSteps, keras.layers.RepeatVector)


def check_graph(model: Any) -> None:
    """Raises a TypeError if the graph of the model is not known."""
    functional = isinstance(model, keras.Function) or (
        isinstance(model, keras.Sequential) and model.built
    )
    if not functional:
        raise TypeError(
            "`model` must be a functional, or a built sequential, "
            f"keras.Model. {validate.received('model', model)} Build it from "
            "keras.Input, so that its graph is known."
        )


def run_graph(
    model: keras.Model, inputs: Any, operation: Callable[[Any], Any]
) -> Any:
    """Runs a model with other operations in the places of its own.

    Args:
        model: A functional or sequential `keras.Model`.
        inputs: Tensors or arrays, structured as the model takes them.
        operation: Function from a layer, or another operation of the graph, to
            what is called in its place.

    Returns:
        The outputs of the model.

    Raises:
        TypeError: If the graph of the model is not known.
    """
    check_graph(model)
    graph: Any = getattr(model, "_functional", model)
    tensors = [
        ops.convert_to_tensor(value, symbol.dtype)
        for value, symbol in zip(
            keras.tree.flatten(inputs), graph.inputs, strict=True
        )
    ]
    return graph._run_through_graph(tensors, operation)


def inputs_and_outputs(model: keras.Model) -> tuple[Any, Any]:
    """The symbolic inputs and outputs, structured as the model takes them."""
    if isinstance(model, keras.Sequential):
        # As a part of another model it has other tensors as its `input`.
        return model.inputs[0], model.outputs[0]
    return model.input, model.output


def continuing_layers(layer: keras.layers.Layer) -> list[keras.layers.RNN]:
    """The recurrent layers in a layer that can keep their states.

    Those of a decoder cannot: every call starts them from the states of the
    encoder.
    """
    if isinstance(layer, FeedbackDecoder):
        return []
    if isinstance(layer, keras.layers.RNN):
        return [layer]
    return [
        found for child in children(layer) for found in continuing_layers(child)
    ]


def inputs_over_time(model: keras.Model) -> set[int]:
    """Ids of the inputs whose second axis is the time of a recurrent layer.

    A recurrent layer is computed from these inputs, and they are sequences of
    vectors or of token ids. A matrix of floats, `(batch, width)`, is one
    vector per sequence.
    """
    todo = []
    for tensor in _with_ancestors(model.outputs):
        operation, node_index, _ = tensor._keras_history
        is_layer = isinstance(operation, keras.layers.Layer)
        if is_layer and continuing_layers(operation):
            todo += operation._inbound_nodes[node_index].input_tensors
    reached = _with_ancestors(todo)
    for tensor in reached:
        if isinstance(tensor._keras_history[0], NEW_SEQUENCE):
            raise _needs_whole_sequence(tensor._keras_history[0])
    reached = {id(tensor) for tensor in reached}
    return {
        id(x)
        for x in model.inputs
        if id(x) in reached
        and (len(x.shape) > 2 or (len(x.shape) == 2 and "float" not in x.dtype))
    }


def _with_ancestors(tensors: list[Tensor]) -> list[Tensor]:
    """Symbolic tensors, and all tensors that they are computed from."""
    found: dict[int, Tensor] = {}
    todo = list(tensors)
    while todo:
        tensor = todo.pop()
        if id(tensor) in found:
            continue
        found[id(tensor)] = tensor
        operation, node_index, _ = tensor._keras_history
        todo += operation._inbound_nodes[node_index].input_tensors
    return list(found.values())


def check_answers_row_by_row(layer: keras.layers.Layer) -> None:
    """Raises a ValueError if a layer inside cannot answer row by row."""
    for child in children(layer):
        if isinstance(child, FeedbackDecoder):
            continue
        if isinstance(child, keras.layers.Bidirectional) or getattr(
            child, "go_backwards", False
        ):
            raise ValueError(
                f"The layer {child.name!r} reads the sequence backwards, so "
                "it needs the future, which has not arrived yet. Train a "
                "model with bidirectional=False."
            )
        forwards = isinstance(child, LastStep) and not child.bidirectional
        if isinstance(child, WHOLE_SEQUENCE) and not forwards:
            raise _needs_whole_sequence(child)
        if not isinstance(child, keras.layers.RNN):
            check_answers_row_by_row(child)


def check_reads_once(model: keras.Model) -> None:
    """Raises a ValueError if a model calls a recurrent layer several times.

    A layer that keeps its states would go on from those of the other call.
    """
    calls = {t._keras_history[:2] for t in _with_ancestors(model.outputs)}
    numbers = collections.Counter(operation for operation, _ in calls)
    for operation, number in numbers.items():
        if number > 1 and isinstance(operation, keras.layers.RNN):
            raise ValueError(
                f"The layer {operation.name!r} runs {number} times in the "
                "model, as that of NextFrame(horizon=2) does, so its states "
                "cannot wait for the next row. Predict whole windows with this "
                "model."
            )


def _needs_whole_sequence(layer):
    return ValueError(
        f"The layer {layer.name!r} of type {type(layer).__name__} needs the "
        "sequence as a whole; its answer for single rows would be another. "
        "Predict whole windows with this model."
    )
