# SPDX-License-Identifier: Apache-2.0
"""The LSTM with peepholes of Gers & Schmidhuber (2000)."""

from typing import ClassVar

from keras_rnn import _validation as validate
from keras_rnn.engine import PEEPHOLES, PeepholeCell, RecurrentLayer


class PeepholeLSTMCell(PeepholeCell):
    """One step of a `PeepholeLSTM`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.PeepholeLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("i", "f", "g", "o")
    states = ("h", "c")
    kept_states = ("c",)
    peephole_gates: ClassVar = {"before": ("i", "f"), "after": ("o",)}

    def __init__(self, units, *, peephole="diagonal", **kwargs):
        super().__init__(units, **kwargs)
        self.peephole = validate.one_of("peephole", peephole, PEEPHOLES)

    def step(self, z, states, w, act):
        _, c_prev = states
        see_i, see_f = self.peep("before", c_prev, w)
        (i, f, g), (di, df, dg) = act(i=z.i + see_i, f=z.f + see_f, g=z.g)
        c = f * c_prev + i * g
        (see_o,) = self.peep("after", c, w)
        o, do = act(o=z.o + see_o)
        y, dy = act(y=c)
        h = o * y
        c_i, c_f, h_o = g * di, c_prev * df, y * do
        return (h, c), {
            "i": c_i,
            "f": c_f,
            "g": i * dg,
            "o": h_o,
            "h_c": o * dy + self.peep_partial("after", (h_o,), w),
            "c_c": f + self.peep_partial("before", (c_i, c_f), w),
        }

    def step_gradient(self, d_states, partials, w):
        p = partials
        dh, dc = d_states
        dc = dc + dh * p.h_c + self.peep_gradient("after", (dh * p.o,), w)
        seen = self.peep_gradient("before", (dc * p.i, dc * p.f), w)
        return {"i": dc, "f": dc, "g": dc, "o": dh}, (0, dc * p.c_c + seen)


class PeepholeLSTM(RecurrentLayer):
    """LSTM whose gates look at the cell state.

    A plain LSTM decides from h, which a closed output gate hides; with
    peepholes the gates see c itself. They help where timing counts: spikes,
    periods, intervals.

        i = σ(z_i + c' p_i)          input gate
        f = σ(z_f + c' p_f)          forget gate
        g = φ(z_g)                   candidate
        c = f ⊙ c' + i ⊙ g           cell state (batch, units)
        o = σ(z_o + c p_o)           output gate, sees the new c
        h = o ⊙ φ(c)                 hidden state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The states are h, c.

    Args:
        units: Positive integer, the width of h and c.
        peephole: `"diagonal"`: each unit sees its own cell, peephole kernel
            `(3, units)`, rows i, f, o. `"full"`: all cells, `(units, 3 units)`.
        **kwargs: See `RecurrentCell`, `RecurrentLayer`, `GatedCell`,
            `ForgetGateCell` and `PeepholeCell`.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.PeepholeLSTM(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Gers, F. A. & Schmidhuber, J. (2000). Recurrent nets that time and
        count. IJCNN. There the candidate is squashed by 4σ − 2 and peepholes
        learn by a truncated gradient; here φ is tanh and the gradient exact.
    """

    cell_class = PeepholeLSTMCell
