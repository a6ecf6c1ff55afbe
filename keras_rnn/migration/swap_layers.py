# SPDX-License-Identifier: Apache-2.0
"""swap_layers: a model with the layers of this package in place of Keras's."""

import tempfile
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.layers import GRU, LSTM, SimpleRNN
from keras_rnn.models import seeded

# Keras's layer -> ours, of the same equations, weights and arguments.
_OURS = {
    keras.layers.LSTM: LSTM,
    keras.layers.GRU: GRU,
    keras.layers.SimpleRNN: SimpleRNN,
}


def swap_layers(model: keras.Model, *, compile: bool = True) -> keras.Model:
    """Makes a copy of a model in which ours replace Keras's recurrent layers.

    Each `keras.layers.LSTM`, `GRU` and `SimpleRNN` becomes the layer of that
    name of this package, also in `Bidirectional`, `TimeDistributed` and models
    inside. Weights, names, states and seeds stay, so the copy gives the same
    outputs; the given model is not changed. Subclasses of Keras's layers,
    `keras.layers.RNN` of a cell, and layers that a layer of your own makes
    for itself stay what they are. `use_cudnn` and `implementation` only say
    how Keras computes: the argument `engine` of our layers takes their place.

    Args:
        model: A functional or sequential `keras.Model`.
        compile: Whether the copy is compiled as `model` is, with a fresh
            optimizer of the same settings.

    Returns:
        A model of the same class.

    Raises:
        TypeError: If the model, or one inside it, is a subclass with a `call`
            or a constructor of its own, which Keras cannot copy.

    Example:
        >>> import keras, keras_rnn
        >>> model = keras.Sequential(
        ...     [keras.Input((10, 3)), keras.layers.LSTM(8)]
        ... )
        >>> type(swap_layers(model).layers[0]) is keras_rnn.LSTM
        True
    """
    validate.boolean("compile", compile)
    with seeded(0):  # its weights and seeds are replaced
        copy = _Copy().of_model(model)
    pairs = zip(model._flatten_layers(), copy._flatten_layers(), strict=True)
    for layer, new in pairs:
        _carry_over(layer, new)
    if compile and model.compiled:
        _compile_as(model, copy)
    return copy


class _Copy:
    """Copies models and layers, a shared layer only once."""

    def __init__(self) -> None:
        self.done: dict[int, Any] = {}

    def of_model(self, model: Any) -> Any:
        if type(model) is keras.Sequential:
            inputs = model.inputs if model.built else []
            layers = [x._keras_history[0] for x in inputs] + model.layers
            return keras.Sequential(
                [self.of_layer(layer) for layer in layers], name=model.name
            )
        if not isinstance(model, keras.Function):
            raise _unknown_graph(model)
        # The copy is of a plain model around the same graph: clone_model would
        # also compile the copy, by way of configs.
        graph = keras.models.clone_model(
            keras.Model(model.input, model.output),
            input_tensors=keras.tree.map_structure(
                lambda x: self.of_layer(x._keras_history[0]).output, model.input
            ),
            clone_function=self.of_layer,
        )
        kind: Any = type(model)
        if kind.__init__ is not type(graph).__init__:
            raise _unknown_graph(model)  # nor are the arguments known
        return kind(graph.input, graph.output, name=model.name)

    def of_layer(self, layer: Any) -> Any:
        if id(layer) not in self.done:
            self.done[id(layer)] = self._new(layer)
        return self.done[id(layer)]

    def _new(self, layer):
        # Functions of keras.ops and of the user: nothing in them is trained.
        if not isinstance(layer, keras.layers.Layer) or isinstance(
            layer, keras.layers.Lambda
        ):
            return layer
        if isinstance(layer, keras.Model):
            return self.of_model(layer)
        kind = _OURS.get(type(layer), type(layer))
        config = layer.get_config()
        if isinstance(layer, keras.layers.Bidirectional):
            # Not `of_layer`: Bidirectional makes copies of what it is given.
            config["layer"] = self._new(layer.forward_layer)
            config["backward_layer"] = self._new(layer.backward_layer)
        elif isinstance(layer, keras.layers.Wrapper):
            config["layer"] = self.of_layer(layer.layer)
        else:
            return kind.from_config(config)
        return kind(**config)


def _unknown_graph(model):
    return TypeError(
        "`model` must be a functional or sequential keras.Model, as must each "
        f"model in it. {validate.received('model', model)} Write a subclass "
        "with layers of this package, and move the weights by from_keras."
    )


def _compile_as(model, copy):
    # Not by `get_compile_config`: a loss may keep too little in its config, as
    # Huber does, or be a function that is not registered.
    settings = dict(model._compile_config.config)
    settings["optimizer"] = _anew(settings["optimizer"])
    for name in ("metrics", "weighted_metrics"):
        settings[name] = keras.tree.map_structure(_anew, settings[name])
    copy.compile(**settings)


def _anew(value: Any) -> Any:
    """A metric or an optimizer without its state; anything else as it is."""
    if isinstance(value, (keras.Metric, keras.Optimizer)):
        return type(value).from_config(value.get_config())
    return value


def _carry_over(layer: Any, new: Any) -> None:
    """What a config does not hold: weights, vocabularies, states, seeds."""
    new.trainable = layer.trainable
    # As from a file: some layers derive further values from their weights.
    store: dict[str, Any] = {}
    layer.save_own_variables(store)
    new.load_own_variables(store)
    if hasattr(layer, "save_assets"):
        with tempfile.TemporaryDirectory() as folder:
            layer.save_assets(folder)
            new.load_assets(folder)
    for variable, other in zip(_moving(layer), _moving(new), strict=True):
        other.assign(variable)


def _moving(layer):
    """The variables that calls move on, which files of models leave out."""
    seeds = [generator.state for generator in layer._seed_generators]
    if not isinstance(layer, keras.layers.RNN) or layer.states is None:
        return seeds
    return [*seeds, *keras.tree.flatten(layer.states)]
