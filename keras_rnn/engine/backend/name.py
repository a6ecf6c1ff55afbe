# SPDX-License-Identifier: Apache-2.0
"""Which backend Keras runs on."""

import keras

BACKEND = keras.backend.backend()

#: Backends with a hand-written gradient; on the others a layer runs on the
#: reference engine, through the backend's own autodiff.
FUSED_BACKENDS = ("tensorflow", "jax")
