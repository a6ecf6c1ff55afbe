# SPDX-License-Identifier: Apache-2.0
"""Which backend Keras runs on."""

import keras

#: "tensorflow", "jax" or "torch".
BACKEND: str = keras.backend.backend()

#: Backends on which the fused engine runs, with its hand-written gradient. On
#: the others a layer runs on the reference engine, with the backend's autodiff.
FUSED_BACKENDS: tuple[str, ...] = ("tensorflow", "jax")

#: Whether the programs that Keras compiles for fit, evaluate and predict hand
#: the states of recurrent layers on from batch to batch.
CARRIES_STATES: bool = BACKEND != "jax"

#: Whether convolutions inside of a compiled loop are much slower on a CPU than
#: outside of it, so that loops of known length are better written out: XLA
#: gives those inside to one core, and to none of its fast kernels.
LOOPS_SLOW_CONVOLUTIONS: bool = BACKEND == "jax"

#: Whether a training step is traced for the shapes in the specification of a
#: dataset, instead of the shapes of each batch.
TRACES_SPECIFICATIONS: bool = BACKEND == "tensorflow"
