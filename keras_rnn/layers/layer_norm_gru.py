# SPDX-License-Identifier: Apache-2.0
"""The GRU with layer normalization of Ba et al. (2016)."""

from typing import ClassVar

from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedCell,
    NormalizedCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class LayerNormGRUCell(NormalizedCell, GatedCell):
    """One step of a `LayerNormGRU`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.LayerNormGRUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("u", "r", "g")
    keeping_gate = ("u", 1)
    z_of_x = ("x",)
    z_of_h = ("h",)
    signals = ("n_x", "n_h")
    norms: ClassVar = {"x": 3, "h": 3}

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        x, x_scale = self.normalized(z.x)
        s, s_scale = self.normalized(z.h)
        x_u, x_r, x_g = ops.split(w.gamma_x * x + w.b, 3, axis=-1)
        s_u, s_r, s_g = ops.split(w.gamma_h * s + w.d, 3, axis=-1)
        (u, r), (du, dr) = act(u=x_u + s_u, r=x_r + s_r)
        g, dg = act(g=x_g + r * s_g)
        h = u * h_prev + (1 - u) * g
        return (h,), {
            "h_u": (h_prev - g) * du,
            "g_r": s_g * dr,
            "h_g": (1 - u) * dg,
            "r": r,
            "h_h": u,
            "x_hat": x,
            "s_hat": s,
            "x_scale": x_scale,
            "s_scale": s_scale,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        d_u, d_g = dh * p.h_u, dh * p.h_g
        d_r = d_g * p.g_r
        n_x = ops.concatenate([d_u, d_r, d_g], axis=-1)
        n_h = ops.concatenate([d_u, d_r, d_g * p.r], axis=-1)
        return {
            "x": self.through_norm(n_x * w.gamma_x, p.x_hat, p.x_scale),
            "h": self.through_norm(n_h * w.gamma_h, p.s_hat, p.s_scale),
            "n_x": n_x,
            "n_h": n_h,
        }, (dh * p.h_h,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {
            "gamma_x": sums.total(dz.n_x * after.x_hat),
            "gamma_h": sums.total(dz.n_h * after.s_hat),
            "b": sums.total(dz.n_x),
            "d": sums.total(dz.n_h),
        }

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return 2, width

    def extra_weights(self) -> dict[str, Tensor]:
        weights = super().extra_weights()
        b = d = weights["b"]
        if self.use_bias:
            b, d = ops.unstack(ops.convert_to_tensor(self.bias), 2)
        return {**weights, "b": b, "d": d}


class LayerNormGRU(RecurrentLayer):
    """GRU whose pre-activations are normalized at each step.

    The scale of inputs and weights does not matter, and a training stays
    stable at larger learning rates. A step costs more than that of a GRU.

        v, s = N_x(x W) + b, N_h(h' R) + d       pre-activations
        u = σ(v_u + s_u)                         update gate
        r = σ(v_r + s_r)                         reset gate
        g = φ(v_g + r ⊙ s_g)                     candidate
        h = u ⊙ h' + (1 − u) ⊙ g                 state and output (batch, units)

    with N(v) = γ ⊙ (v − mean) / √(variance + ε) over all columns, σ
    `recurrent_activation`, φ `activation`; the prime marks the previous step.
    The columns of W and R are u, r, g; b and d are the rows of `bias`
    `(2, 3 units)`. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.LayerNormGRU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Ba, J. L., Kiros, J. R. & Hinton, G. E. (2016). Layer normalization.
        arXiv:1607.06450. There the candidate has norms of its own; here, as in
        Keras's GRU, the reset gate comes after the product with R, and one
        norm spans its columns and those of the gates.
    """

    cell_class = LayerNormGRUCell
