# SPDX-License-Identifier: Apache-2.0
"""The LSTM with layer normalization of Ba et al. (2016)."""

from typing import Any, ClassVar

from keras import ops

from keras_rnn._types import Initializer, Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    ForgetGateCell,
    NormalizedCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class LayerNormLSTMCell(NormalizedCell, ForgetGateCell):
    """One step of a `LayerNormLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h and c.
        norm_beta_initializer: Initializer of the shifts β.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.LayerNormLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("i", "f", "g", "o")
    states = ("h", "c")
    z_of_x = ("x",)
    z_of_h = ("h",)
    signals = ("n_z", "n_c")
    # What is normalized: x W, h' R and the cell state.
    norms: ClassVar = {"x": 4, "h": 4, "c": 1}

    def __init__(
        self,
        units: int,
        *,
        norm_beta_initializer: Initializer = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.resolve_arguments(norm_beta_initializer=norm_beta_initializer)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev = states
        x, x_scale = self.normalized(z.x)
        h, h_scale = self.normalized(z.h)
        z_all = w.gamma_x * x + w.beta_x + w.gamma_h * h + w.beta_h + w.b
        z_i, z_f, z_g, z_o = ops.split(z_all, 4, axis=-1)
        (i, f, g, o), (di, df, dg, do) = act(i=z_i, f=z_f, g=z_g, o=z_o)
        c_hat, c_scale = self.normalized(f * c_prev + i * g)
        c = w.gamma_c * c_hat + w.beta_c
        y, dy = act(y=c)
        return (o * y, c), {
            "c_z": ops.concatenate([g * di, c_prev * df, i * dg], axis=-1),
            "h_o": y * do,
            "h_c": o * dy,
            "f": f,
            "x_hat": x,
            "h_hat": h,
            "c_hat": c_hat,
            "x_scale": x_scale,
            "h_scale": h_scale,
            "c_scale": c_scale,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        dh, dc = d_states
        d_c = dc + dh * p.h_c
        d_raw = self.through_norm(d_c * w.gamma_c, p.c_hat, p.c_scale)
        d_ifg = ops.concatenate([d_raw] * 3, axis=-1) * p.c_z
        dz = ops.concatenate([d_ifg, dh * p.h_o], axis=-1)
        return {
            "x": self.through_norm(dz * w.gamma_x, p.x_hat, p.x_scale),
            "h": self.through_norm(dz * w.gamma_h, p.h_hat, p.h_scale),
            "n_z": dz,
            "n_c": d_c,
        }, (0, d_raw * p.f)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        shift = sums.total(dz.n_z)
        gradients = {
            "gamma_x": sums.total(dz.n_z * after.x_hat),
            "beta_x": shift,
            "gamma_h": sums.total(dz.n_z * after.h_hat),
            "beta_h": shift,
            "gamma_c": sums.total(dz.n_c * after.c_hat),
            "beta_c": sums.total(dz.n_c),
        }
        return {**gradients, "b": shift}

    def build_extra_weights(self) -> None:
        for name in self.norms:
            self.add_of_norm("gamma", name)
            self.add_of_norm("beta", name)

    def extra_weights(self) -> dict[str, Tensor]:
        shifts = {f"beta_{n}": getattr(self, f"beta_{n}") for n in self.norms}
        return {**super().extra_weights(), **shifts}


class LayerNormLSTM(RecurrentLayer):
    """LSTM whose pre-activations and cell state are normalized at each step.

    Each sequence has its own mean and variance at each step, so the scale of
    inputs and weights does not matter, and a training stays stable at larger
    learning rates. A step costs more than that of an LSTM.

        z = N_x(x W) + N_h(h' R) + b
        i, f, o = σ(z_i), σ(z_f), σ(z_o)        gates
        g = φ(z_g)                              candidate
        c = N_c(f ⊙ c' + i ⊙ g)                 cell state (batch, units)
        h = o ⊙ φ(c)                            output (batch, units)

    with N(v) = γ ⊙ (v − mean) / √(variance + ε) + β over the units, σ
    `recurrent_activation`, φ `activation`; the prime marks the previous step.
    The states are h, c.

    Args:
        units: Positive integer, the width of h and c.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.LayerNormLSTM(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Ba, J. L., Kiros, J. R. & Hinton, G. E. (2016). Layer normalization.
        arXiv:1607.06450. There the carried c is the one before its norm; here,
        as in TensorFlow Addons' LayerNormLSTMCell, it is the normalized one.
    """

    cell_class = LayerNormLSTMCell
