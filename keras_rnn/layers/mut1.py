# SPDX-License-Identifier: Apache-2.0
"""MUT1, an architecture found by Jozefowicz et al. (2015)."""

from typing import ClassVar

from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class MUT1Cell(GatedPastCell):
    """One step of a `MUT1`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MUT1Cell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("r", "u", "g")
    keeping_gate = ("u", -1)
    gates_of_R = ("r", "g")
    z_of_h = ("r",)
    activations: ClassVar = {**GatedPastCell.activations, "x": "activation"}
    signals = ("n",)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (r, u, x), (dr, du, dx) = act(r=z.r, u=z.u, x=z.g)
        n = x + w.dot(w.seen(r * h_prev), w.R_g)
        g, dg = act(g=n + w.b_g if self.use_bias else n)
        h = u * g + (1 - u) * h_prev
        return (h,), {
            "u": (g - h_prev) * du,
            "g": dx,
            "r": h_prev * dr,
            "h_n": u * dg,
            "h_h": 1 - u,
            "past_h": r,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        dn = dh * p.h_n
        d_past = w.seen(w.dot_t(dn, w.R_g))
        errors = {"r": d_past, "u": dh, "g": dn, "n": dn}
        return errors, (dh * p.h_h + d_past * p.past_h,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        past = w.seen(after.past_h * before.h)
        return {"R_g": sums.outer(past, dz.n), "b_g": sums.total(dz.n)}

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        # The bias of g comes after the inner φ.
        kernel, recurrent_kernel, bias = super().z_weights()
        r, u, g = ops.split(ops.convert_to_tensor(bias), 3)
        bias = ops.concatenate([r, u, ops.zeros_like(g)])
        return kernel, recurrent_kernel, bias

    def extra_weights(self) -> dict[str, Tensor]:
        weights = super().extra_weights()
        if self.use_bias:
            bias = ops.convert_to_tensor(self.bias)
            weights["b_g"] = bias[-self.units :]
        return weights


class MUT1(RecurrentLayer):
    """MUT1: a GRU whose update gate sees the inputs alone.

    One of three architectures that an evolutionary search over ten thousand
    found to be as good as a GRU or better. What is kept does not depend on
    the state; inputs are squashed before they enter the candidate.

        r = σ(x W_r + h' R_r + b_r)                    reset gate
        u = σ(x W_u + b_u)                             update gate
        g = φ(φ(x W_g) + (r ⊙ h') R_g + b_g)           candidate
        h = u ⊙ g + (1 − u) ⊙ h'                       state and output

    with σ `recurrent_activation`, φ `activation`; the prime marks the previous
    step, h is `(batch, units)`. The columns of W and b are r, u, g, those of R
    are r, g. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MUT1(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Jozefowicz, R., Zaremba, W. & Sutskever, I. (2015). An empirical
        exploration of recurrent network architectures. ICML, MUT1. There x
        enters the candidate without W_g, so it has to be as wide as h; here
        W_g may be the identity.
    """

    cell_class = MUT1Cell
