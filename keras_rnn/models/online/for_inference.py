# SPDX-License-Identifier: Apache-2.0
"""for_inference: a copy of a trained model that reads row by row."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.online.model_graph import (
    check_answers_row_by_row,
    check_graph,
    check_reads_once,
    continuing_layers,
    inputs_and_outputs,
    inputs_over_time,
)
from keras_rnn.models.training.seeds import seeded


def for_inference(
    model: keras.Model, batch_size: int = 1, share_weights: bool = True
) -> keras.Model:
    """Makes a stateful copy of a model, for rows that arrive one by one.

    The recurrent layers of the copy keep their states from call to call. They
    read `batch_size` sequences, and any number of steps per call. The copy has
    states of its own, which begin at zero.

    Args:
        model: A functional or sequential `keras.Model` that reads forwards,
            made by a factory or by hand, stateful or not. In a `seq2seq` model
            the encoder keeps its states; the decoder starts each answer from
            them.
        batch_size: Sequences that the copy follows side by side.
        share_weights: Whether the copy uses the variables of `model`, so that
            later training changes it too, or has copies of its own.

    Returns:
        An uncompiled `keras.Model`, the layers named as in `model`.

    Raises:
        TypeError: If `model` is not a functional or sequential model.
        ValueError: If the model reads backwards, needs the sequence as a
            whole, runs a recurrent layer several times, or has none.

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
    if not continuing_layers(model):
        raise ValueError(
            f"The model {model.name!r} has no recurrent layer, so there is no "
            "state to keep. Call it as it is."
        )
    check_answers_row_by_row(model)
    with seeded(0):  # its initial weights are replaced
        copy = _Copy(batch_size, share_weights).of_model(model)
    if not share_weights:
        copy.set_weights(model.get_weights())
    return copy


class _Copy:
    """Copies models and layers, a shared layer only once."""

    def __init__(self, batch_size: int, share_weights: bool) -> None:
        self.batch_size = batch_size
        self.share_weights = share_weights
        self.done: dict[int, Any] = {}

    def of_model(self, model: keras.Model) -> keras.Model:
        check_graph(model)
        check_reads_once(model)
        old_inputs, old_outputs = inputs_and_outputs(model)
        timed = inputs_over_time(model)
        inputs = keras.tree.map_structure(
            lambda x: keras.Input(
                batch_shape=_shape(x, self.batch_size, id(x) in timed),
                dtype=x.dtype,
                name=x.name,
            ),
            old_inputs,
        )
        # The clone is of a new model around the same graph, not compiled:
        # clone_model would also copy the optimizer, and fail on a loss that it
        # cannot serialize.
        known = isinstance(model, RecurrentModel)
        kind = RecurrentModel if known else keras.Model
        return keras.models.clone_model(
            kind(old_inputs, old_outputs, name=model.name),
            input_tensors=inputs,
            clone_function=self.of_layer,
        )

    def of_layer(self, layer: Any) -> Any:
        if id(layer) not in self.done:
            self.done[id(layer)] = self._new(layer)
        return self.done[id(layer)]

    def _new(self, layer: Any) -> Any:
        if not isinstance(layer, keras.layers.Layer):
            return layer  # a function of keras.ops
        if isinstance(layer, keras.layers.RNN):
            return self._of_recurrent(layer)
        if not continuing_layers(layer):
            return layer if self.share_weights else _unshared(layer)
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
        # An unrolled layer needs a fixed length; a loop gives the same numbers.
        config = {**layer.get_config(), "stateful": True, "unroll": False}
        new = type(layer).from_config(config)
        if self.share_weights:
            # The cell has all weights. The new layer's own cell, which is not
            # built, must not remain among its sublayers.
            own, new.cell = new.cell, layer.cell
            new._layers.remove(own)
        return new


def _unshared(layer: keras.layers.Layer) -> keras.layers.Layer:
    return type(layer).from_config(layer.get_config())


def _shape(x, batch_size, over_time):
    shape = (batch_size, *x.shape[1:])
    return (shape[0], None, *shape[2:]) if over_time else shape
