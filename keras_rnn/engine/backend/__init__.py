# SPDX-License-Identifier: Apache-2.0
"""What differs between backends: loops, gradients, compilers, exports, cuDNN.

No other module of the engine names a backend.
"""

from keras_rnn.engine.backend.custom_gradients import with_gradient
from keras_rnn.engine.backend.datasets import (
    asserting_equal_batches,
    asserting_ids,
    asserting_shares,
    of_shape,
    with_ids_before,
)
from keras_rnn.engine.backend.derivatives import gradients
from keras_rnn.engine.backend.exports import exporting, portable
from keras_rnn.engine.backend.kernels import (
    CUDNN_KEEPS_OUT_XLA,
    cudnn_function,
)
from keras_rnn.engine.backend.loops import time_loop
from keras_rnn.engine.backend.name import (
    BACKEND,
    CARRIES_STATES,
    FUSED_BACKENDS,
    LOOPS_SLOW_CONVOLUTIONS,
    TRACES_SPECIFICATIONS,
)
from keras_rnn.engine.backend.programs import (
    as_tensor,
    batch_slices,
    compiled,
    compiled_on_jax,
    is_eager,
    loop_dtype,
    steps_are_dear,
    traced,
)

__all__ = [
    "BACKEND",
    "CARRIES_STATES",
    "CUDNN_KEEPS_OUT_XLA",
    "FUSED_BACKENDS",
    "LOOPS_SLOW_CONVOLUTIONS",
    "TRACES_SPECIFICATIONS",
    "as_tensor",
    "asserting_equal_batches",
    "asserting_ids",
    "asserting_shares",
    "batch_slices",
    "compiled",
    "compiled_on_jax",
    "cudnn_function",
    "exporting",
    "gradients",
    "is_eager",
    "loop_dtype",
    "of_shape",
    "portable",
    "steps_are_dear",
    "time_loop",
    "traced",
    "with_gradient",
    "with_ids_before",
]
