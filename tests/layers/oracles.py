# SPDX-License-Identifier: Apache-2.0
"""The equations once more, in plain NumPy, from the papers.

Nothing here comes from the package. An oracle makes one step,
`(x, states, w, psi) -> (y, states)`, with x `(batch, features)`; `w` maps
the names of the layer's weights to arrays; σ is the logistic function, φ is
tanh, ψ the output activation.
"""

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


def lstm(x, states, w, psi):
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


def update_gate(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev @ w["recurrent_kernel"] + w["bias"]
    z_u, z_g = np.split(z, 2, axis=-1)
    h = sigma(z_u) * np.tanh(z_g) + (1 - sigma(z_u)) * h_prev
    return h, (h,)


def ind_rnn(x, states, w, psi):
    (h_prev,) = states
    z = x @ w["kernel"] + h_prev * w["recurrent_kernel"] + w["bias"]
    h = np.maximum(z, 0)
    return h, (h,)


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


def slstm(x, states, w, psi):
    """Without a stabiliser: h is that of exponential gates as they are."""
    h_prev, c_prev, n_prev, m_prev = (v.astype("float64") for v in states)
    R = w["recurrent_kernel"]
    if R.ndim == 3:
        R = _from_blocks(R, h_prev.shape[-1])
    z = x @ w["kernel"] + h_prev @ R + w["bias"]
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    scale = np.exp(m_prev)
    c = sigma(z_f) * scale * c_prev + np.exp(z_i) * np.tanh(z_g)
    n = sigma(z_f) * scale * n_prev + np.exp(z_i)
    h = sigma(z_o) * c / n
    m = np.where(n_prev > 0, np.maximum(np.log(sigma(z_f)) + m_prev, z_i), z_i)
    return h, (h, c / np.exp(m), n / np.exp(m), m)


def mlstm(x, states, w, psi):
    """Beck et al., equations 19 to 27, without a stabiliser.

    Where m would be below 0 it is 0; of it, the output shows nothing.
    """
    _, C_prev, n_prev, m_prev = (v.astype("float64") for v in states)
    heads = m_prev.shape[-1]
    units = n_prev.shape[-1]
    d = units // heads
    z = x.astype("float64") @ w["kernel"] + w["bias"]
    of_heads = x.astype("float64") @ w["kernel_heads"] + w["bias_heads"]
    after = [np.zeros_like(v) for v in (n_prev, C_prev, n_prev, m_prev)]
    for row, head in np.ndindex(len(x), heads):
        mine = slice(head * d, (head + 1) * d)
        q, k, v, o = (part[row, mine] for part in np.split(z, 4, axis=-1))
        f = sigma(of_heads[row, heads + head])
        i = np.exp(of_heads[row, head])
        k = k / np.sqrt(d)
        scale = np.exp(m_prev[row, head])
        entries = slice(head * d * d, (head + 1) * d * d)
        C = f * scale * C_prev[row, entries].reshape(d, d) + i * np.outer(v, k)
        n = f * scale * n_prev[row, mine] + i * k
        h = sigma(o) * (C @ q) / max(abs(n @ q), 1)
        m = max(np.log(f) + m_prev[row, head], np.log(i), 0)
        after[0][row, mine] = h
        after[1][row, entries] = C.ravel() / np.exp(m)
        after[2][row, mine] = n / np.exp(m)
        after[3][row, head] = m
    return after[0], tuple(after)


def _from_blocks(R, units):
    """The matrix whose blocks, the columns gate by gate, lie on a diagonal."""
    blocks, size, width = R.shape
    gates = width // size
    whole = np.zeros((units, gates * units))
    for k, gate in np.ndindex(blocks, gates):
        rows = slice(k * size, (k + 1) * size)
        columns = slice(gate * units + k * size, gate * units + (k + 1) * size)
        whole[rows, columns] = R[k][:, gate * size : (gate + 1) * size]
    return whole


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


def _peepholes(kernel, units, count):
    """One matrix a gate, whatever the kernel's form."""
    if kernel is None:
        return [np.zeros((units, units))] * count
    if kernel.shape == (count, units):
        return [np.diag(row) for row in kernel]
    assert kernel.shape == (units, count * units)
    return [kernel[:, k * units : (k + 1) * units] for k in range(count)]


def zoned_out(oracle, p=0.1):
    """In inference a state is p of the old one and 1 − p of the new one."""

    def step(x, states, w, psi):
        _, new = oracle(x, states, w, psi)
        kept = tuple(
            p * before.astype("float64") + (1 - p) * after
            for before, after in zip(states, new, strict=True)
        )
        return kept[0], kept

    return step


#: Key of a row, or of one of its variants -> oracle.
ORACLES = {
    "coupled_gate_lstm": coupled_gate_lstm,
    "elman": elman,
    "gru": gru,
    "gru-zoneout": zoned_out(gru),
    "grud": gru,
    "grud-observed": grud,
    "jordan": jordan,
    "lstm": lstm,
    "lstm-zoneout": zoned_out(lstm),
    "peephole_lstm": peephole_lstm,
    "peephole_lstm-zoneout": zoned_out(peephole_lstm),
    "simple_rnn": simple_rnn,
    "update_gate": update_gate,
    "ind_rnn": ind_rnn,
    "layer_norm_lstm": layer_norm_lstm,
    "min_gru": min_gru,
    "min_gru-positive": positive_min_gru,
    "min_lstm": min_lstm,
    "min_lstm-positive": positive_min_lstm,
    "mgu": mgu,
    "mgu-keep": keeping_mgu,
    "mut1": mut1,
    "mut2": mut2,
    "mut3": mut3,
    "ablated_lstm": ablated(),
    "ablated_lstm-nig": ablated("i"),
    "ablated_lstm-nfg": ablated("f"),
    "ablated_lstm-nog": ablated("o"),
    "ablated_lstm-niaf": ablated(phi=lambda v: v),
    "ablated_lstm-noaf": ablated(psi_c=lambda v: v),
    "ablated_lstm-fgr": ablated(gate_recurrence=True),
    "projected_lstm": projected_lstm,
    "layer_norm_gru": layer_norm_gru,
    "layer_norm_simple_rnn": layer_norm_simple_rnn,
    "slstm": slstm,
    "mlstm": mlstm,
    "lru": lru,
}


def run(oracle, x, states, w, psi, mask=None, dilation=1):
    """Steps an oracle over time, by Keras's rule for masks.

    A masked step keeps the states and repeats the last valid output, zeros
    where there is none yet. With a dilation d all of this is of step t − d.

    Returns:
        Outputs `(batch, time, width)` and the states after the last step.
    """
    batch, time, _ = x.shape
    if mask is None:
        mask = np.ones((batch, time), dtype=bool)
    rows = [
        _run_row(
            oracle, x[n], [s[n] for s in states], w, psi, mask[n], dilation
        )
        for n in range(batch)
    ]
    outputs = np.stack([row_outputs for row_outputs, _ in rows])
    last = [
        np.stack([row_states[k] for _, row_states in rows])
        for k in range(len(states))
    ]
    return outputs, last


def _run_row(oracle, x, states, w, psi, mask, dilation):
    states = [s[None] for s in states]
    any_output, _ = oracle(x[:1], states, w, psi)
    steps = [(np.zeros_like(any_output), states)] * dilation
    for x_t, valid in zip(x, mask, strict=True):
        y, states = steps[-dilation]
        if valid:
            y, states = oracle(x_t[None], states, w, psi)
        steps.append((y, states))
    outputs = [y[0] for y, _ in steps[dilation:]]
    return np.stack(outputs), [s[0] for s in states]
