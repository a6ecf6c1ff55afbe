# SPDX-License-Identifier: Apache-2.0
"""The LSTM of Hochreiter & Schmidhuber (1997) and Gers et al. (2000)."""

from keras_rnn._types import Named, Tensors
from keras_rnn.engine import (
    Activate,
    ForgetGateCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class LSTMCell(ForgetGateCell):
    """One step of an `LSTM`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.LSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("i", "f", "g", "o")
    states = ("h", "c")

    @property
    def cudnn_kernel(self) -> str | None:
        return "lstm"

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev = states
        (i, f, g, o), (di, df, dg, do) = act(i=z.i, f=z.f, g=z.g, o=z.o)
        c = f * c_prev + i * g
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
        dh, dc = d_states
        dc = dc + dh * partials.h_c
        return {"i": dc, "f": dc, "g": dc, "o": dh}, (0, dc * partials.c_c)


class LSTM(RecurrentLayer):
    """Long short-term memory: gates guard a cell state that flows unchanged.

    The same equations, weights and arguments as `keras.layers.LSTM`, trained
    with the gradient derived by hand; `set_weights` moves weights either way.

        i = σ(z_i)                   input gate
        f = σ(z_f)                   forget gate
        g = φ(z_g)                   candidate
        o = σ(z_o)                   output gate
        c = f ⊙ c' + i ⊙ g           cell state (batch, units)
        h = o ⊙ φ(c)                 hidden state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The states are h, c. Where f = 1 and i = 0
    the error of c flows back undiminished, the constant error carousel.

    Args:
        units: Positive integer, the width of h and c.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.LSTM(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory.
        Neural Computation 9(8). The forget gate: Gers, F. A. et al. (2000).
        Learning to forget. Neural Computation 12(10).
    """

    cell_class = LSTMCell
