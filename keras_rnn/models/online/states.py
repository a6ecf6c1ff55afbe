# SPDX-License-Identifier: Apache-2.0
"""Reads, sets and resets the states of all stateful layers of a model.

A Keras layer with `stateful=True` begins each batch with its states after the
batch before. Keras 3 resets such layers only one by one; the functions here
find them in a model, however deeply they are nested.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate


def stateful_layers(model: keras.layers.Layer) -> dict[str, keras.layers.RNN]:
    """The layers that keep their states from batch to batch.

    Args:
        model: A `keras.Model` or layer.

    Returns:
        Dict of path -> `keras.layers.RNN`. A path has the names of the layers
        on the way, `"encoder/bidirectional/forward_lstm"`, without the name of
        the model itself.

    Raises:
        ValueError: If the model has no stateful layer.
    """
    validate.instance("model", model, keras.layers.Layer)
    found = {
        path: layer
        for path, layer in recurrent_layers(model).items()
        if layer.stateful
    }
    if not found:
        raise ValueError(
            f"The model {model.name!r} has no stateful layer, so it keeps no "
            "state between batches. Use `stateful_forecaster`, "
            "`for_inference(model)`, or layers with stateful=True."
        )
    return found


def recurrent_layers(
    layer: keras.layers.Layer, path: tuple[str, ...] = ()
) -> dict[str, keras.layers.RNN]:
    """The layers of type `keras.layers.RNN` in a layer, by path.

    Args:
        layer: A layer or model; it may be such a layer itself.
        path: Names of the layers around it.
    """
    if isinstance(layer, keras.layers.RNN):
        return {"/".join(path) or layer.name: layer}
    found: dict[str, keras.layers.RNN] = {}
    for child in children(layer):
        for name, inner in recurrent_layers(child, (*path, child.name)).items():
            if all(inner is not known for known in found.values()):
                found[_free(name, found)] = inner
    return found


def children(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers directly inside a layer."""
    if isinstance(layer, keras.Model):
        return layer.layers
    return layer._flatten_layers(include_self=False, recursive=False)


def _free(name: str, taken: dict[str, Any]) -> str:
    """The name, numbered if a layer of the same name is already known.

    A subclassed model may have two layers of one name.
    """
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free


def reset_states(model: keras.Model) -> None:
    """Sets all states of a model to zero, before a new series begins.

    Args:
        model: A `keras.Model` with stateful layers, at any depth.

    Raises:
        ValueError: If the model has no stateful layer.

    Example:
        >>> import keras, keras_rnn
        >>> x = keras.Input(batch_shape=(2, None, 3))
        >>> model = keras.Model(x, keras_rnn.Elman(4, stateful=True)(x))
        >>> ones = np.ones((2, 5, 3))
        >>> first, second = (np.asarray(model(ones)) for _ in range(2))
        >>> reset_states(model)
        >>> again = np.asarray(model(ones))
        >>> bool(np.allclose(first, second)), bool(np.allclose(first, again))
        (False, True)
    """
    for layer in stateful_layers(model).values():
        # layer.reset_state() fails on the states of stacked cells.
        for variable in keras.tree.flatten(layer.states):
            variable.assign(ops.zeros_like(variable.value))


def get_states(model: keras.Model) -> dict[str, Any]:
    """All states of a model, as NumPy arrays.

    Args:
        model: A `keras.Model` with stateful layers, at any depth.

    Returns:
        Dict of layer path -> list of arrays `(batch, width)`, one per state;
        for `RNN` over stacked cells a list of such lists. The arrays are
        copies, which later batches do not change.

    Raises:
        ValueError: If the model has no stateful layer, or is not built.

    Example:
        >>> import keras, keras_rnn
        >>> x = keras.Input(batch_shape=(2, None, 3))
        >>> layer = keras_rnn.PeepholeLSTM(4, stateful=True, name="memory")
        >>> model = keras.Model(x, layer(x))
        >>> [state.shape for state in get_states(model)["memory"]]
        [(2, 4), (2, 4)]
    """
    return {
        path: keras.tree.map_structure(
            lambda variable: np.array(ops.convert_to_numpy(variable)),
            _as_lists(_variables(path, layer)),
        )
        for path, layer in stateful_layers(model).items()
    }


def set_states(model: keras.Model, states: dict[str, Any]) -> None:
    """Sets the states of a model to those that `get_states` returned.

    If the states do not fit, none is changed.

    Args:
        model: A `keras.Model` with stateful layers, at any depth.
        states: What `get_states` returned for this model, or for a model with
            the same layers and batch size.

    Raises:
        ValueError: If the model has no stateful layer, the layers, the
            numbers of states or their shapes differ, or a number is not
            finite.
        TypeError: If `states` is not a dict.
    """
    validate.instance("states", states, dict, "Use get_states(model).")
    layers = stateful_layers(model)
    if states.keys() != layers.keys():
        raise ValueError(
            f"`states` must have one entry per stateful layer: "
            f"{sorted(layers)}. Received: {sorted(map(str, states))}. "
            "Use what get_states returned for a model with the same layers."
        )
    changes = []
    for path, layer in layers.items():
        changes += _checked(path, _variables(path, layer), states[path])
    for variable, value in changes:
        variable.assign(ops.convert_to_tensor(value, dtype=variable.dtype))


def _variables(path, layer):
    if layer.states is None:
        raise ValueError(
            f"The layer {path!r} is not built, so it has no states yet. "
            "Call it on a batch first."
        )
    return layer.states


def _checked(path, variables, values):
    """Pairs of a variable and its new value, once these are checked."""
    expected = [tuple(v.shape) for v in keras.tree.flatten(variables)]
    flat = [np.asarray(v) for v in _leaves(values)]
    received = [v.shape for v in flat]
    if received != expected:
        raise ValueError(
            f"The states of {path!r} must have the shapes (batch, width) "
            f"{expected}. Received: {received}. Use states of a model with "
            "the same units and batch size."
        )
    if not all(np.issubdtype(v.dtype, np.number) for v in flat):
        raise ValueError(
            f"The states of {path!r} must be numbers. Received: "
            f"{[str(v.dtype) for v in flat]}. Use what get_states returned."
        )
    if not all(np.isfinite(v).all() for v in flat):
        raise ValueError(
            f"The states of {path!r} must be finite: what is not stays in "
            "them for ever. Received: NaN or infinite numbers. Use states "
            "from before the model read such a row."
        )
    return zip(keras.tree.flatten(variables), flat, strict=True)


def _leaves(values: Any) -> list[Any]:
    """The arrays in nested lists, as one list."""
    if isinstance(values, (list, tuple)):
        return [leaf for value in values for leaf in _leaves(value)]
    return [values]


def _as_lists(states: Any) -> Any:
    if isinstance(states, (list, tuple)):
        return [_as_lists(state) for state in states]
    return states
