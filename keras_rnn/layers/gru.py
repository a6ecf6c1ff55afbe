# SPDX-License-Identifier: Apache-2.0
"""The gated recurrent unit of Cho et al. (2014)."""

from keras import ops

from keras_rnn import _validation as validate
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

    def __init__(self, units, *, reset_after=True, **kwargs):
        super().__init__(units, **kwargs)
        self.reset_after = validate.boolean("reset_after", reset_after)

    def step(self, z, states, w, act):
        (h_prev,) = states
        (u, r), (du, dr) = act(u=z.u, r=z.r)
        if self.reset_after:
            past = z.g_h
            g, dg = act(g=z.g + r * past)
        else:
            past = h_prev
            g, dg = act(g=z.g + w.dot(w.seen(r * past), w.R_g))
        h = u * h_prev + (1 - u) * g
        return (h,), {
            "u": (h_prev - g) * du,
            "r": past * dr,
            "g": (1 - u) * dg,
            "g_h": r,
            "h_h": u,
        }

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        dz_g = dh * partials.g
        d_prev = dh * partials.h_h
        if self.reset_after:
            return {"u": dh, "r": dz_g, "g": dh, "g_h": dz_g}, (d_prev,)
        d_past = w.seen(w.dot_t(dz_g, w.R_g))
        d_prev = d_prev + d_past * partials.g_h
        return {"u": dh, "r": d_past, "g": dh}, (d_prev,)

    def weight_gradient(self, dz, before, after, w, sums):
        return {"R_g": sums.outer(w.seen(after.g_h * before.h), dz.g)}

    # R_g stands apart: r scales either its product with h' or what it sees.

    @property
    def z_names(self):
        return (*self.gates, "g_h") if self.reset_after else self.gates

    def z_weights(self):
        kernel, recurrent_kernel, bias = super().z_weights()
        u, r, g = _thirds(recurrent_kernel)
        blocks = [u, r, ops.zeros_like(g)]
        if self.reset_after:
            blocks = [*blocks, g]
            kernel = ops.pad(kernel, [(0, 0), (0, self.units)])
            if self.use_bias:
                u, r, g = _thirds(bias[0])
                u_h, r_h, g_h = _thirds(bias[1])
                bias = ops.concatenate([u + u_h, r + r_h, g, g_h])
        return kernel, ops.concatenate(blocks, axis=-1), bias

    def extra_weights(self):
        if self.reset_after:
            return {}
        return {"R_g": _thirds(self.recurrent_kernel)[2]}

    def bias_shape(self, width):
        return (2, width) if self.reset_after else (width,)

    @property
    def cudnn_kernel(self):
        return "gru" if self.reset_after else None


def _thirds(weight):
    return ops.split(ops.convert_to_tensor(weight), 3, axis=-1)


class GRU(RecurrentLayer):
    """Gated recurrent unit: one state, two gates.

    About as good as an LSTM with a quarter fewer weights. The same equations,
    weights and arguments as `keras.layers.GRU`, trained with the gradient
    derived by hand; `set_weights` moves weights either way.

        u = σ(z_u)                        update gate (Keras's z)
        r = σ(z_r)                        reset gate
        g = φ(x W_g + b_g + r ⊙ (h' R_g + d_g))        candidate
        h = u ⊙ h' + (1 − u) ⊙ g          state and output (batch, units)

    with z = x W + h' R + b + d, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. b and d are the rows of `bias`
    `(2, 3 units)`. The state is h. With `reset_after=False` the reset gate
    comes before the product with R, and there is one `bias` b `(3 units,)`:

        g = φ(x W_g + b_g + (r ⊙ h') R_g)

    Args:
        units: Positive integer, the width of h.
        reset_after: Whether the reset gate comes after the product with R, as
            in cuDNN and in Keras's default, or before, as in the paper.
        **kwargs: See `RecurrentCell`, `RecurrentLayer` and `GatedCell`.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.GRU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Cho, K. et al. (2014). Learning phrase representations using RNN
        encoder-decoder. EMNLP. There the reset gate comes before the product
        with R, as with `reset_after=False`.
    """

    cell_class = GRUCell
