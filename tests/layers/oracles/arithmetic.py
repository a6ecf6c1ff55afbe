# SPDX-License-Identifier: Apache-2.0
"""Functions that the equations share."""

import numpy as np


def softmax(v):
    powers = np.exp(v)
    return powers / powers.sum(axis=-1, keepdims=True)


OUTPUT_ACTIVATIONS = {
    "linear": lambda v: v,
    "softmax": softmax,
    "tanh": np.tanh,
}


def sigma(v):
    return 1 / (1 + np.exp(-v))
