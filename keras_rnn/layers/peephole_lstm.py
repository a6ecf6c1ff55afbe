# SPDX-License-Identifier: Apache-2.0
"""The LSTM with peepholes of Gers & Schmidhuber (2000)."""

from typing import Any, ClassVar, Literal

from keras_rnn import _validation as validate
from keras_rnn._types import Named, Tensors
from keras_rnn.engine import (
    PEEPHOLES,
    Activate,
    PeepholeCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class PeepholeLSTMCell(PeepholeCell):
    """One step of a `PeepholeLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h and c.
        peephole: `"diagonal"`: each unit sees its own cell, peephole kernel
            `(3, units)`, rows i, f, o. `"full"`: all cells, `(units, 3 units)`.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.PeepholeLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("i", "f", "g", "o")
    states = ("h", "c")
    kept_states = ("c",)
    peephole_gates: ClassVar = {"i": "before", "f": "before", "o": "after"}

    def __init__(
        self,
        units: int,
        *,
        peephole: Literal["diagonal", "full"] = "diagonal",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.peephole = validate.one_of("peephole", peephole, PEEPHOLES)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev = states
        (i, f, g), (di, df, dg) = act(
            i=z.i + w.dot(c_prev, w.p_i),
            f=z.f + w.dot(c_prev, w.p_f),
            g=z.g,
        )
        c = f * c_prev + i * g
        o, do = act(o=z.o + w.dot(c, w.p_o))
        y, dy = act(y=c)
        h = o * y
        return (h, c), {
            "i": g * di,
            "f": c_prev * df,
            "g": i * dg,
            "o": y * do,
            "h_c": o * dy,
            "c_c": f,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        dh, dc = d_states
        dc = dc + dh * p.h_c + w.dot_t(dh * p.o, w.p_o)
        dc_prev = (
            dc * p.c_c + w.dot_t(dc * p.i, w.p_i) + w.dot_t(dc * p.f, w.p_f)
        )
        return {"i": dc, "f": dc, "g": dc, "o": dh}, (0, dc_prev)


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
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

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
