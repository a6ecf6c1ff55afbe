# SPDX-License-Identifier: Apache-2.0
"""A trained model, made to read one row at a time."""

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.online.model_graph import (
    check_graph,
    continuing,
    ends,
    inputs_over_time,
    refuse_whole_sequence,
)
from keras_rnn.models.training.seeds import seeded


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
        >>> import numpy as np
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
    check_graph(model)
    if not continuing(model):
        raise ValueError(
            f"The model {model.name!r} has no recurrent layer, so there is no "
            "state to keep. Call it as it is."
        )
    refuse_whole_sequence(model)
    with seeded(0):  # the weights of the copy are replaced
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
        check_graph(model)
        old_inputs, old_outputs = ends(model)
        timed = inputs_over_time(model)
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
        known = isinstance(model, RecurrentModel)
        kind = RecurrentModel if known else keras.Model
        return keras.models.clone_model(
            kind(old_inputs, old_outputs, name=model.name),
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
        if not continuing(layer):
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


def _again(layer):
    return type(layer).from_config(layer.get_config())


def _shape(x, batch_size, over_time):
    shape = (batch_size, *x.shape[1:])
    return (shape[0], None, *shape[2:]) if over_time else shape
