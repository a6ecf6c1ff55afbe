# SPDX-License-Identifier: Apache-2.0
"""Networks with layer normalization."""

import numpy as np

from tests.layers.oracles.arithmetic import sigma


def layer_norm_lstm(x, states, w, psi):
    def norm(v, name):
        centred = v - v.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(v.var(axis=-1, keepdims=True) + 1e-3)
        gamma, beta = w[f"norm_gamma_{name}"], w[f"norm_beta_{name}"]
        return gamma * centred / deviation + beta

    h_prev, c_prev = states
    z = norm(x @ w["kernel"], "x") + norm(h_prev @ w["recurrent_kernel"], "h")
    z_i, z_f, z_g, z_o = np.split(z + w["bias"], 4, axis=-1)
    c = norm(sigma(z_f) * c_prev + sigma(z_i) * np.tanh(z_g), "c")
    h = sigma(z_o) * np.tanh(c)
    return h, (h, c)


def _standardized(v, epsilon):
    centred = v - v.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(v.var(axis=-1, keepdims=True) + epsilon)


def layer_norm_gru(x, states, w, psi):
    (h_prev,) = states
    b, d = w["bias"]
    v = w["norm_gamma_x"] * _standardized(x @ w["kernel"], 1e-3) + b
    s = h_prev @ w["recurrent_kernel"]
    s = w["norm_gamma_h"] * _standardized(s, 1e-3) + d
    v_u, v_r, v_g = np.split(v, 3, axis=-1)
    s_u, s_r, s_g = np.split(s, 3, axis=-1)
    u = sigma(v_u + s_u)
    g = np.tanh(v_g + sigma(v_r + s_r) * s_g)
    h = u * h_prev + (1 - u) * g
    return h, (h,)


def layer_norm_simple_rnn(x, states, w, psi):
    (h_prev,) = states
    net = x @ w["kernel"] + h_prev @ w["recurrent_kernel"]
    net = w["norm_gamma_z"] * _standardized(net, 1e-5)
    h = np.tanh(net + w["bias"])
    return h, (h,)
