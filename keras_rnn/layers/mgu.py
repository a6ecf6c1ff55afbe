# SPDX-License-Identifier: Apache-2.0
"""The minimal gated unit of Zhou et al. (2016)."""

from typing import Any, Literal

from keras_rnn import _validation as validate
from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class MGUCell(GatedPastCell):
    """One step of an `MGU`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        variant: What a gate of 1 does to the state: `"renew"` it, as in the
            paper, or `"keep"` it, as in RecurrentLayers.jl and Flax.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MGUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("f", "g")
    z_of_h = ("f",)

    def __init__(
        self,
        units: int,
        *,
        variant: Literal["renew", "keep"] = "renew",
        **kwargs: Any,
    ) -> None:
        self.variant: Literal["renew", "keep"] = validate.one_of(
            "variant", variant, ("renew", "keep")
        )
        super().__init__(units, **kwargs)

    @property
    def keeping_gate(self) -> tuple[str, int]:
        return "f", -1 if self.variant == "renew" else 1

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        f, df = act(f=z.f)
        g, dg = act(g=z.g + w.dot(w.seen(f * h_prev), w.R_g))
        if self.variant == "renew":
            new, h_f = f, (g - h_prev) * df
        else:
            new, h_f = 1 - f, (h_prev - g) * df
        h = (1 - new) * h_prev + new * g
        return (h,), {
            "g": new * dg,
            "h_f": h_f,
            "h_h": 1 - new,
            "past_f": h_prev * df,
            "past_h": f,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        d_past = w.seen(w.dot_t(dh * p.g, w.R_g))
        dz_f = dh * p.h_f + d_past * p.past_f
        return {"f": dz_f, "g": dh}, (dh * p.h_h + d_past * p.past_h,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {"R_g": sums.outer(w.seen(after.past_h * before.h), dz.g)}


class MGU(RecurrentLayer):
    """Minimal gated unit: one gate resets the state and renews it.

    The GRU with its two gates made one: two thirds of the weights, and close
    to it on many tasks.

        f = σ(z_f)                              the gate
        g = φ(x W_g + (f ⊙ h') R_g + b_g)       candidate
        h = (1 − f) ⊙ h' + f ⊙ g                state and output (batch, units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The columns of W, R and b are f, g. The
    state is h. With `variant="keep"` the gate keeps what it lets through:

        h = f ⊙ h' + (1 − f) ⊙ g

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MGU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Zhou, G.-B., Wu, J., Zhang, C.-L. & Zhou, Z.-H. (2016). Minimal gated
        unit for recurrent neural networks. International Journal of
        Automation and Computing 13(3).
    """

    cell_class = MGUCell
