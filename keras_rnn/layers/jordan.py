# SPDX-License-Identifier: Apache-2.0
"""The recurrent network of Jordan (1986)."""

from keras import ops

from keras_rnn.engine import FedBackCell, ReadOutCell, RecurrentLayer


class FoldedJordanCell(ReadOutCell):
    """The hidden layer alone: z = x W + h' (V R) + (b + c R).

    `entry` is what z gets at the beginning instead, from a given y.
    """

    gates = ("h",)
    states = ("h", "entry")

    def step(self, z, states, w, act):
        _, entry = states
        h, dh = act(h=z.h + entry)
        return (h, ops.zeros_like(entry)), {"h": dh}

    def step_gradient(self, d_states, partials, w):
        dh, _ = d_states
        return {"h": dh}, (0, dh * partials.h)


class JordanCell(FedBackCell):
    """One step of a `Jordan` network, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.JordanCell(8, output_units=2))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 2)
    """

    gates = ("h",)
    states = ("y",)
    signals = ("z_y",)
    folded = FoldedJordanCell

    def step(self, z, states, w, act):
        h, dh = act(h=z.h)
        y, dy = act(y=w.dot(h, w.V) + w.c)
        return (y,), {"h": dh, "y_z": dy, "hidden": h}

    def step_gradient(self, d_states, partials, w):
        (dy,) = d_states
        dz_y = dy * partials.y_z
        return {"h": w.dot_t(dz_y, w.V), "z_y": dz_y}, (0,)

    def weight_gradient(self, dz, before, after, w, sums):
        return {"V": sums.outer(after.hidden, dz.z_y), "c": sums.total(dz.z_y)}

    def extra_weights(self):
        bias = self.output_bias if self.use_bias else None
        if bias is None:
            bias = ops.zeros((self.output_units,), self.compute_dtype)
        return {"V": self.output_kernel, "c": bias}

    def state_width(self, name):
        return self.output_units


class Jordan(RecurrentLayer):
    """Jordan network: the output, not the hidden state, feeds back.

    The network remembers what it said, and no more: right where the output
    is the state of the process (control, motor sequences). For longer memory
    take a gated cell.

        h = φ(x W + y' R + b)        hidden layer (batch, units)
        y = ψ(h V + c)               output and state (batch, output_units)

    φ is `activation`, ψ is `output_activation`; the prime marks the previous
    step. The state is y.

    Args:
        units: Positive integer, the width of h.
        output_units: Width of the output y; None means `units`.
        output_activation: Activation ψ.
        **kwargs: See `RecurrentCell`, `RecurrentLayer` and `ReadOutCell`.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.Jordan(8, output_units=2, return_state=True)
        >>> y, state = layer(keras.random.normal((4, 10, 3)))
        >>> tuple(y.shape), bool((y == state).numpy().all())
        ((4, 2), True)

    Reference:
        Jordan, M. I. (1986). Serial order: a parallel distributed processing
        approach. ICS Report 8604, UC San Diego. The decaying self-connections
        of his state units are left out, as most later texts do.
    """

    cell_class = JordanCell
