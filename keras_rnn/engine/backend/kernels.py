# SPDX-License-Identifier: Apache-2.0
"""The kernels of cuDNN that Keras can call."""

from collections.abc import Callable
from typing import Any

import keras

# The functions behind keras.layers.LSTM and GRU; keras does not export them.
from keras.src import backend as keras_backend

from keras_rnn.engine.backend.name import BACKEND
from keras_rnn.engine.backend.programs import traced_for_xla

#: Backend -> the kernels of cuDNN that Keras calls there, and the dtypes that
#: they surely take. JAX is left out: a training step of its LSTM takes about
#: twice as long as one of the fused engine (measured on an NVIDIA H200), and it
#: has no GRU.
CUDNN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "tensorflow": (("lstm", "gru"), ("float16", "float32", "float64")),
    "torch": (("lstm", "gru"), ("float16", "bfloat16", "float32", "float64")),
}
# Keras before 3.15 cuts the gradient of the weights on PyTorch.
if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 15):
    del CUDNN["torch"]

#: Whether XLA cannot compile a model that calls cuDNN.
CUDNN_KEEPS_OUT_XLA: bool = BACKEND == "tensorflow"


def cudnn_function(kernel: str, dtype: str) -> Callable[..., Any] | None:
    """Keras's function that calls a kernel of cuDNN, if it can do so now.

    Args:
        kernel: `"lstm"` or `"gru"`.
        dtype: Name of the dtype of all tensors.

    Returns:
        `keras.src.backend.lstm` or `gru`; None if there is no GPU, or
        TensorFlow is tracing for XLA, which cannot call cuDNN.
    """
    kernels, dtypes = CUDNN.get(BACKEND, ((), ()))
    if kernel not in kernels or dtype not in dtypes:
        return None
    if CUDNN_KEEPS_OUT_XLA and traced_for_xla():
        return None
    tanh, sigmoid = keras.activations.tanh, keras.activations.sigmoid
    if not keras_backend.cudnn_ok(tanh, sigmoid, unroll=False, use_bias=True):
        return None
    return getattr(keras_backend, kernel)
