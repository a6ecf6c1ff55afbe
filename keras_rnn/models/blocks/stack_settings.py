# SPDX-License-Identifier: Apache-2.0
"""What the settings of a Stack can be, each alone and all together."""

import numbers
from typing import TYPE_CHECKING, Any

import keras

from keras_rnn import _validation as validate
from keras_rnn import layers
from keras_rnn.models.blocks.connections import RESIDUALS

if TYPE_CHECKING:
    from keras_rnn.models.blocks.stack import Stack

NORMALIZATIONS = {
    "layer": keras.layers.LayerNormalization,
    "batch": keras.layers.BatchNormalization,
}
#: Arguments of layers that a stack sets itself or cannot support.
OWN_OPTIONS = {
    "go_backwards",
    "name",
    "num_observed",
    "recurrent_dropout",
    "return_sequences",
    "return_state",
    "stateful",
    "units",
}
#: Settings that are one value for all layers, or a list with one per layer.
PER_LAYER = ("cell", "units", "dilation")


def as_list(value: Any) -> list[Any]:
    """A setting of `PER_LAYER` as a list, of one value or several."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def check_settings(stack: "Stack") -> None:
    """Raises an error if a setting of a stack cannot be meant.

    Args:
        stack: `Stack`.

    Raises:
        TypeError: If `options` is no dict, or a key is none.
        ValueError: If a value is wrong, or the lists differ in length.
    """
    validate.instance("options", stack.options, dict, "Use {} for none.")
    for name in OWN_OPTIONS & stack.options.keys():
        raise ValueError(
            f"`options` cannot hold {name!r}: the stack sets it itself. "
            f"Received: options={stack.options!r}. Use the settings of "
            "Stack, or build the layers by hand."
        )
    _check_cell(stack.cell)
    for name in ("units", "dilation"):
        for value in as_list(getattr(stack, name)):
            validate.positive_int(name, value)
    validate.boolean("bidirectional", stack.bidirectional)
    if isinstance(stack.residual, numbers.Number):  # 1 and 0 equal a bool
        validate.boolean("residual", stack.residual)
    validate.one_of("residual", stack.residual, RESIDUALS)
    for name in ("dropout", "recurrent_dropout"):
        validate.dropout_rate(name, getattr(stack, name))
    validate.one_of(
        "normalization", stack.normalization, (None, *NORMALIZATIONS)
    )
    _check_number_of_layers(stack)


def _check_cell(cell: Any) -> None:
    for key in as_list(cell):
        if not isinstance(key, str):
            raise TypeError(
                "`cell` must be a layer key, or a list of them. "
                f"{validate.received('cell', cell)} Write "
                "Stack('lstm', 8), with one of the keys "
                f"{', '.join(map(repr, layers.LAYERS))}."
            )
        layers.get(key)


def _check_number_of_layers(stack: "Stack") -> None:
    given = {name: getattr(stack, name) for name in PER_LAYER}
    lengths = {
        len(value)
        for value in given.values()
        if isinstance(value, (list, tuple))
    }
    if len(lengths) > 1 or 0 in lengths:
        shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
        raise ValueError(
            "`cell`, `units` and `dilation` must name equally many layers, at "
            f"least one. Received: {shown}. Give one value for all layers or "
            "one per layer in each."
        )
    if stack.residual in (True, "dense") and stack.num_layers == 1:
        raise ValueError(
            f"`residual={stack.residual!r}` needs at least two layers, as "
            f"nothing goes past the first. Received: units={stack.units!r}. "
            "Use units=[32, 32], residual='highway' or residual=False."
        )
