# SPDX-License-Identifier: Apache-2.0
"""The independently recurrent network of Li et al. (2018)."""

from typing import Any

import keras

from keras_rnn._types import Activation, Initializer, Named, Tensors
from keras_rnn.engine import (
    Activate,
    Diagonal,
    RecurrentCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class IndRNNCell(RecurrentCell):
    """One step of an `IndRNN`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        activation: Activation φ.
        recurrent_initializer: Initializer of the recurrent kernel r; None
            means uniform between 0 and 1.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.IndRNNCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("h",)
    recurrent_form = Diagonal()

    def __init__(
        self,
        units: int,
        *,
        activation: Activation = "relu",
        recurrent_initializer: Initializer | None = None,
        **kwargs: Any,
    ) -> None:
        if recurrent_initializer is None:
            recurrent_initializer = keras.initializers.RandomUniform(0.0, 1.0)
        super().__init__(
            units,
            activation=activation,
            recurrent_initializer=recurrent_initializer,
            **kwargs,
        )

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        h, dh = act(h=z.h)
        return (h,), {"h": dh}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        return {"h": dh}, (0,)


class IndRNN(RecurrentLayer):
    """Independently recurrent network: each unit remembers itself alone.

    The recurrent kernel is a vector, so a unit's error grows or shrinks by
    its own weight, and the layers of a stack mix the units. With ReLU and
    weights near 1 a memory may reach over hundreds of steps. Stack two or more
    of them; one alone knows nothing of its neighbours.

        h = φ(x W + h' ⊙ r + b)      state and output (batch, units)

    φ is `activation`, r the recurrent kernel `(units,)`; the prime marks the
    previous step. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.IndRNN(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Li, S., Li, W., Cook, C., Zhu, C. & Gao, Y. (2018). Independently
        recurrent neural network (IndRNN): building a longer and deeper RNN.
        CVPR. There |r| is kept below the T-th root of 2 for sequences of T
        steps, which `recurrent_constraint` can do; here r is free.
    """

    cell_class = IndRNNCell
