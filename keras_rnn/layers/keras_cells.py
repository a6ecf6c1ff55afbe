# SPDX-License-Identifier: Apache-2.0
"""Keras's own cells, and the cells of this package with the same equations."""

from typing import Any

import keras

from keras_rnn.engine import RecurrentCell
from keras_rnn.layers.gru import GRUCell
from keras_rnn.layers.lstm import LSTMCell
from keras_rnn.layers.simple_rnn import SimpleRNNCell

#: Keras's cell -> ours, of the same equations and weights.
OUR_CELLS: dict[type[keras.layers.Layer], type[RecurrentCell]] = {
    keras.layers.LSTMCell: LSTMCell,
    keras.layers.GRUCell: GRUCell,
    keras.layers.SimpleRNNCell: SimpleRNNCell,
}
#: The arguments that change the equations, of those that cells have.
OF_EQUATIONS: tuple[str, ...] = (
    "units",
    "activation",
    "recurrent_activation",
    "use_bias",
    "reset_after",
)


def our_cell(cell: Any) -> RecurrentCell:
    """A cell of this package with the equations and weights of Keras's.

    Args:
        cell: A built `keras.layers.LSTMCell`, `GRUCell` or `SimpleRNNCell`.

    Returns:
        A built cell, which has copies of the weights.

    Raises:
        TypeError: If it is another cell.

    Example:
        >>> import keras
        >>> from keras_rnn.layers import our_cell
        >>> theirs = keras.layers.GRUCell(4)
        >>> theirs.build((None, 3))
        >>> type(our_cell(theirs)).__name__
        'GRUCell'
    """
    cls = OUR_CELLS.get(type(cell))
    if cls is None:
        raise TypeError(
            f"`cell` must be one of {[k.__name__ for k in OUR_CELLS]} of Keras."
            f" Received: {type(cell).__name__}. Derive other cells from "
            "keras_rnn.engine.RecurrentCell."
        )
    settings = {
        name: getattr(cell, name)
        for name in OF_EQUATIONS
        if hasattr(cell, name)
    }
    # Initializers would draw from the user's random state for nothing.
    initializers = dict.fromkeys(
        (
            "kernel_initializer",
            "recurrent_initializer",
            "bias_initializer",
        ),
        "zeros",
    )
    ours = cls(**settings, **initializers, dtype=cell.dtype_policy)
    ours.build((None, cell.kernel.shape[0]))
    ours.set_weights(cell.get_weights())
    return ours
