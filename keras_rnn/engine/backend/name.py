# SPDX-License-Identifier: Apache-2.0
"""Which backend Keras runs on."""

import keras

BACKEND = keras.backend.backend()

#: Backends with a hand-written gradient; on the others a layer runs on the
#: reference engine, through the backend's own autodiff.
FUSED_BACKENDS = ("tensorflow", "jax")

#: Whether Keras hands the states of recurrent layers from batch to batch in
#: what it compiles for fit, evaluate and predict.
CARRIES_STATES = BACKEND != "jax"

#: Whether what a training step knows of shapes comes from the dataset's
#: specification, and not from each batch.
TRACES_SPECIFICATIONS = BACKEND == "tensorflow"
