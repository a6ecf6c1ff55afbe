# SPDX-License-Identifier: Apache-2.0
"""GRU-D, the gated recurrent unit with decay of Che et al. (2018)."""

from typing import Any, cast

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import (
    Constraint,
    Initializer,
    Named,
    Regularizer,
    Shape,
    Tensor,
    Tensors,
)
from keras_rnn.engine import (
    Activate,
    GatedPastCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class GRUDCell(GatedPastCell):
    """One step of a `GRUD`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        num_observed: Number of features that may be missing, k. The first k
            columns of x are their values, its last 2k columns tell of each
            whether it is known and how long ago the one before it was.
        decay_initializer: Initializer of the weights of both decays; None
            draws from 0 to 0.1, so that all fade a little from the start.
        decay_regularizer: Regularizer of the weights of both decays.
        decay_constraint: Constraint on the weights of both decays.
        **kwargs: Arguments of all such cells; `help` lists them.

    Raises:
        ValueError: If `num_observed` is no integer from 0 on, or x has fewer
            than 3k columns.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.GRUDCell(8, num_observed=1))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    decay_initializer: keras.initializers.Initializer | None
    decay_regularizer: keras.regularizers.Regularizer | None
    decay_constraint: keras.constraints.Constraint | None

    gates = ("u", "r", "g")
    keeping_gate = ("u", 1)
    z_of_h = ("u", "r")

    def __init__(
        self,
        units: int,
        *,
        num_observed: int = 0,
        decay_initializer: Initializer = None,
        decay_regularizer: Regularizer = None,
        decay_constraint: Constraint = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.num_observed: int = validate.integer(
            "num_observed", num_observed, minimum=0
        )
        self.resolve_arguments(
            decay_initializer=decay_initializer,
            decay_regularizer=decay_regularizer,
            decay_constraint=decay_constraint,
        )

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (u, r), (du, dr) = act(u=z.u, r=z.r)
        g, dg = act(g=z.g + w.dot(w.seen(r * h_prev), w.R_g))
        h = u * h_prev + (1 - u) * g
        return (h,), {
            "u": (h_prev - g) * du,
            "r": h_prev * dr,
            "g": (1 - u) * dg,
            "past_h": r,
            "h_h": u,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        d_past = w.seen(w.dot_t(dh * partials.g, w.R_g))
        d_prev = dh * partials.h_h + d_past * partials.past_h
        return {"u": dh, "r": d_past, "g": dh}, (d_prev,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        h_prev = dz.decay * before.h if self.num_observed else before.h
        return {"R_g": sums.outer(w.seen(after.past_h * h_prev), dz.g)}

    def adjust(
        self, states: Tensors, x: Named, w: Named
    ) -> tuple[Tensors, dict[str, Tensor]]:
        if not self.num_observed:
            return states, {}
        (h_prev,) = states
        return (x.decay * h_prev,), {"h_decay": h_prev, "decayed_h": x.decay}

    def adjust_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        if not self.num_observed:
            return {}, d_states
        (dh,) = d_states
        return {"d_decay": dh * partials.h_decay}, (dh * partials.decayed_h,)

    def columns_gradient(self, dz: Named, w: Named) -> dict[str, Tensor]:
        return {"decay": dz.d_decay} if self.num_observed else {}

    @property
    def signals(self) -> tuple[str, ...]:
        return ("d_decay",) if self.num_observed else ()

    def transform_inputs(self, x: Tensor) -> Tensor:
        k = self.num_observed
        if not k:
            return x
        end = x.shape[-1] - 2 * k
        values, others = x[..., :k], x[..., k:end]
        known, elapsed = x[..., end : end + k], x[..., end + k :]
        rate_x = elapsed * self.decay_input
        rate_h = ops.matmul(elapsed, self.decay_state)
        if self.use_bias:
            rate_x = rate_x + self.decay_input_bias
            rate_h = rate_h + self.decay_state_bias
        of_x, of_h = ops.exp(-ops.relu(rate_x)), ops.exp(-ops.relu(rate_h))
        values = values * (known + (1 - known) * of_x)
        return ops.concatenate([values, others, known, of_h], axis=-1)

    def num_transformed(self, num_features: int) -> int:
        k = self.num_observed
        return num_features - k + self.units if k else num_features

    def own_columns(self, num_features: int) -> dict[str, slice]:
        if not self.num_observed:
            return {}
        return {"decay": slice(num_features - self.units, num_features)}

    def build(self, input_shape: Shape) -> None:
        num_features, k = cast("int", input_shape[-1]), self.num_observed
        if num_features < 3 * k:
            raise ValueError(
                f"{k} observed features need at least {3 * k} columns of x: "
                "their values, whether each is known, and the time since the "
                f"last one. Received: {num_features} columns. Make them with "
                "`keras_rnn.data.with_elapsed(x)`, or lower `num_observed`."
            )
        super().build(input_shape)

    def build_extra_weights(self) -> None:
        k, units = self.num_observed, self.units
        if not k:
            return
        drawn = self.decay_initializer or keras.initializers.RandomUniform(
            0.0, 0.1, seed=self.seed
        )
        add = self.add_named_weight
        self.decay_input: Tensor = add("decay_input", (k,), "decay", drawn)
        self.decay_state: Tensor = add(
            "decay_state", (k, units), "decay", drawn
        )
        if self.use_bias:
            self.decay_input_bias: Tensor = add(
                "decay_input_bias", (k,), "bias"
            )
            self.decay_state_bias: Tensor = add(
                "decay_state_bias", (units,), "bias"
            )


class GRUD(RecurrentLayer):
    """GRU-D: a GRU whose memory fades with the time since the last value.

    For series with gaps, or of irregular times. A missing value is replaced
    by the last one, which fades to the mean as time passes, and so does the
    state, at rates that are learned. The columns of x are

        values    (k)   the features that may be missing; while one is, the
                        last known value. Their means should be 0
        others    (any) features that are always known
        known     (k)   1 where the value is known, 0 where it is not
        elapsed   (k)   time since the last known value before this step

    `keras_rnn.data.with_elapsed` makes them of arrays with NaN, and
    `gaps="elapsed"` of frames; the factories then set `num_observed` to k.

        γ_x = exp(−max(0, elapsed ⊙ w + b_w))     decay_input w (k,)
        γ_h = exp(−max(0, elapsed V + b_V))       decay_state V (k, units)
        x̂ = known ⊙ values + (1 − known) ⊙ γ_x ⊙ values
        ĥ = γ_h ⊙ h'
        u = σ(z_u)                                update gate
        r = σ(z_r)                                reset gate
        g = φ(z_g + (r ⊙ ĥ) R_g)                  candidate
        h = u ⊙ ĥ + (1 − u) ⊙ g                   state, output (batch, units)

    with z_g = [x̂, others, known] W_g + b_g, and + ĥ R for the gates, σ
    `recurrent_activation`, φ `activation`; the prime marks the previous step.
    The columns of W, R and b are u, r, g. The state is h. `dropout` drops
    what W sees, not the decays. With `num_observed=0` it is a GRU with
    `reset_after=False`. A layer that goes backwards still decays by the time
    since the value before.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import numpy as np, keras_rnn
        >>> x = np.array([[[1.0], [np.nan], [3.0]]])
        >>> layer = keras_rnn.GRUD(8, num_observed=1)
        >>> tuple(layer(keras_rnn.data.with_elapsed(x)).shape)
        (1, 8)

    Reference:
        Che, Z. et al. (2018). Recurrent neural networks for multivariate time
        series with missing values. Scientific Reports 8, 6085. There the
        update gate is 1 − u, which negates W_u, R_u and b_u, and the means
        need not be 0.
    """

    cell_class = GRUDCell
