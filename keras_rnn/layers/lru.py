# SPDX-License-Identifier: Apache-2.0
"""The linear recurrent unit of Orvieto et al. (2023)."""

import math
from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import (
    Activation,
    Constraint,
    Initializer,
    Named,
    Regularizer,
    Tensor,
    Tensors,
)
from keras_rnn.engine import (
    Activate,
    Batch,
    OverTime,
    RecurrentCell,
    RecurrentLayer,
    Step,
    StepGradient,
    complex_linear_scan,
    linear_scan,
)


class LRUCell(RecurrentCell):
    """One step of an `LRU`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the number of complex states and the width of
            the output.
        activation: Activation φ of the output.
        use_bias: Whether to add a bias to x B and x D.
        kernel_initializer: Initializer of the kernel, `(features, 3 units)`.
        output_initializer: Initializer of C, `(2 units, units)`.
        output_regularizer: Regularizer of C.
        output_constraint: Constraint on C.
        min_radius: Smallest initial |λ|, from 0 to below `max_radius`.
        max_radius: Largest initial |λ|, at most 1.
        max_phase: Largest initial phase of λ, in radians.
        **kwargs: Arguments of all such cells; `help` lists them.

    Raises:
        ValueError: If a radius or the phase is out of range.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.LRUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    output_initializer: keras.initializers.Initializer
    output_regularizer: keras.regularizers.Regularizer | None
    output_constraint: keras.constraints.Constraint | None

    gates = ("re", "im", "y")
    z_of_h = ()
    activations: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        units: int,
        *,
        activation: Activation = "linear",
        use_bias: bool = False,
        kernel_initializer: Initializer = "lecun_normal",
        output_initializer: Initializer = "lecun_normal",
        output_regularizer: Regularizer = None,
        output_constraint: Constraint = None,
        min_radius: float = 0.0,
        max_radius: float = 1.0,
        max_phase: float = 2 * math.pi,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            **kwargs,
        )
        self.resolve_arguments(
            output_initializer=output_initializer,
            output_regularizer=output_regularizer,
            output_constraint=output_constraint,
        )
        self.min_radius: float = validate.fraction("min_radius", min_radius)
        self.max_radius: float = validate.fraction("max_radius", max_radius)
        if min_radius >= max_radius:
            raise ValueError(
                "`min_radius` must be less than `max_radius`. Received: "
                f"min_radius={min_radius}, max_radius={max_radius}. "
                "Leave both out for 0 and 1."
            )
        self.max_phase: float = validate.positive_number("max_phase", max_phase)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        re, im, _ = ops.split(h_prev, 3, axis=-1)
        h = [
            w.re * re - w.im * im + z.re,
            w.im * re + w.re * im + z.im,
            z.y,
        ]
        return (ops.concatenate(h, axis=-1),), {}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        re, im, y = ops.split(dh, 3, axis=-1)
        d_prev = [
            w.re * re + w.im * im,
            w.re * im - w.im * re,
            ops.zeros_like(y),
        ]
        errors = {"re": re, "im": im, "y": y}
        return errors, (ops.concatenate(d_prev, axis=-1),)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        re, im, _ = ops.split(before.h, 3, axis=-1)
        return {
            "re": sums.total(dz.re * re + dz.im * im),
            "im": sums.total(dz.im * re - dz.re * im),
        }

    def state_width(self, name: str) -> int:
        return 3 * self.units

    @property
    def output_size(self) -> int:
        return self.units

    def read_out(self, h: Tensor) -> Tensor:
        """The output y = φ(Re(h C) + x D). It feeds nothing back."""
        re, im, y = ops.split(h, 3, axis=-1)
        seen = ops.concatenate([re, -im], axis=-1)
        return self.activation(ops.matmul(seen, self.output_kernel) + y)

    def build_extra_weights(self) -> None:
        shape = (self.units,)
        self.nu_log = self.add_weight(
            name="nu_log", shape=shape, initializer=self._initial_nu
        )
        self.theta_log = self.add_weight(
            name="theta_log", shape=shape, initializer=self._initial_theta
        )
        self.gamma_log = self.add_weight(
            name="gamma_log", shape=shape, initializer=self._initial_gamma
        )
        self.output_kernel = self.add_named_weight(
            "output_kernel", (2 * self.units, self.units), prefix="output"
        )

    # λ lies evenly in the ring between the two radii.

    def _initial_nu(self, shape, dtype=None):
        low, high = self.min_radius**2, self.max_radius**2
        share = keras.random.uniform(shape, 1e-6, 1 - 1e-6, dtype=dtype)
        return ops.log(-0.5 * ops.log(low + (high - low) * share))

    def _initial_theta(self, shape, dtype=None):
        share = keras.random.uniform(shape, 1e-6, 1.0, dtype=dtype)
        return ops.log(self.max_phase * share)

    def _initial_gamma(self, shape, dtype=None):
        return 0.5 * ops.log(1 - self._radius() ** 2)

    def _radius(self):
        return ops.exp(-ops.exp(ops.convert_to_tensor(self.nu_log)))

    def extra_weights(self) -> dict[str, Tensor]:
        radius = self._radius()
        phase = ops.exp(ops.convert_to_tensor(self.theta_log))
        return {
            "re": radius * ops.cos(phase),
            "im": radius * ops.sin(phase),
        }

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        # γ scales B and not x B, at each step anew.
        kernel, recurrent_kernel, bias = super().z_weights()
        gamma = ops.exp(ops.convert_to_tensor(self.gamma_log))
        scale = ops.concatenate([gamma, gamma, ops.ones_like(gamma)])
        return kernel * scale, recurrent_kernel, bias * scale

    def in_parallel(self, batch: Batch) -> OverTime | None:
        if batch.keep:
            return None  # which may keep one part of a complex number
        kernel, _, bias = self.z_weights()
        w = self.extra_weights()
        z = ops.matmul(batch.without_masked(), kernel) + bias
        z_re, z_im, y = ops.split(z, 3, axis=-1)
        *h_initial, y_initial = ops.split(batch.states[0], 3, axis=-1)
        ones = ops.ones_like(z_re)
        decay = ones * w["re"], ones * w["im"]
        h = complex_linear_scan(
            decay, (z_re, z_im), tuple(h_initial), batch.mask
        )
        if batch.mask is not None:
            y = linear_scan(ops.zeros_like(y), y, y_initial, batch.mask)
        h = ops.concatenate([*h, y], axis=-1)
        return h, (h[:, -1],)


class LRU(RecurrentLayer):
    """Linear recurrent unit: complex states that turn and fade, no gates.

    The recurrence is linear and diagonal, so that time runs in parallel where
    steps are dear: on a GPU and on PyTorch a scan computes it in log₂(time)
    rounds. |λ| below 1 keeps it stable, γ keeps its states of one scale, and
    a |λ| near 1 remembers for thousands of steps. What is not linear has to
    come between such layers: stack them with dense layers, norms and residual
    connections.

        h = λ ⊙ h' + γ ⊙ (x B)           complex state
        y = φ(Re(h C) + x D)             output (batch, units)

    with λ = exp(−exp(ν) + i exp(θ)), φ `activation`; the prime marks the
    previous step. Weights: `kernel` `(features, 3 units)` with the columns
    Re B, Im B, D; `nu_log`, `theta_log`, `gamma_log` for ν, θ and ln γ;
    `output_kernel` `(2 units, units)` with the rows Re C, Im C. The state
    `(batch, 3 units)` holds Re h, Im h and x D.

    Args:
        units: Positive integer, the number of complex states and the width of
            the output.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.LRU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Orvieto, A. et al. (2023). Resurrecting recurrent neural networks for
        long sequences. ICML. There D is diagonal, and the output is as wide as
        the inputs; here D is a matrix.
    """

    cell_class = LRUCell
