# SPDX-License-Identifier: Apache-2.0
"""MUT3, an architecture found by Jozefowicz et al. (2015)."""

from typing import ClassVar

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class MUT3Cell(GatedPastCell):
    """One step of a `MUT3`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MUT3Cell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("r", "u", "g")
    keeping_gate = ("u", -1)
    z_of_h = ("r",)
    activations: ClassVar = {**GatedPastCell.activations, "s": "activation"}

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        s, ds = act(s=h_prev)
        u_z = z.u + w.dot(w.seen(s), w.R_u)
        (r, u), (dr, du) = act(r=z.r, u=u_z)
        g, dg = act(g=z.g + w.dot(w.seen(r * h_prev), w.R_g))
        h = u * g + (1 - u) * h_prev
        return (h,), {
            "u": (g - h_prev) * du,
            "g": u * dg,
            "r": h_prev * dr,
            "h_h": 1 - u,
            "past_h": r,
            "s_h": ds,
            "s": s,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        d_past = w.seen(w.dot_t(dh * p.g, w.R_g))
        d_s = w.seen(w.dot_t(dh * p.u, w.R_u))
        d_prev = dh * p.h_h + d_past * p.past_h + d_s * p.s_h
        return {"r": d_past, "u": dh, "g": dh}, (d_prev,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {
            "R_u": sums.outer(w.seen(after.s), dz.u),
            "R_g": sums.outer(w.seen(after.past_h * before.h), dz.g),
        }


class MUT3(RecurrentLayer):
    """MUT3: a GRU whose update gate sees the squashed state.

    One of three architectures that an evolutionary search over ten thousand
    found to be as good as a GRU or better.

        r = σ(x W_r + h' R_r + b_r)               reset gate
        u = σ(x W_u + φ(h') R_u + b_u)            update gate
        g = φ(x W_g + (r ⊙ h') R_g + b_g)         candidate
        h = u ⊙ g + (1 − u) ⊙ h'                  state and output

    with σ `recurrent_activation`, φ `activation`; the prime marks the previous
    step, h is `(batch, units)`. The columns of W, R and b are r, u, g. The
    state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MUT3(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Jozefowicz, R., Zaremba, W. & Sutskever, I. (2015). An empirical
        exploration of recurrent network architectures. ICML, MUT3.
    """

    cell_class = MUT3Cell
