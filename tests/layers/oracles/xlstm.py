# SPDX-License-Identifier: Apache-2.0
"""The two networks of xLSTM."""

import numpy as np

from tests.layers.oracles.arithmetic import sigma


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
