# SPDX-License-Identifier: Apache-2.0
"""The recurrent network of Jordan (1986)."""

from collections.abc import Callable
from typing import ClassVar

import keras
from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    Batch,
    OverTime,
    ReadOutCell,
    Recurrence,
    RecurrentLayer,
    Step,
    StepGradient,
    has_begun,
)


class FoldedJordanCell(ReadOutCell):
    """The hidden layer alone: z = x W + h' (V R) + (b + c R).

    `entry` is what z gets at the beginning instead, from a given y.
    """

    gates = ("h",)
    states = ("h", "entry")

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        _, entry = states
        h, dh = act(h=z.h + entry)
        return (h, ops.zeros_like(entry)), {"h": dh}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        dh, _ = d_states
        return {"h": dh}, (0, dh * partials.h)


class JordanCell(ReadOutCell):
    """One step of a `Jordan` network, for `keras.layers.RNN` and stacks.

    If ψ is linear, the loop runs the hidden layer alone, with one product per
    step, because its recurrent kernel is V R:

        y' R = h' (V R) + c R

    The outputs of all steps are then read out at once, after the loop. The
    first valid step sees the initial y, which is no read-out of an h.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.JordanCell(8, output_units=2))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 2)
    """

    gates = ("h",)
    states = ("y",)
    activations: ClassVar = {"h": "activation", "y": "output_activation"}
    signals = ("z_y",)
    passed_through = ("y",)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        h, dh = act(h=z.h)
        y, dy = act(y=w.dot(h, w.V) + w.c)
        return (y,), {"h": dh, "y_z": dy, "hidden": h}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dy,) = d_states
        dz_y = w.through("y", dy, partials.y_z)
        return {"h": w.dot_t(dz_y, w.V), "z_y": dz_y}, (0,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {"V": sums.outer(after.hidden, dz.z_y), "c": sums.total(dz.z_y)}

    def extra_weights(self) -> dict[str, Tensor]:
        bias = self.output_bias if self.use_bias else None
        if bias is None:
            bias = ops.zeros((self.output_units,), self.compute_dtype)
        return {"V": self.output_kernel, "c": bias}

    def state_width(self, name: str) -> int:
        return self.output_units

    def over_time(
        self, run: Callable[[Recurrence, Batch], OverTime], batch: Batch
    ) -> OverTime:
        # Recurrent dropout and zoneout of y stand between V and R.
        folds = self._folds and batch.recurrent_mask is None and not batch.keep
        if not folds:
            return super().over_time(run, batch)
        (y_initial,) = batch.states
        W, R, b = self.z_weights()
        V, c = self.extra_weights().values()
        entry = ops.matmul(y_initial - c, R)
        folded = Recurrence(
            self.equations(FoldedJordanCell),
            (W, ops.matmul(V, R), b + ops.matmul(c[None], R)[0]),
            {},
        )
        h, (h_last, _) = run(
            folded,
            Batch(batch.sequences, (ops.zeros_like(entry), entry), batch.mask),
        )
        y = None if h is None else ops.matmul(h, V) + c
        y_last = ops.matmul(h_last, V) + c
        if batch.mask is not None:
            begun = has_begun(batch.mask)[..., None]
            y_last = ops.where(begun[:, -1], y_last, y_initial)
            if y is not None:
                y = ops.where(begun, y, y_initial[:, None])
        return y, (y_last,)

    @property
    def _folds(self):
        """Whether ψ is linear, and one product by V R costs less than two."""
        linear = self.output_activation is keras.activations.linear
        return linear and self.units <= 2 * self.output_units


class Jordan(RecurrentLayer):
    """Jordan network: the output, not the hidden state, feeds back.

    The network remembers what it said, and no more: right where the output
    is the state of the process (control, motor sequences). For longer memory
    take a gated cell.

        h = φ(x W + y' R + b)        hidden layer (batch, units)
        y = ψ(h V + c)               output and state (batch, output_units)

    φ is `activation`, ψ is `output_activation`; the prime marks the previous
    step. The state is y.

    Args:
        units: Positive integer, the width of h.
        output_units: Width of the output y; None means `units`.
        output_activation: Activation ψ.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.Jordan(8, output_units=2, return_state=True)
        >>> y, state = layer(keras.random.normal((4, 10, 3)))
        >>> tuple(y.shape), bool((y == state).numpy().all())
        ((4, 2), True)

    Reference:
        Jordan, M. I. (1986). Serial order: a parallel distributed processing
        approach. ICS Report 8604, UC San Diego. The decaying self-connections
        of his state units are left out, as most later texts do.
    """

    cell_class = JordanCell
