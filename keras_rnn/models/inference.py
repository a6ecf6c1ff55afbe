# SPDX-License-Identifier: Apache-2.0
"""A trained model, made to read one row at a time."""

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.models.feedback import FeedbackDecoder
from keras_rnn.models.padding import RepeatOverSteps, Reverse
from keras_rnn.models.pooling import LastStep, Pooling
from keras_rnn.models.states import children, stateful_layers

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


def for_inference(model, batch_size=1, share_weights=True):
    """A stateful copy of a model, for rows that arrive one by one.

    The recurrent layers of the copy keep their state from call to call, take
    `batch_size` sequences, and any number of steps at a time. The states of
    the copy are its own and begin at zero.

    Args:
        model: A functional or sequential `keras.Model` that reads forwards,
            from a factory here or made by hand, stateful or not. What a
            `seq2seq` model has read is kept; each answer is written anew.
        batch_size: Sequences that the copy follows side by side.
        share_weights: Whether the copy uses the variables of `model`, so that
            later training shows at once, or has copies of its own.

    Returns:
        An uncompiled `keras.Model`, the layers named as in `model`.

    Raises:
        TypeError: If `model` is not a functional or sequential model.
        ValueError: If it reads backwards or needs the sequence as a whole, or
            has no recurrent layer.

    Example:
        >>> from keras_rnn.models import *
        >>> model = many_to_one(
        ...     Stack("jordan", units=4), Sequences(2, length=6), Regression()
        ... )
        >>> x = np.random.default_rng(0).normal(size=(1, 6, 2))
        >>> online = for_inference(model)
        >>> for row in x[0]:
        ...     forecast = predict_online(online, row)
        >>> bool(np.allclose(forecast, model(x)[0], atol=1e-6))
        True
    """
    validate.positive_int("batch_size", batch_size)
    validate.boolean("share_weights", share_weights)
    _check_graph(model)
    if not _continuing(model):
        raise ValueError(
            f"The model {model.name!r} has no recurrent layer, so there is no "
            "state to keep. Call it as it is."
        )
    _refuse_whole_sequence(model)
    copy = _Copy(batch_size, share_weights).of_model(model)
    if not share_weights:
        copy.set_weights(model.get_weights())
    return copy


class _Copy:
    """Copies models and layers, each only once, as layers may be shared."""

    def __init__(self, batch_size, share_weights):
        self.batch_size = batch_size
        self.share_weights = share_weights
        self.done = {}

    def of_model(self, model):
        _check_graph(model)
        old_inputs, old_outputs = _ends(model)
        timed = _inputs_over_time(model)
        inputs = keras.tree.map_structure(
            lambda x: keras.Input(
                batch_shape=_shape(x, self.batch_size, id(x) in timed),
                dtype=x.dtype,
                name=x.name,
            ),
            old_inputs,
        )
        # A new Model around the same graph: clone_model would also copy the
        # optimizer, and fail on a loss that it cannot serialize.
        return keras.models.clone_model(
            keras.Model(old_inputs, old_outputs, name=model.name),
            input_tensors=inputs,
            clone_function=self.of_layer,
        )

    def of_layer(self, layer):
        if id(layer) not in self.done:
            self.done[id(layer)] = self._new(layer)
        return self.done[id(layer)]

    def _new(self, layer):
        if not isinstance(layer, keras.layers.Layer):
            return layer  # a function of keras.ops
        if isinstance(layer, keras.layers.RNN):
            return self._of_recurrent(layer)
        if not _continuing(layer):
            return layer if self.share_weights else _again(layer)
        if isinstance(layer, keras.Model):
            return self.of_model(layer)
        if getattr(layer, "resets_rows", False):
            return type(layer)(self.of_layer(layer.layer), name=layer.name)
        raise ValueError(
            f"The layer {layer.name!r} of type {type(layer).__name__} holds "
            "recurrent layers in a way that cannot be rebuilt. Use the "
            "recurrent layers directly in the model."
        )

    def _of_recurrent(self, layer):
        # Unrolling needs a fixed length; the numbers are the same without.
        config = {**layer.get_config(), "stateful": True, "unroll": False}
        new = type(layer).from_config(config)
        if self.share_weights:
            # All weights are the cell's. The new layer's own cell is unbuilt
            # and must not stay behind among its sublayers.
            own, new.cell = new.cell, layer.cell
            new._layers.remove(own)
        return new


def _ends(model):
    """The symbolic inputs and outputs, structured as the model takes them."""
    if isinstance(model, keras.Sequential):
        # Its `input` is another one once it is part of another model.
        return model.inputs[0], model.outputs[0]
    return model.input, model.output


def _continuing(layer):
    """The recurrent layers in a layer that go on where a call ended.

    A decoder does not: at every call it begins with the encoder's states.
    """
    if isinstance(layer, FeedbackDecoder):
        return []
    if isinstance(layer, keras.layers.RNN):
        return [layer]
    return [found for child in children(layer) for found in _continuing(child)]


