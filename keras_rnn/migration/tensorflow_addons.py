# SPDX-License-Identifier: Apache-2.0
"""Weights from and to the cells of TensorFlow Addons.

Its `PeepholeLSTMCell` and `LayerNormLSTMCell` have Keras's gate order, which
is ours too. They differ in how the further weights are named and stored.
"""

from collections.abc import Mapping, Sequence

import keras
import numpy as np

from keras_rnn._types import Array, ArrayLike
from keras_rnn.layers import LayerNormLSTMCell, PeepholeLSTMCell
from keras_rnn.migration.cells import cell_of
from keras_rnn.migration.matched import matched, named

# What the attributes of a cell there are called, in the order of its
# `get_weights`: after the weights of an LSTM those of its own. Keras lists the
# weights of a layer before those of the layers in it.
_OF_LSTM = ("kernel", "recurrent_kernel", "bias")
_OF_ITS_OWN = {
    PeepholeLSTMCell: (
        "input_gate_peephole_weights",
        "forget_gate_peephole_weights",
        "output_gate_peephole_weights",
    ),
    LayerNormLSTMCell: (
        "kernel_norm.gamma",
        "kernel_norm.beta",
        "recurrent_norm.gamma",
        "recurrent_norm.beta",
        "state_norm.gamma",
        "state_norm.beta",
    ),
}


def from_addons(
    layer: keras.layers.Layer,
    weights: Mapping[str, ArrayLike] | Sequence[ArrayLike],
) -> None:
    """Sets the weights of a layer to those of a cell of TensorFlow Addons.

    The weights do not tell the other arguments: see that `activation`,
    `recurrent_activation` and `norm_epsilon` are those of the cell. The
    defaults are the same there and here.

    Args:
        layer: A built `PeepholeLSTM` with `peephole="diagonal"`, for a
            `PeepholeLSTMCell`, or a built `LayerNormLSTM`, for a
            `LayerNormLSTMCell`. Of a `Bidirectional` layer pass `forward_layer`
            and `backward_layer`, one after the other.
        weights: The arrays that `get_weights` of the cell returned, or a dict
            of them by the names of the cell's attributes, such as `"kernel"`,
            `"input_gate_peephole_weights"` or `"kernel_norm.gamma"`;
            `to_addons(layer)` shows all names in the order of `get_weights`.

    Raises:
        TypeError: If `layer` is another layer.
        ValueError: If weights are missing, unknown or of another shape, or
            peepholes are full. No weight is set then.

    Example:
        >>> import keras_rnn
        >>> layer = keras_rnn.PeepholeLSTM(8)
        >>> layer.build((None, None, 3))
        >>> shapes = [(3, 32), (8, 32), (32,), (8,), (8,), (8,)]
        >>> from_addons(layer, [np.ones(shape) for shape in shapes])
    """
    cell = _cell(layer)
    expected = to_addons(layer)
    if not isinstance(weights, Mapping):
        weights = named("weights", weights, expected)
    arrays = list(matched("weights", weights, expected).values())
    if isinstance(cell, PeepholeLSTMCell):
        arrays = [*arrays[:-3], np.stack(arrays[-3:])]
    cell.set_weights(arrays)


def to_addons(layer: keras.layers.Layer) -> dict[str, Array]:
    """The weights of a layer, as a cell of TensorFlow Addons has them.

    Args:
        layer: A built `PeepholeLSTM` with `peephole="diagonal"` or a built
            `LayerNormLSTM`.

    Returns:
        Dict of arrays by the names of the cell's attributes, in the order of
        `get_weights`: `cell.set_weights(list(to_addons(layer).values()))`.

    Raises:
        TypeError: If `layer` is another layer.
        ValueError: If it is not built, or its peepholes are full.

    Example:
        >>> import keras_rnn
        >>> layer = keras_rnn.PeepholeLSTM(8)
        >>> layer.build((None, None, 3))
        >>> to_addons(layer)["forget_gate_peephole_weights"].shape
        (8,)
    """
    cell = _cell(layer)
    weights = cell.get_weights()
    if isinstance(cell, PeepholeLSTMCell):
        *of_lstm, peepholes = weights
        weights = [*of_lstm, *peepholes]
    names = [*_OF_LSTM[: 2 + cell.use_bias], *_OF_ITS_OWN[type(cell)]]
    return dict(zip(names, weights, strict=True))


def _cell(layer):
    cell = cell_of("layer", layer, _OF_ITS_OWN)
    if getattr(cell, "peephole", "diagonal") != "diagonal":
        raise ValueError(
            "`layer` must have peephole='diagonal': a cell of TensorFlow "
            "Addons has a weight per unit and gate. Received: peephole="
            f"{cell.peephole!r}. Use PeepholeLSTM(units)."
        )
    return cell
