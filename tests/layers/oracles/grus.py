# SPDX-License-Identifier: Apache-2.0
"""Networks with gates and one state, without norms."""

import numpy as np

from tests.layers.oracles.arithmetic import sigma


def gru(x, states, w, psi):
    (h_prev,) = states
    units = h_prev.shape[-1]
    if w["bias"].ndim == 1:
        return _reset_before_gru(x, h_prev, w)
    of_x = x @ w["kernel"] + w["bias"][0]
    of_h = h_prev @ w["recurrent_kernel"] + w["bias"][1]
    u = sigma(of_x[:, :units] + of_h[:, :units])
    r = sigma(of_x[:, units : 2 * units] + of_h[:, units : 2 * units])
    g = np.tanh(of_x[:, 2 * units :] + r * of_h[:, 2 * units :])
    h = u * h_prev + (1 - u) * g
    return h, (h,)


def _reset_before_gru(x, h_prev, w):
    w_u, w_r, w_g = np.split(w["kernel"], 3, axis=1)
    r_u, r_r, r_g = np.split(w["recurrent_kernel"], 3, axis=1)
    b_u, b_r, b_g = np.split(w["bias"], 3)
    u = sigma(x @ w_u + h_prev @ r_u + b_u)
    r = sigma(x @ w_r + h_prev @ r_r + b_r)
    g = np.tanh(x @ w_g + (r * h_prev) @ r_g + b_g)
    h = u * h_prev + (1 - u) * g
    return h, (h,)


def grud(x, states, w, psi, observed=1):
    """Che et al., equations 3, 6 to 13, with means of 0; u is their 1 − z."""
    (h_prev,) = states
    x, k = x.astype("float64"), observed
    values, known, elapsed = x[:, :k], x[:, -2 * k : -k], x[:, -k:]
    others = x[:, k : x.shape[-1] - 2 * k]
    rate_x = elapsed * w["decay_input"] + w["decay_input_bias"]
    rate_h = elapsed @ w["decay_state"] + w["decay_state_bias"]
    faded = np.exp(-np.maximum(rate_x, 0)) * values
    x_hat = known * values + (1 - known) * faded
    h_prev = np.exp(-np.maximum(rate_h, 0)) * h_prev
    x = np.concatenate([x_hat, others, known], axis=-1)
    return _reset_before_gru(x, h_prev, w)


def update_gate(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_u, z_g = np.split(z, 2, axis=-1)
    h = sigma(z_u) * np.tanh(z_g) + (1 - sigma(z_u)) * h_prev
    return h, (h,)


def mgu(x, states, w, psi, keep=False):
    (h_prev,) = states
    w_f, w_g = np.split(w["kernel"], 2, axis=1)
    r_f, r_g = np.split(w["recurrent_kernel"], 2, axis=1)
    b_f, b_g = np.split(w["bias"], 2)
    f = sigma(x @ w_f + h_prev @ r_f + b_f)
    g = np.tanh(x @ w_g + (f * h_prev) @ r_g + b_g)
    if keep:
        f = 1 - f
    h = (1 - f) * h_prev + f * g
    return h, (h,)


def keeping_mgu(x, states, w, psi):
    return mgu(x, states, w, psi, keep=True)


def mut1(x, states, w, psi):
    (h_prev,) = states
    w_r, w_u, w_g = np.split(w["kernel"], 3, axis=1)
    r_r, r_g = np.split(w["recurrent_kernel"], 2, axis=1)
    b_r, b_u, b_g = np.split(w["bias"], 3)
    z = sigma(x @ w_u + b_u)
    r = sigma(x @ w_r + h_prev @ r_r + b_r)
    g = np.tanh((r * h_prev) @ r_g + np.tanh(x @ w_g) + b_g)
    h = g * z + h_prev * (1 - z)
    return h, (h,)


def mut2(x, states, w, psi):
    (h_prev,) = states
    w_r, w_u, w_g = np.split(w["kernel"], 3, axis=1)
    r_r, r_u, r_g = np.split(w["recurrent_kernel"], 3, axis=1)
    b_r, b_u, b_g = np.split(w["bias"], 3)
    z = sigma(x @ w_u + h_prev @ r_u + b_u)
    r = sigma(x @ w_r + h_prev @ r_r + b_r)
    g = np.tanh((r * h_prev) @ r_g + x @ w_g + b_g)
    h = g * z + h_prev * (1 - z)
    return h, (h,)


def mut3(x, states, w, psi):
    (h_prev,) = states
    w_r, w_u, w_g = np.split(w["kernel"], 3, axis=1)
    r_r, r_u, r_g = np.split(w["recurrent_kernel"], 3, axis=1)
    b_r, b_u, b_g = np.split(w["bias"], 3)
    squashed = np.tanh(h_prev.astype("float64"))
    z = sigma(x @ w_u + squashed @ r_u + b_u)
    r = sigma(x @ w_r + h_prev @ r_r + b_r)
    g = np.tanh((r * h_prev) @ r_g + x @ w_g + b_g)
    h = g * z + h_prev * (1 - z)
    return h, (h,)
