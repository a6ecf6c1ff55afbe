# SPDX-License-Identifier: Apache-2.0
"""Weights from and to Keras's own layers, whose layouts are the same."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Array, ArrayLike
from keras_rnn.layers import OF_EQUATIONS, OUR_CELLS
from keras_rnn.migration.cells import assign, cells_of
from keras_rnn.migration.matched import matched, named

_THEIRS = {ours: theirs for theirs, ours in OUR_CELLS.items()}


def from_keras(
    layer: keras.layers.Layer,
    source: keras.layers.Layer | Sequence[ArrayLike],
) -> None:
    """Sets the weights of a layer to those of Keras's layer of that name.

    Args:
        layer: A built `LSTM`, `GRU` or `SimpleRNN` of this package, a
            `keras.layers.Bidirectional` of one, or a cell.
        source: Keras's built layer or cell of the same name, `Bidirectional`
            if `layer` is; or its weights, as `get_weights` returns them.

    Raises:
        TypeError: If one of them is another layer.
        ValueError: If an argument that changes the equations differs, such
            as `reset_after`, or a shape. No weight is set then.

    Example:
        >>> import keras, keras_rnn
        >>> x = keras.random.normal((4, 10, 3))
        >>> theirs, ours = keras.layers.GRU(8), keras_rnn.GRU(8)
        >>> y, _ = theirs(x), ours(x)
        >>> from_keras(ours, theirs)
        >>> bool(keras.ops.all(keras.ops.abs(ours(x) - y) < 1e-5))
        True
    """
    ours = cells_of("layer", layer, _THEIRS)
    if isinstance(source, (list, tuple)):
        weights = named("source", source, _weights(ours))
        assign(ours, matched("source", weights, _weights(ours)).values())
    else:
        _move("source", cells_of("source", source, OUR_CELLS), ours)


def to_keras(layer: keras.layers.Layer, target: keras.layers.Layer) -> None:
    """Sets the weights of Keras's layer to those of ours of that name.

    Args:
        layer: A built `LSTM`, `GRU` or `SimpleRNN` of this package, a
            `keras.layers.Bidirectional` of one, or a cell.
        target: Keras's built layer or cell of the same name, `Bidirectional`
            if `layer` is.

    Raises:
        TypeError: If one of them is another layer.
        ValueError: If an argument that changes the equations differs, or a
            shape. No weight is set then.

    Example:
        >>> import keras, keras_rnn
        >>> x = keras.random.normal((4, 10, 3))
        >>> theirs, ours = keras.layers.LSTM(8), keras_rnn.LSTM(8)
        >>> y, _ = ours(x), theirs(x)
        >>> to_keras(ours, theirs)
        >>> bool(keras.ops.all(keras.ops.abs(theirs(x) - y) < 1e-5))
        True
    """
    ours = cells_of("layer", layer, _THEIRS)
    _move("layer", ours, cells_of("target", target, OUR_CELLS))


def _move(argument, sources, targets):
    kinds = [OUR_CELLS.get(type(cell), type(cell)) for cell in sources]
    wanted = [OUR_CELLS.get(type(cell), type(cell)) for cell in targets]
    if kinds != wanted:
        raise TypeError(
            "Weights move between layers of one name, both Bidirectional or "
            f"neither. Received: {_names(sources)} for {_names(targets)}. "
            "Use the layer of the same name."
        )
    for source, target in zip(sources, targets, strict=True):
        _check_arguments(source, target)
    expected = _weights(targets)
    arrays = matched(argument, _weights(sources), expected).values()
    assign(targets, arrays)


def _names(cells):
    return " and ".join(type(cell).__name__ for cell in cells)


def _check_arguments(source, target):
    for name in OF_EQUATIONS:
        value = getattr(target, name, None)
        given = getattr(source, name, None)
        if value != given:
            raise ValueError(
                f"The layers must have the same `{name}`, which changes the "
                f"equations: {value!r} here. "
                f"{validate.received(name, given)} Make one layer with the "
                "arguments of the other."
            )


def _weights(cells: Sequence[Any]) -> dict[str, Array]:
    """The weights of cells by name, in order."""
    directions = ("forward ", "backward ") if len(cells) == 2 else ("",)
    return {
        f"{direction}{variable.name}": array
        for direction, cell in zip(directions, cells, strict=True)
        for variable, array in zip(
            cell.weights, cell.get_weights(), strict=True
        )
    }
