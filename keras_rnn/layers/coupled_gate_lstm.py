# SPDX-License-Identifier: Apache-2.0
"""The LSTM with coupled input and forget gates (Greff et al. 2017)."""

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


class CoupledGateLSTMCell(PeepholeCell):
    """One step of a `CoupledGateLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h and c.
        peephole: None: no p_f, p_o. `"diagonal"`: peephole kernel
            `(2, units)`, rows f, o. `"full"`: `(units, 2 units)`.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.CoupledGateLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("f", "g", "o")
    states = ("h", "c")
    kept_states = ("c",)
    peephole_gates: ClassVar = {"f": "before", "o": "after"}

    def __init__(
        self,
        units: int,
        *,
        peephole: Literal["diagonal", "full"] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.peephole = validate.one_of(
            "peephole", peephole, (None, *PEEPHOLES)
        )

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev = states
        (f, g), (df, dg) = act(f=z.f + w.dot(c_prev, w.p_f), g=z.g)
        c = f * c_prev + (1 - f) * g
        o, do = act(o=z.o + w.dot(c, w.p_o))
        y, dy = act(y=c)
        h = o * y
        return (h, c), {
            "f": (c_prev - g) * df,
            "g": (1 - f) * dg,
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
        dc_prev = dc * p.c_c + w.dot_t(dc * p.f, w.p_f)
        return {"f": dc, "g": dc, "o": dh}, (0, dc_prev)


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
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

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
