# SPDX-License-Identifier: Apache-2.0
"""The gated recurrent unit of Cho et al. (2014)."""

from typing import Any

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class GRUCell(GatedPastCell):
    """One step of a `GRU`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        reset_after: Whether the reset gate comes after the product with R, as
            in cuDNN and in Keras's default, or before, as in the paper.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.GRUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("u", "r", "g")
    keeping_gate = ("u", 1)

    def __init__(
        self, units: int, *, reset_after: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(units, **kwargs)
        self.reset_after = validate.boolean("reset_after", reset_after)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (u, r), (du, dr) = act(u=z.u, r=z.r)
        if self.reset_after:
            past = z.g_h + w.d if self.use_bias else z.g_h
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

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        dz_g = dh * partials.g
        d_prev = dh * partials.h_h
        if self.reset_after:
            return {"u": dh, "r": dz_g, "g": dh, "g_h": dz_g}, (d_prev,)
        d_past = w.seen(w.dot_t(dz_g, w.R_g))
        d_prev = d_prev + d_past * partials.g_h
        return {"u": dh, "r": d_past, "g": dh}, (d_prev,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        if self.reset_after:
            return {"d": sums.total(dz.g_h)}
        return {"R_g": sums.outer(w.seen(after.g_h * before.h), dz.g)}

    @property
    def z_of_h(self) -> tuple[str, ...]:
        # r scales the product of R_g with h', or what R_g sees.
        return ("u", "r", "g_h") if self.reset_after else ("u", "r")

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        kernel, recurrent_kernel, bias = super().z_weights()
        if self.reset_after and self.use_bias:
            u, r, g = ops.split(bias[0], 3)
            u_h, r_h, _ = ops.split(bias[1], 3)
            bias = ops.concatenate([u + u_h, r + r_h, g])
        return kernel, recurrent_kernel, bias

    def extra_weights(self) -> dict[str, Tensor]:
        if self.reset_after and self.use_bias:
            return {"d": ops.convert_to_tensor(self.bias)[1, -self.units :]}
        return super().extra_weights()

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)

    @property
    def cudnn_kernel(self) -> str | None:
        return "gru" if self.reset_after else None


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
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

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
