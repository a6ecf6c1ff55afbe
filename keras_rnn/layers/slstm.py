# SPDX-License-Identifier: Apache-2.0
"""The sLSTM of Beck et al. (2024), with exponential gates."""

from typing import Any

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Named, Tensors
from keras_rnn.engine import (
    Activate,
    BlockDiagonal,
    Dense,
    ForgetGateCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class SLSTMCell(ForgetGateCell):
    """One step of an `SLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of all states.
        num_heads: Number of blocks of R, a divisor of `units`. The units of a
            head see each other alone.
        **kwargs: Arguments of all such cells; `help` lists them.

    Raises:
        ValueError: If `num_heads` does not divide `units`.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.SLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("i", "f", "g", "o")
    states = ("h", "c", "n", "m")

    def __init__(
        self, units: int, *, num_heads: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(units, **kwargs)
        self.num_heads: int = validate.divisor(
            "num_heads", num_heads, "units", self.units
        )

    @property
    def recurrent_form(self) -> Dense | BlockDiagonal:
        return Dense() if self.num_heads == 1 else BlockDiagonal(self.num_heads)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev, n_prev, m_prev = states
        (g, o), (dg, do) = act(g=z.g, o=z.o)
        begun = n_prev > 0
        log_f = m_prev - ops.softplus(-z.f)
        m = ops.where(begun, ops.maximum(log_f, z.i), z.i)
        f = ops.where(begun, ops.exp(ops.minimum(log_f - m, 0)), 0)
        i = ops.exp(z.i - m)
        c = f * c_prev + i * g
        n = f * n_prev + i
        y = c / n
        h = o * y
        return (h, c, n, m), {
            "g": i * dg,
            "o": y * do,
            "c_i": i * g,
            "n_i": i,
            "c_f": f * c_prev,
            "n_f": f * n_prev,
            "f_z": ops.sigmoid(-z.f),
            "m_f": ops.cast(begun & (log_f >= z.i), z.i.dtype),
            "h_c": o / n,
            "h_n": -h / n,
            "c_c": f,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        dh, dc, dn, dm = d_states
        dc, dn = dc + dh * p.h_c, dn + dh * p.h_n
        d_i = dc * p.c_i + dn * p.n_i
        d_f = dc * p.c_f + dn * p.n_f
        # Both gates are scaled by exp(−m).
        dm = dm - d_i - d_f
        d_i = d_i + (1 - p.m_f) * dm
        d_f = d_f + p.m_f * dm
        errors = {"i": d_i, "f": d_f * p.f_z, "g": dc, "o": dh}
        return errors, (0, dc * p.c_c, dn * p.c_c, d_f)


class SLSTM(RecurrentLayer):
    """sLSTM, the LSTM of xLSTM: exponential gates, and a memory that is a mean.

    An exponential input gate can revise at once what was stored, where a
    sigmoid can only add to it. n counts the weights in c, so that c / n is a
    weighted mean of candidates; m scales both so that no exponential
    overflows, and h does not depend on it.

        m = max(log σ(z_f) + m', z_i)          stabiliser
        i = exp(z_i − m)                       input gate
        f = exp(log σ(z_f) + m' − m)           forget gate
        g = φ(z_g)                             candidate
        o = σ(z_o)                             output gate
        c = f ⊙ c' + i ⊙ g                     cell state (batch, units)
        n = f ⊙ n' + i                         normaliser
        h = o ⊙ c / n                          hidden state and output

    with z = x W + h' R + b, σ `recurrent_activation` in o, φ `activation`; the
    prime marks the previous step. The columns of W, R and b are i, f, g, o;
    with several heads R is block-diagonal, `(num_heads, units / num_heads,
    4 units / num_heads)`. The states are h, c, n, m, all 0 at first; where
    n' = 0 nothing is remembered yet, and m = z_i.

    Args:
        units: Positive integer, the width of all states.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.SLSTM(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Beck, M. et al. (2024). xLSTM: extended long short-term memory.
        NeurIPS. There the forget gate may also be exponential, and the block
        around the cell has a convolution, norms and projections; this is the
        cell alone.
    """

    cell_class = SLSTMCell
