# SPDX-License-Identifier: Apache-2.0
"""The update-gate network of Collins et al. (2017)."""

from keras_rnn._types import Named, Tensors
from keras_rnn.engine import (
    Activate,
    GatedCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class UpdateGateRNNCell(GatedCell):
    """One step of an `UpdateGateRNN`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.UpdateGateRNNCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("u", "g")
    keeping_gate = ("u", -1)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (u, g), (du, dg) = act(u=z.u, g=z.g)
        h = u * g + (1 - u) * h_prev
        return (h,), {"u": (g - h_prev) * du, "g": u * dg, "h_h": 1 - u}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        return {"u": dh, "g": dh}, (dh * partials.h_h,)


class UpdateGateRNN(RecurrentLayer):
    """A GRU without its reset gate: one gate says how much is renewed.

    Two thirds of the weights of a GRU, and often as good. A gate near 0 holds
    the state over many steps, as the forget gate of an LSTM does.

        u = σ(z_u)                   update gate
        g = φ(z_g)                   candidate
        h = u ⊙ g + (1 − u) ⊙ h'     state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.UpdateGateRNN(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Collins, J., Sohl-Dickstein, J. & Sussillo, D. (2017). Capacity and
        trainability in recurrent neural networks. ICLR. There the gate weighs
        the old state, 1 − u here, which is the same network with W_u, R_u and
        b_u negated.
    """

    cell_class = UpdateGateRNNCell
