# SPDX-License-Identifier: Apache-2.0
"""The mLSTM of Beck et al. (2024), whose memory is a matrix."""

import math
from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn._types import Activation, Named, Tensors
from keras_rnn.engine import (
    SMALLEST_NORM,
    Activate,
    Batch,
    HeadGatedCell,
    OverTime,
    RecurrentLayer,
    Step,
    StepGradient,
    Writes,
    last_valid,
    matrix_scan,
    split_columns,
)


class MLSTMCell(HeadGatedCell):
    """One step of an `MLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        activation: Activation φ of the values.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("q", "k", "v", "o")
    states = ("h", "C", "n", "m")
    activations: ClassVar[dict[str, str]] = {
        "v": "activation",
        "o": "recurrent_activation",
    }

    parallel_on_cpu = True

    def __init__(
        self, units: int, *, activation: Activation = "linear", **kwargs: Any
    ) -> None:
        super().__init__(units, activation=activation, **kwargs)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, *memory = states
        C_prev, n_prev, m_prev = self._matrices(*memory)
        (v, o), (dv, do) = act(v=z.v, o=z.o)
        q, k, v, o_h = map(self.by_head, (z.q, z.k * self._scale(), v, o))
        log_f = m_prev - ops.softplus(-z.f)
        m = ops.maximum(ops.maximum(log_f, z.i), 0)
        f, i = _wide(ops.exp(log_f - m)), _wide(ops.exp(z.i - m))
        C = _wide(f) * C_prev + _outer(i * v, k)
        n = f * n_prev + i * k
        u, s = _dot(C, q), _sum(n * q)
        bound = _wide(ops.maximum(ops.exp(-m), SMALLEST_NORM))
        norm = ops.maximum(ops.abs(s), bound)
        y = u / norm
        y_s = ops.where(ops.abs(s) >= bound, ops.sign(s), 0)
        y_m = ops.where(ops.abs(s) >= bound, 0, -bound)
        h = o * self.side_by_side(y)
        return (h, self.side_by_side(C), self.side_by_side(n), m), {
            "o": self.side_by_side(y) * do,
            "v": dv,
            "h_u": o_h / norm,
            "h_norm": -o_h * y / norm,
            "norm_s": y_s,
            "norm_m": ops.where(bound > SMALLEST_NORM, y_m, 0),
            "u_q": C,
            "u_C": q,
            "s_q": n,
            "C_k": i * v,
            "n_i": i,
            "scaled_k": k,
            "C_C": f,
            "m_f": ops.cast((log_f >= z.i) & (log_f >= 0), m.dtype),
            "m_i": ops.cast((z.i > log_f) & (z.i >= 0), m.dtype),
            "f_z": ops.sigmoid(-z.f),
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        dh, *d_memory = d_states
        dC, dn, dm = self._matrices(*d_memory)
        dh_y = self.by_head(dh)
        du, d_norm = dh_y * p.h_u, _sum(dh_y * p.h_norm)
        ds = d_norm * p.norm_s
        dC, dn = dC + _outer(du, p.u_C), dn + ds * p.u_C
        dq = _dot_t(p.u_q, du) + ds * p.s_q
        dv = _dot(dC, p.n_i * p.scaled_k)
        dk = _dot_t(dC, p.C_k) + p.n_i * dn
        # Of the logarithms of i and f; both gates are scaled by exp(−m).
        d_i = _sum(dk * p.scaled_k)
        both = ops.sum(_sum(dC * p.u_q), axis=-2) + _sum(dn * p.s_q)
        dm = dm + (d_norm * p.norm_m - both)[..., 0]
        d_i, d_f = d_i[..., 0], (both - d_i)[..., 0]
        d_i, d_f = d_i + dm * p.m_i, d_f + dm * p.m_f
        errors = {
            "q": self.side_by_side(dq),
            "k": self.side_by_side(dk) * self._scale(),
            "v": self.side_by_side(dv),
            "o": dh,
            "d_i": d_i,
            "d_f": d_f * p.f_z,
        }
        dC, dn = _wide(p.C_C) * dC, p.C_C * dn
        return errors, (0, self.side_by_side(dC), self.side_by_side(dn), d_f)

    def in_parallel(self, batch: Batch) -> OverTime | None:
        time = batch.sequences.shape[1]
        if batch.keep or time == 1:
            return None
        x, columns = split_columns(self, batch.without_masked())
        kernel, _, bias = self.z_weights()
        z = ops.split(ops.matmul(x, kernel) + bias, 4, axis=-1)
        h, *memory = batch.states
        dtype = h.dtype
        # Sums over a chunk are too long for half precision.
        wide = keras.backend.result_type(dtype, "float32")
        q, k, v, o, i, f, *memory = (
            ops.cast(part, wide) for part in (*z, *columns.values(), *memory)
        )
        act = Activate(self.activation_functions(), slopes=False)
        (v, o), _ = act(v=v, o=o)
        q, k, v = map(self.by_head, (q, k * self._scale(), v))
        writes = Writes(q, k, v, -ops.softplus(-f), i)
        memory = self._matrices(*memory)
        y, memory = matrix_scan(writes, memory, batch.mask)
        y = o * ops.reshape(y, (-1, time, self.units))
        C, n, m = memory
        y, *memory = (
            ops.cast(part, dtype)
            for part in (y, self.side_by_side(C), self.side_by_side(n), m)
        )
        if batch.mask is not None:
            y = last_valid(batch.mask, y, h)
        return y, (y[:, -1], *memory)

    def state_width(self, name: str) -> int:
        widths = {"C": self.units * self.head_width, "m": self.num_heads}
        return widths.get(name, self.units)

    def _scale(self):
        return 1 / math.sqrt(self.head_width)

    def _matrices(self, C, n, m):
        """The states, head by head."""
        n = self.by_head(n)
        return ops.reshape(C, (-1, *n.shape[1:], n.shape[-1])), n, m


def _wide(v):
    return ops.expand_dims(v, -1)


def _sum(v):
    return ops.sum(v, axis=-1, keepdims=True)


def _outer(a, b):
    return _wide(a) * ops.expand_dims(b, -2)


def _dot(C, v):
    """The product C v of each head."""
    return ops.sum(C * ops.expand_dims(v, -2), axis=-1)


def _dot_t(C, v):
    """The product Cᵀ v of each head."""
    return ops.sum(C * _wide(v), axis=-2)


class MLSTM(RecurrentLayer):
    """mLSTM, the LSTM of xLSTM whose memory is a matrix of keys and values.

    A step writes a value under a key, and reads what stands under a query;
    keys that differ in direction do not disturb each other. Gates, keys, values
    and queries see the inputs alone, so that products of matrices compute up to
    64 steps at once. Zoneout runs a loop instead, and so do, on a CPU,
    `engine="fused"` and a number for `checkpoint_every`. Stack two or more of
    them.

        q, v, o = z_q, φ(z_v), σ(z_o)             query, value, output gate
        k = z_k / √d                              key
        m = max(log σ(z_f) + m', z_i, 0)          stabiliser, one a head
        i = exp(z_i − m)                          input gate, one a head
        f = exp(log σ(z_f) + m' − m)              forget gate, one a head
        C = f C' + i v kᵀ                         memory (d, d) of each head
        n = f n' + i k                            normaliser
        h = o ⊙ C q / max(|nᵀ q|, exp(−m))        output (batch, units)

    head by head, with d = units / num_heads, σ `recurrent_activation` in o, φ
    `activation`; the prime marks the previous step. z = x W + b has the columns
    q, k, v, o. `kernel_heads` `(features, 2 num_heads)` and `bias_heads` make
    z_i of all heads, then z_f; they follow the arguments of W and b, except
    for `forget_bias`. `dropout` drops what W sees, not what these see. The
    states are h, C, n, m, all 0 at first; C holds the rows of each head side
    by side, units² / num_heads numbers.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MLSTM(8, num_heads=2, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Beck, M. et al. (2024). xLSTM: extended long short-term memory.
        NeurIPS. There the forget gate may also be exponential, the kernels of
        the gates start at 0, and the block around the cell has a convolution,
        norms and projections; this is the cell alone. There m may be below 0,
        of which h shows nothing. As in the authors' code, the biases of f
        start at 3 to 6, and h is divided by 10⁻⁶ or more.
    """

    cell_class = MLSTMCell
