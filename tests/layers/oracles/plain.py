# SPDX-License-Identifier: Apache-2.0
"""Networks without gates."""

import numpy as np


def simple_rnn(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    h = np.tanh(z)
    return h, (h,)


def elman(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    h = np.tanh(z)
    y = psi(h @ w["output_kernel"] + w["output_bias"])
    return y, (h,)


def jordan(x, states, w, psi):
    (y_prev,) = states
    z = x @ w["kernel"] + y_prev @ w["recurrent_kernel"] + w["bias"]
    h = np.tanh(z)
    y = psi(h @ w["output_kernel"] + w["output_bias"])
    return y, (y,)


def ind_rnn(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev * w["recurrent_kernel"] + w["bias"]
    h = np.maximum(z, 0)
    return h, (h,)
