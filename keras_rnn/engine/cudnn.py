# SPDX-License-Identifier: Apache-2.0
"""cuDNN, NVIDIA's kernels for whole sequences on a GPU.

There are two kernels, for the LSTM and for the GRU, with the activations of
the papers. Keras calls them for its own layers. A layer of this package with
the same equations and weights calls them too, which matters most on PyTorch:
there the plain loop takes ten to a hundred times as long.
"""

from collections.abc import Callable
from typing import Any

import keras

from keras_rnn.engine import backend
from keras_rnn.engine.batch import Batch
from keras_rnn.engine.cells.equations import OverTime
from keras_rnn.engine.cells.keras_cell import RecurrentCell


def knows(cell: Any) -> bool:
    """Whether a kernel of cuDNN has the equations of a cell."""
    return (
        _name_of_kernel(cell) is not None
        and cell.use_bias
        and not cell.zoneout
        and not cell.recurrent_weight_dropout
        and cell.activation is keras.activations.tanh
        and cell.recurrent_activation is keras.activations.sigmoid
    )


def kernel_of(cell: RecurrentCell, dtype: str) -> Callable[..., Any] | None:
    """Keras's function that can run a cell on cuDNN now, or None."""
    name = _name_of_kernel(cell)
    if name is None or not knows(cell):
        return None
    return backend.cudnn_function(name, dtype)


def _name_of_kernel(cell) -> str | None:
    own = "cudnn_kernel" in vars(type(cell))
    return cell.cudnn_kernel if own else None


def run(cell: RecurrentCell, batch: Batch) -> OverTime | None:
    """Runs a built cell over sequences, as `reference.run` does.

    Returns:
        What `reference.run` returns, or None if cuDNN cannot run the cell or
        is not installed.
    """
    # cuDNN masks only padding at the end and zeroes the outputs there, where
    # this package repeats the last valid output. It has no recurrent dropout.
    if batch.mask is not None or batch.recurrent_mask is not None:
        return None
    dtype = keras.backend.standardize_dtype(batch.sequences.dtype)
    kernel = kernel_of(cell, dtype)
    if kernel is None:
        return None
    try:
        _, outputs, states = kernel(
            batch.sequences,
            *batch.states,
            None,  # the mask
            kernel=backend.as_tensor(cell.kernel, dtype),
            recurrent_kernel=backend.as_tensor(cell.recurrent_kernel, dtype),
            bias=backend.as_tensor(cell.bias, dtype),
            activation=cell.activation,
            recurrent_activation=cell.recurrent_activation,
            return_sequences=True,
        )
    except NotImplementedError:  # Keras tried: the kernel is not installed
        return None
    return outputs, tuple(states)
