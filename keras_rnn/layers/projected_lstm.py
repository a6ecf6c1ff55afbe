# SPDX-License-Identifier: Apache-2.0
"""The LSTM with a recurrent projection of Sak et al. (2014)."""

from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import (
    Constraint,
    Initializer,
    Named,
    Regularizer,
    Tensor,
    Tensors,
)
from keras_rnn.engine import (
    Activate,
    ForgetGateCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class ProjectedLSTMCell(ForgetGateCell):
    """One step of a `ProjectedLSTM`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of c.
        projection_units: Width of h; None means `units`.
        projection_initializer: Initializer of P, `(units, projection_units)`.
        projection_regularizer: Regularizer of P.
        projection_constraint: Constraint on P.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> cell = keras_rnn.ProjectedLSTMCell(8, projection_units=2)
        >>> tuple(keras.layers.RNN(cell)(keras.random.normal((4, 10, 3))).shape)
        (4, 2)
    """

    projection_units: int
    projection_initializer: keras.initializers.Initializer
    projection_regularizer: keras.regularizers.Regularizer | None
    projection_constraint: keras.constraints.Constraint | None
    projection_kernel: Tensor

    gates = ("i", "f", "g", "o")
    states = ("h", "c")
    signals = ("h",)

    def __init__(
        self,
        units: int,
        *,
        projection_units: int | None = None,
        projection_initializer: Initializer = "glorot_uniform",
        projection_regularizer: Regularizer = None,
        projection_constraint: Constraint = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.projection_units = (
            self.units
            if projection_units is None
            else validate.positive_int("projection_units", projection_units)
        )
        self.resolve_arguments(
            projection_initializer=projection_initializer,
            projection_regularizer=projection_regularizer,
            projection_constraint=projection_constraint,
        )

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, c_prev = states
        (i, f, g, o), (di, df, dg, do) = act(i=z.i, f=z.f, g=z.g, o=z.o)
        c = f * c_prev + i * g
        y, dy = act(y=c)
        m = o * y
        return (w.dot(m, w.P), c), {
            "i": g * di,
            "f": c_prev * df,
            "g": i * dg,
            "o": y * do,
            "m_c": o * dy,
            "c_c": f,
            "m": m,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        dh, dc = d_states
        dm = w.dot_t(dh, w.P)
        dc = dc + dm * partials.m_c
        errors = {"i": dc, "f": dc, "g": dc, "o": dm, "h": dh}
        return errors, (0, dc * partials.c_c)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {"P": sums.outer(after.m, dz.h)}

    def state_width(self, name: str) -> int:
        return self.projection_units if name == "h" else self.units

    def build_extra_weights(self) -> None:
        self.projection_kernel = self.add_named_weight(
            "projection_kernel",
            (self.units, self.projection_units),
            prefix="projection",
        )

    def extra_weights(self) -> dict[str, Tensor]:
        return {"P": self.projection_kernel}


class ProjectedLSTM(RecurrentLayer):
    """LSTM whose output is a projection, narrower than its memory.

    R sees the projection, so a wide cell state costs few weights: with a
    projection to a quarter, R has a quarter of its weights. PyTorch calls the
    width `proj_size`, the literature the layer LSTMP.

        i, f, o = σ(z_i), σ(z_f), σ(z_o)     gates
        g = φ(z_g)                           candidate
        c = f ⊙ c' + i ⊙ g                   cell state (batch, units)
        h = (o ⊙ φ(c)) P                     output (batch, projection_units)

    with z = x W + h' R + b, σ `recurrent_activation`, φ `activation`; the
    prime marks the previous step. The columns of W, R and b are i, f, g, o; R
    is `(projection_units, 4 units)`. The states are h, c.

    Args:
        units: Positive integer, the width of c.
        projection_units: Width of h; None means `units`.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.ProjectedLSTM(8, projection_units=2)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 2)

    Reference:
        Sak, H., Senior, A. & Beaufays, F. (2014). Long short-term memory
        recurrent neural network architectures for large scale acoustic
        modeling. Interspeech. There the gates have peepholes, and a second
        projection may feed the output alone; here there is neither.
    """

    cell_class = ProjectedLSTMCell
