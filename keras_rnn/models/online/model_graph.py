# SPDX-License-Identifier: Apache-2.0
"""What the graph of a model tells of how it reads sequences."""

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.blocks.feedback_decoder import FeedbackDecoder
from keras_rnn.models.blocks.padding import RepeatOverSteps, Reverse
from keras_rnn.models.blocks.pooling import LastStep, Pooling
from keras_rnn.models.online.states import children

#: Layers whose output at a step depends on other steps, and that keep no
#: state: fed step by step they would see the step alone.
WHOLE_SEQUENCE = (
    keras.layers.AdditiveAttention,
    keras.layers.Attention,
    keras.layers.AveragePooling1D,
    keras.layers.Conv1D,
    keras.layers.Conv1DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GroupQueryAttention,
    keras.layers.MaxPooling1D,
    keras.layers.MultiHeadAttention,
    Pooling,
    Reverse,
    keras.layers.SeparableConv1D,
)
#: What these give to a recurrent layer is a sequence of its own, to be read
#: from a zero state at every call.
NEW_SEQUENCE = (RepeatOverSteps, keras.layers.RepeatVector)


def check_graph(model):
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


def ends(model):
    """The symbolic inputs and outputs, structured as the model takes them."""
    if isinstance(model, keras.Sequential):
        # Its `input` is another one once it is part of another model.
        return model.inputs[0], model.outputs[0]
    return model.input, model.output


def continuing(layer):
    """The recurrent layers in a layer that go on where a call ended.

    A decoder does not: at every call it begins with the encoder's states.
    """
    if isinstance(layer, FeedbackDecoder):
        return []
    if isinstance(layer, keras.layers.RNN):
        return [layer]
    return [found for child in children(layer) for found in continuing(child)]


def inputs_over_time(model):
    """Ids of the inputs whose second axis is the time of a recurrent layer.

    They lead to one, and are sequences of vectors or of token ids; a float
    matrix `(batch, width)` is one vector a sequence.
    """
    todo = []
    for tensor in _all_tensors(model.outputs):
        operation, node_index, _ = tensor._keras_history
        if isinstance(operation, keras.layers.Layer) and continuing(operation):
            todo += operation._inbound_nodes[node_index].input_tensors
    reached = _all_tensors(todo)
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


def _all_tensors(tensors):
    """These symbolic tensors and all they are computed from."""
    found, todo = {}, list(tensors)
    while todo:
        tensor = todo.pop()
        if id(tensor) in found:
            continue
        found[id(tensor)] = tensor
        operation, node_index, _ = tensor._keras_history
        todo += operation._inbound_nodes[node_index].input_tensors
    return list(found.values())


def refuse_whole_sequence(layer):
    """Raises a ValueError if some layer cannot answer row by row."""
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
            refuse_whole_sequence(child)


def _needs_whole_sequence(layer):
    return ValueError(
        f"The layer {layer.name!r} of type {type(layer).__name__} needs the "
        "sequence as a whole; its answer for single rows would be another. "
        "Predict whole windows with this model."
    )
