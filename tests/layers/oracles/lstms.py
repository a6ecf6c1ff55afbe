# SPDX-License-Identifier: Apache-2.0
"""Networks with a cell state, without norms."""

import numpy as np

from tests.layers.oracles.arithmetic import sigma


def lstm(x, states, w, psi):
    h_prev, c_prev = states
    units = h_prev.shape[-1]
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_i, z_f, z_g, z_o = (z[:, k * units : (k + 1) * units] for k in range(4))
    c = sigma(z_f) * c_prev + sigma(z_i) * np.tanh(z_g)
    h = sigma(z_o) * np.tanh(c)
    return h, (h, c)


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


def ablated(gate=None, phi=np.tanh, psi_c=np.tanh, gate_recurrence=False):
    """The vanilla LSTM of Greff et al. with a gate or an activation changed."""
    left = [name for name in "ifo" if name != gate]
    columns = [name for name in "ifgo" if name != gate]

    def step(x, states, w, psi):
        h_prev, c_prev, *gates_prev = states
        units = h_prev.shape[-1]
        z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
        z = dict(zip(columns, np.split(z, len(columns), axis=-1), strict=True))
        kernels = _peepholes(w.get("peephole_kernel"), units, len(left))
        p = dict(zip(left, kernels, strict=True))
        if gate_recurrence:
            seen = np.concatenate(gates_prev, axis=-1) @ w["gate_kernel"]
            of_gates = np.split(seen, len(left), axis=-1)
            for name, added in zip(left, of_gates, strict=True):
                z[name] = z[name] + added
        one = np.ones_like(c_prev)
        i = sigma(z["i"] + c_prev @ p["i"]) if "i" in left else one
        f = sigma(z["f"] + c_prev @ p["f"]) if "f" in left else one
        c = phi(z["g"]) * i + c_prev * f
        o = sigma(z["o"] + c @ p["o"]) if "o" in left else one
        h = psi_c(c) * o
        return h, (h, c, *((i, f, o) if gate_recurrence else ()))

    return step


def projected_lstm(x, states, w, psi):
    r_prev, c_prev = states
    z = x @ w["kernel"] + r_prev @ w["recurrent_kernel"] + w["bias"]
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    c = sigma(z_f) * c_prev + sigma(z_i) * np.tanh(z_g)
    r = (sigma(z_o) * np.tanh(c)) @ w["projection_kernel"]
    return r, (r, c)


def _peepholes(kernel, units, count):
    """One matrix a gate, whatever the kernel's form."""
    if kernel is None:
        return [np.zeros((units, units))] * count
    if kernel.shape == (count, units):
        return [np.diag(row) for row in kernel]
    assert kernel.shape == (units, count * units)
    return [kernel[:, k * units : (k + 1) * units] for k in range(count)]
