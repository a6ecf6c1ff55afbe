# SPDX-License-Identifier: Apache-2.0
"""Dropout masks of cells, drawn before a loop over time and forgotten after it.

Inside such a loop a backend may not change the state of a random generator.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor


def draw_masks(
    layers: Sequence[keras.layers.RNN],
    widths: Sequence[int],
    states: Sequence[Sequence[Tensor]],
) -> None:
    """Makes the cells draw one mask per sequence, which they keep.

    Args:
        layers: The recurrent layers of the cells.
        widths: For each layer the width of its input.
        states: The states of each layer.
    """
    for layer, width, of_layer in zip(layers, widths, states, strict=True):
        if _keeps_masks(layer.cell):
            batch, dtype = ops.shape(of_layer[0])[0], of_layer[0].dtype
            layer.cell.get_dropout_mask(ops.ones((batch, width), dtype))
            layer.cell.get_recurrent_dropout_mask(of_layer[0])


def forget_masks(layers: Sequence[keras.layers.RNN]) -> None:
    """Makes the cells forget their masks."""
    for layer in layers:
        if _keeps_masks(layer.cell):
            layer.cell.reset_dropout_mask()
            layer.cell.reset_recurrent_dropout_mask()


def _keeps_masks(cell: Any) -> bool:
    """Whether a cell has masks; those of Keras do, a user's own need not."""
    return hasattr(cell, "reset_dropout_mask")
