# SPDX-License-Identifier: Apache-2.0
"""Weights from and to Keras, PyTorch and TensorFlow Addons."""

from keras_rnn.migration.keras_weights import from_keras, to_keras
from keras_rnn.migration.pytorch import from_torch, to_torch
from keras_rnn.migration.swap_layers import swap_layers
from keras_rnn.migration.tensorflow_addons import from_addons, to_addons

__all__ = [
    "from_addons",
    "from_keras",
    "from_torch",
    "swap_layers",
    "to_addons",
    "to_keras",
    "to_torch",
]
