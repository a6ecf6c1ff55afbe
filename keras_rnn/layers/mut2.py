# SPDX-License-Identifier: Apache-2.0
"""MUT2, an architecture found by Jozefowicz et al. (2015)."""

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class MUT2Cell(GatedPastCell):
    """One step of a `MUT2`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MUT2Cell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("r", "u", "g")
    keeping_gate = ("u", -1)
    z_of_h = ("r", "u")

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (r, u), (dr, du) = act(r=z.r, u=z.u)
        g, dg = act(g=z.g + w.dot(w.seen(r * h_prev), w.R_g))
        h = u * g + (1 - u) * h_prev
        return (h,), {
            "u": (g - h_prev) * du,
            "g": u * dg,
            "r": h_prev * dr,
            "h_h": 1 - u,
            "past_h": r,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        d_past = w.seen(w.dot_t(dh * p.g, w.R_g))
        errors = {"r": d_past, "u": dh, "g": dh}
        return errors, (dh * p.h_h + d_past * p.past_h,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {"R_g": sums.outer(w.seen(after.past_h * before.h), dz.g)}


class MUT2(RecurrentLayer):
    """MUT2: a GRU whose reset gate sees the inputs as they are.

    One of three architectures that an evolutionary search over ten thousand
    found to be as good as a GRU or better.

        r = σ(x W_r + h' R_r + b_r)               reset gate
        u = σ(x W_u + h' R_u + b_u)               update gate
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
        >>> layer = keras_rnn.MUT2(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Jozefowicz, R., Zaremba, W. & Sutskever, I. (2015). An empirical
        exploration of recurrent network architectures. ICML, MUT2. There x
        enters the reset gate without W_r, so it has to be as wide as h; here
        W_r may be the identity. With a free W_r these are the equations of
        `GRU(reset_after=False)`, whose u weighs the old state instead.
    """

    cell_class = MUT2Cell