def _again(layer):
    return type(layer).from_config(layer.get_config())


def _shape(x, batch_size, over_time):
    shape = (batch_size, *x.shape[1:])
    return (shape[0], None, *shape[2:]) if over_time else shape


def _inputs_over_time(model):
    """Ids of the inputs whose second axis is the time of a recurrent layer.

    They lead to one, and are sequences of vectors or of token ids; a float
    matrix `(batch, width)` is one vector a sequence.
    """
    todo = []
    for tensor in _all_tensors(model.outputs):
        operation, node_index, _ = tensor._keras_history
        if isinstance(operation, keras.layers.Layer) and _continuing(operation):
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


def _check_graph(model):
    functional = isinstance(model, keras.Function) or (
        isinstance(model, keras.Sequential) and model.built
    )
    if not functional:
        raise TypeError(
            "`model` must be a functional, or a built sequential, "
            f"keras.Model. {validate.received('model', model)} Build it from "
            "keras.Input, so that its graph is known."
        )


def _refuse_whole_sequence(layer):
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
            _refuse_whole_sequence(child)


def _needs_whole_sequence(layer):
    return ValueError(
        f"The layer {layer.name!r} of type {type(layer).__name__} needs the "
        "sequence as a whole; its answer for single rows would be another. "
        "Predict whole windows with this model."
    )


def predict_online(model, row):
    """Reads one new row and answers at once; the state is kept.

    The answer is what the model would say to all rows since the last
    `reset_states`, read at once.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        row: Array `(features,)` for a model of batch size 1, or
            `(batch, features)`; for token ids one id, or `(batch,)`. A dict
            of such arrays if the model takes a dict; inputs that are not
            sequences are given whole, and `"starts"` may be left out where no
            new series begins.

    Returns:
        NumPy array, the prediction of this step: `(batch, ...)`, without the
        batch axis if `row` had none.

    Raises:
        ValueError: If the model keeps no state, or the shape does not fit.
    """
    validate.instance("model", model, keras.Model, "Use for_inference(model).")
    stateful_layers(model)
    inputs, batched = _as_batch(model, row)
    outputs = read(model, inputs)
    return keras.tree.map_structure(
        lambda value, symbol: _one_step(value, symbol, batched),
        outputs,
        _ends(model)[1],
    )


def read(model, inputs):
    """Reads further steps and answers; the state is kept.

    Args:
        model: A model from `for_inference` or `stateful_forecaster`.
        inputs: Arrays as the model takes them, `(batch, time, features)` of
            sequences, any number of steps; nothing is checked.

    Returns:
        NumPy arrays, what the model says to the last step, or to all.
    """
    if keras.backend.backend() == "jax":
        # predict_on_batch would lose the states: Keras does not carry those
        # of recurrent layers out of what JAX compiles.
        outputs = model(inputs, training=False)
        return keras.tree.map_structure(ops.convert_to_numpy, outputs)
    return model.predict_on_batch(inputs)


def _one_step(value, symbol, batched):
    if len(symbol.shape) > 1 and symbol.shape[1] is None:
        value = value[:, 0]
    return value if batched else value[0]


def _as_batch(model, row):
    """The inputs with a batch and a time axis; whether they had the first."""
    if not isinstance(model.input, dict):
        array, batched = _with_axes("row", row, model.inputs[0].shape)
        return array, batched
    row = _with_starts(model, row)
    if row.keys() != model.input.keys():
        raise ValueError(
            f"`row` must have the keys {sorted(model.input)}. "
            f"Received: {sorted(row)}. Give every input of the model."
        )
    pairs = {
        name: _with_axes(f"row[{name!r}]", row[name], symbol.shape)
        for name, symbol in model.input.items()
    }
    arrays = {name: array for name, (array, _) in pairs.items()}
    batched = [b for name, (_, b) in pairs.items() if name != "starts"]
    return arrays, all(batched)


def _with_starts(model, row):
    """No new series begins, unless the row says so."""
    expected = set(model.input) - {"starts"}
    if not isinstance(row, dict) and len(expected) == 1:
        row = dict.fromkeys(expected, row)
    validate.instance("row", row, dict, f"Use a dict of {sorted(expected)}.")
    if "starts" in model.input and "starts" not in row:
        batch_size = model.input["starts"].shape[0]
        row = {**row, "starts": np.zeros(batch_size, dtype=bool)}
    return row


def _with_axes(name, value, shape):
    array = np.asarray(value)
    batch_size, *rest = shape
    over_time = bool(rest) and rest[0] is None
    if over_time:
        rest = rest[1:]
    batched = array.ndim == len(rest) + 1
    expected = (batch_size, *rest)
    if not batched and batch_size == 1:
        array = array[np.newaxis]
    if array.shape != expected:
        raise ValueError(
            f"`{name}` must have the shape (batch_size, ...) = {expected}. "
            f"Received: {np.shape(value)}. Give one row a sequence; "
            "for_inference(model, batch_size=...) sets how many there are."
        )
    return (array[:, np.newaxis] if over_time else array), batched
