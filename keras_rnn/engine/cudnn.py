# SPDX-License-Identifier: Apache-2.0
"""cuDNN, NVIDIA's kernels for whole sequences on a GPU.

There are two, of the LSTM and of the GRU with the activations of the papers.
Keras calls them for its own layers; a layer of ours with the same equations
and weights takes the same way, above all on PyTorch, where the plain loop
takes ten to a hundred times as long.
"""

import keras

from keras_rnn.engine import backend


def knows(cell):
    """Whether a kernel of cuDNN has the equations of a cell."""
    return (
        cell.cudnn_kernel is not None
        and cell.use_bias
        and cell.activation is keras.activations.tanh
        and cell.recurrent_activation is keras.activations.sigmoid
    )


def kernel_of(cell, dtype):
    """Keras's function that runs a cell on cuDNN here and now, or None."""
    if not knows(cell):
        return None
    return backend.cudnn_function(cell.cudnn_kernel, dtype)


def run(cell, sequences, initial_states, mask=None, recurrent_mask=None):
    """Runs a built cell over sequences, as `fused.run` does.

    Returns:
        What `fused.run` returns; None where cuDNN cannot run the cell or is
        not there.
    """
    # Its masks are paddings at the end and zero the outputs there; ours are
    # any, and repeat the last valid output. It has no recurrent dropout.
    if mask is not None or recurrent_mask is not None:
        return None
    dtype = keras.backend.standardize_dtype(sequences.dtype)
    kernel = kernel_of(cell, dtype)
    if kernel is None:
        return None
    try:
        _, outputs, states = kernel(
            sequences,
            *initial_states,
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
