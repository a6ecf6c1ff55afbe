# SPDX-License-Identifier: Apache-2.0
"""The LSTM with coupled input and forget gates (Greff et al. 2017)."""

from typing import ClassVar

from keras_rnn import _validation as validate
from keras_rnn.engine import PEEPHOLES, PeepholeCell, RecurrentLayer


class CoupledGateLSTMCell(PeepholeCell):
    """One step of a `CoupledGateLSTM`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.CoupledGateLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("f", "g", "o")
    states = ("h", "c")
    kept_states = ("c",)
    peephole_gates: ClassVar = {"before": ("f",), "after": ("o",)}

    def __init__(self, units, *, peephole=None, **kwargs):
        super().__init__(units, **kwargs)
        self.peephole = validate.one_of(
            "peephole", peephole, (None, *PEEPHOLES)
        )

    def step(self, z, states, w, act):
        _, c_prev = states
        (see_f,) = self.peep("before", c_prev, w)
        (f, g), (df, dg) = act(f=z.f + see_f, g=z.g)
        c = f * c_prev + (1 - f) * g
        (see_o,) = self.peep("after", c, w)
        o, do = act(o=z.o + see_o)
        y, dy = act(y=c)
        h = o * y
        c_f, h_o = (c_prev - g) * df, y * do
        return (h, c), {
            "f": c_f,
            "g": (1 - f) * dg,
            "o": h_o,
            "h_c": o * dy + self.peep_partial("after", (h_o,), w),
            "c_c": f + self.peep_partial("before", (c_f,), w),
        }

    def step_gradient(self, d_states, partials, w):
        p = partials
        dh, dc = d_states
        dc = dc + dh * p.h_c + self.peep_gradient("after", (dh * p.o,), w)
        seen = self.peep_gradient("before", (dc * p.f,), w)
        return {"f": dc, "g": dc, "o": dh}, (0, dc * p.c_c + seen)


class CoupledGateLSTM(RecurrentLayer):
    """LSTM with one gate for forgetting and writing: i = 1 − f.

    What is forgotten makes room for what is written, so the cell state is a
    moving average of candidates. A quarter fewer weights than an LSTM, about
    as good on most tasks (the literature calls it CIFG).

        f = σ(z_f + c' p_f)              forget gate
        g = φ(z_g)                       candidate
        c = f ⊙ c' + (1 − f) ⊙ g         cell state (batch, units)
        o = σ(z_o + c p_o)               output gate
        h = o ⊙ φ(c)                     hidden state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The states are h, c.

    Args:
        units: Positive integer, the width of h and c.
        peephole: None: no p_f, p_o. `"diagonal"`: peephole kernel
            `(2, units)`, rows f, o. `"full"`: `(units, 2 units)`.
        **kwargs: See `RecurrentCell`, `RecurrentLayer`, `GatedCell`,
            `ForgetGateCell` and `PeepholeCell`.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.CoupledGateLSTM(8, peephole="diagonal")
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 8)

    Reference:
        Greff, K. et al. (2017). LSTM: a search space odyssey. IEEE TNNLS
        28(10), variant CIFG. There f = 1 − i; here f is the computed gate.
    """

    cell_class = CoupledGateLSTMCell
