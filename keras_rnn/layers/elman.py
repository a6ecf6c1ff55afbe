# SPDX-License-Identifier: Apache-2.0
"""The simple recurrent network of Elman (1990)."""

from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    ReadOutCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class ElmanCell(ReadOutCell):
    """One step of an `Elman` network, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> cells = [keras_rnn.ElmanCell(8), keras_rnn.ElmanCell(4)]
        >>> y = keras.layers.RNN(cells)(keras.random.normal((2, 10, 3)))
        >>> tuple(y.shape)
        (2, 4)
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

    def read_out(self, h: Tensor) -> Tensor:
        """The output y = ψ(h V + c). It feeds nothing back."""
        y = ops.matmul(h, self.output_kernel)
        if self.use_bias:
            y = y + self.output_bias
        return self.output_activation(y)

    @property
    def output_size(self) -> int:
        return self.output_units


class Elman(RecurrentLayer):
    """Elman network: the hidden state feeds back, an output layer reads it.

    The plainest network with a memory; Keras's `SimpleRNN` is its hidden
    layer alone. Start here to learn, or where the memory needed is short.

        h = φ(x W + h' R + b)        hidden state (batch, units)
        y = ψ(h V + c)               output (batch, output_units)

    φ is `activation`, ψ is `output_activation`; the prime marks the previous
    step. The state is h.

    Args:
        units: Positive integer, the width of h.
        output_units: Width of the output y; None means `units`.
        output_activation: Activation ψ.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.Elman(8, output_units=2, return_sequences=True)
        >>> y = layer(keras.random.normal((4, 10, 3)))
        >>> tuple(y.shape)
        (4, 10, 2)

    Reference:
        Elman, J. L. (1990). Finding structure in time. Cognitive Science
        14(2). There φ is the logistic function; here it defaults to tanh.
    """

    cell_class = ElmanCell
