# SPDX-License-Identifier: Apache-2.0
"""Networks whose gates see the inputs alone."""

import numpy as np

from tests.layers.oracles.arithmetic import sigma


def min_gru(x, states, w, psi, candidate=lambda v: v):
    (h_prev,) = states
    z_u, z_g = np.split(x @ w["kernel"] + w["bias"], 2, axis=-1)
    h = sigma(z_u) * candidate(z_g) + (1 - sigma(z_u)) * h_prev
    return h, (h,)


def positive_min_gru(x, states, w, psi):
    def candidate(v):
        return np.where(v >= 0, v + 0.5, sigma(v))

    return min_gru(x, states, w, psi, candidate)


def min_lstm(x, states, w, psi, candidate=lambda v: v):
    (h_prev,) = states
    z_f, z_i, z_g = np.split(x @ w["kernel"] + w["bias"], 3, axis=-1)
    f, i = sigma(z_f), sigma(z_i)
    h = f / (f + i) * h_prev + i / (f + i) * candidate(z_g)
    return h, (h,)


def positive_min_lstm(x, states, w, psi):
    def candidate(v):
        return np.where(v >= 0, v + 0.5, sigma(v))

    return min_lstm(x, states, w, psi, candidate)


def lru(x, states, w, psi):
    (before,) = states
    re, im, _ = np.split(before.astype("float64"), 3, axis=-1)
    b_re, b_im, d = np.split(w["kernel"], 3, axis=1)
    rate = np.exp(-np.exp(w["nu_log"]) + 1j * np.exp(w["theta_log"]))
    u = np.exp(w["gamma_log"]) * (x @ (b_re + 1j * b_im))
    h = rate * (re + 1j * im) + u
    c_re, c_im = np.split(w["output_kernel"], 2)
    y = (h @ (c_re + 1j * c_im)).real + x @ d
    return y, (np.concatenate([h.real, h.imag, x @ d], axis=-1),)
