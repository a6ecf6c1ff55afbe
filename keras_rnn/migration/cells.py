# SPDX-License-Identifier: Apache-2.0
"""The cells of a layer: they have its weights, and fix its equations."""

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Array


def cells_of(
    name: str, layer: Any, kinds: Collection[type[keras.layers.Layer]]
) -> list[Any]:
    """The cell of a built layer, or those of both directions.

    Args:
        name: Name of the argument, for errors.
        layer: A recurrent layer, a `Bidirectional` one, or a cell.
        kinds: The classes that its cells may have.

    Raises:
        TypeError: If a cell has another class.
        ValueError: If the layer is not built, or has zoneout.
    """
    directions = [layer]
    if isinstance(layer, keras.layers.Bidirectional):
        directions = [layer.forward_layer, layer.backward_layer]
    return [cell_of(name, one, kinds) for one in directions]


def cell_of(
    name: str, layer: Any, kinds: Collection[type[keras.layers.Layer]]
) -> Any:
    """As `cells_of`, of a layer that reads one way."""
    cell = getattr(layer, "cell", layer)
    if type(cell) not in kinds:
        package = next(iter(kinds)).__module__.partition(".")[0]
        raise TypeError(
            f"`{name}` must have the cell "
            f"{' or '.join(kind.__name__ for kind in kinds)} of {package}. "
            f"{validate.received(name, layer)} Other cells, subclasses too, "
            "may have other equations."
        )
    if not cell.built:
        raise ValueError(
            f"`{name}` must have weights. {validate.received(name, layer)} "
            "Call it, or its model, on a batch first."
        )
    if getattr(cell, "zoneout", None):
        raise ValueError(
            f"`{name}` must have zoneout=None: it changes the outputs, and "
            "other libraries lack it. "
            f"{validate.received('zoneout', cell.zoneout)} Move the weights to "
            "or from a layer without it, by set_weights."
        )
    return cell


def assign(cells: Iterable[Any], weights: Iterable[Array]) -> None:
    """Sets the weights of cells, which were checked, one cell after another."""
    rest = iter(weights)
    for cell in cells:
        cell.set_weights(list(islice(rest, len(cell.weights))))
