# SPDX-License-Identifier: Apache-2.0
"""The equations once more, in plain NumPy, from the papers.

Nothing here comes from the package. An oracle makes one step,
`(x, states, w, psi) -> (y, states)`, with x `(batch, features)`; `w` maps
the names of the layer's weights to arrays; σ is the logistic function, φ is
tanh, ψ the output activation.
"""

import numpy as np

OUTPUT_ACTIVATIONS = {"linear": lambda v: v, "tanh": np.tanh}


def sigma(v):
    return 1 / (1 + np.exp(-v))


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


def peephole_lstm(x, states, w, psi):
    h_prev, c_prev = states
    units = h_prev.shape[-1]
    p_i, p_f, p_o = _peepholes(w["peephole_kernel"], units, count=3)
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_i, z_f, z_g, z_o = (z[:, k * units : (k + 1) * units] for k in range(4))
    i = sigma(z_i + c_prev @ p_i)
    f = sigma(z_f + c_prev @ p_f)
    g = np.tanh(z_g)
    c = f * c_prev + i * g
    o = sigma(z_o + c @ p_o)
    h = o * np.tanh(c)
    return h, (h, c)


def fused_gru(x, states, w, psi):
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


def fused_lstm(x, states, w, psi):
    h_prev, c_prev = states
    units = h_prev.shape[-1]
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_i, z_f, z_g, z_o = (z[:, k * units : (k + 1) * units] for k in range(4))
    c = sigma(z_f) * c_prev + sigma(z_i) * np.tanh(z_g)
    h = sigma(z_o) * np.tanh(c)
    return h, (h, c)


def coupled_gate_lstm(x, states, w, psi):
    h_prev, c_prev = states
    units = h_prev.shape[-1]
    p_f, p_o = _peepholes(w.get("peephole_kernel"), units, count=2)
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_f, z_g, z_o = (z[:, k * units : (k + 1) * units] for k in range(3))
    f = sigma(z_f + c_prev @ p_f)
    i = 1 - f
    g = np.tanh(z_g)
    c = f * c_prev + i * g
    o = sigma(z_o + c @ p_o)
    h = o * np.tanh(c)
    return h, (h, c)


def _peepholes(kernel, units, count):
    """One matrix a gate, whatever the kernel's form."""
    if kernel is None:
        return [np.zeros((units, units))] * count
    if kernel.shape == (count, units):
        return [np.diag(row) for row in kernel]
    assert kernel.shape == (units, count * units)
    return [kernel[:, k * units : (k + 1) * units] for k in range(count)]


ORACLES = {
    "coupled_gate_lstm": coupled_gate_lstm,
    "elman": elman,
    "fused_gru": fused_gru,
    "fused_lstm": fused_lstm,
    "jordan": jordan,
    "peephole_lstm": peephole_lstm,
}


def run(oracle, x, states, w, psi, mask=None):
    """Steps an oracle over time, by Keras's rule for masks.

    A masked step keeps the states and repeats the last valid output, zeros
    where there is none yet.

    Returns:
        Outputs `(batch, time, width)` and the states after the last step.
    """
    batch, time, _ = x.shape
    if mask is None:
        mask = np.ones((batch, time), dtype=bool)
    rows = [
        _run_row(oracle, x[n], [s[n] for s in states], w, psi, mask[n])
        for n in range(batch)
    ]
    outputs = np.stack([row_outputs for row_outputs, _ in rows])
    last = [
        np.stack([row_states[k] for _, row_states in rows])
        for k in range(len(states))
    ]
    return outputs, last


def _run_row(oracle, x, states, w, psi, mask):
    states = [s[None] for s in states]
    any_output, _ = oracle(x[:1], states, w, psi)
    y = np.zeros_like(any_output)
    outputs = []
    for x_t, valid in zip(x, mask, strict=True):
        if valid:
            y, states = oracle(x_t[None], states, w, psi)
        outputs.append(y[0])
    return np.stack(outputs), [s[0] for s in states]
