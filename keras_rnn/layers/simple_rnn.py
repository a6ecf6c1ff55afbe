# SPDX-License-Identifier: Apache-2.0
"""The fully connected recurrent network, Keras's `SimpleRNN`."""

from keras_rnn._types import Named, Tensors
from keras_rnn.engine import (
    Activate,
    RecurrentCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class SimpleRNNCell(RecurrentCell):
    """One step of a `SimpleRNN`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.SimpleRNNCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("h",)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        h, dh = act(h=z.h)
        return (h,), {"h": dh}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        return {"h": dh}, (0,)


class SimpleRNN(RecurrentLayer):
    """The plainest recurrent network: its output is its hidden state.

    The same equation, weights and arguments as `keras.layers.SimpleRNN`,
    trained with the gradient derived by hand; `set_weights` moves weights
    either way. `Elman` is this network with an output layer of its own.

        h = φ(x W + h' R + b)        state and output (batch, units)

    φ is `activation`; the prime marks the previous step. The state is h. The
    error of a step t reaches step t − k through k factors φ' R, so it vanishes
    or explodes with k: for a memory of more than some ten steps take `LSTM` or
    `GRU`.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.SimpleRNN(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Werbos, P. J. (1990). Backpropagation through time: what it does and
        how to do it. Proceedings of the IEEE 78(10).
    """

    cell_class = SimpleRNNCell
