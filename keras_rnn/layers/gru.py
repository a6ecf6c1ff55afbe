# SPDX-License-Identifier: Apache-2.0
"""The gated recurrent unit of Cho et al. (2014)."""

from keras import ops

from keras_rnn.engine import GatedCell, RecurrentLayer


class GRUCell(GatedCell):
    """One step of a `GRU`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.GRUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("u", "r", "g")
    #: The reset gate scales the recurrent part of g, not its input part.
    z_names = ("u", "r", "g_h", "g_x")

    def step(self, z, states, w, act):
        (h_prev,) = states
        (u, r), (du, dr) = act(u=z.u, r=z.r)
        g, dg = act(g=z.g_x + r * z.g_h)
        h = u * h_prev + (1 - u) * g
        h_g = (1 - u) * dg
        return (h,), {
            "u": (h_prev - g) * du,
            "r": h_g * z.g_h * dr,
            "g_h": h_g * r,
            "g_x": h_g,
            "h_h": u,
        }

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"u": dh, "r": dh, "g_h": dh, "g_x": dh}, (dh * partials.h_h,)

    def z_weights(self):
        """W and R with zeros where g_h sees no input and g_x no state."""
        u, r, g = ops.split(ops.convert_to_tensor(self.kernel), 3, axis=-1)
        kernel = ops.concatenate([u, r, ops.zeros_like(g), g], axis=-1)
        u, r, g = ops.split(
            ops.convert_to_tensor(self.recurrent_kernel), 3, axis=-1
        )
        recurrent = ops.concatenate([u, r, g, ops.zeros_like(g)], axis=-1)
        if self.bias is None:
            return kernel, recurrent, ops.zeros((4 * self.units,), g.dtype)
        of_x, of_h = ops.unstack(ops.convert_to_tensor(self.bias), axis=0)
        (u, r, g_x), (u_h, r_h, g_h) = (ops.split(b, 3) for b in (of_x, of_h))
        bias = ops.concatenate([u + u_h, r + r_h, g_h, g_x])
        return kernel, recurrent, bias

    def bias_shape(self, width):
        """One bias for the input, one for the state, as Keras has them."""
        return (2, width)


class GRU(RecurrentLayer):
    """Gated recurrent unit: one state, two gates.

    About as good as an LSTM with a quarter fewer weights. The same equations
    and weights as `keras.layers.GRU` with reset_after=True, its default,
    trained with the gradient derived by hand; `set_weights` moves weights
    either way.

        u = σ(z_u)                        update gate (Keras's z)
        r = σ(z_r)                        reset gate
        g = φ(x W_g + b_g + r ⊙ (h' R_g + d_g))        candidate
        h = u ⊙ h' + (1 − u) ⊙ g          state and output (batch, units)

    with z = x W + h' R + b + d, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. b and d are the rows of `bias`
    `(2, 3 units)`. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: See `RecurrentCell`, `RecurrentLayer` and `GatedCell`.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.GRU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Cho, K. et al. (2014). Learning phrase representations using RNN
        encoder-decoder. EMNLP. There the reset gate comes before the product
        with R; here after it, as in cuDNN and Keras.
    """

    cell_class = GRUCell
