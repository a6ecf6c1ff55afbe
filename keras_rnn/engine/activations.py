# SPDX-License-Identifier: Apache-2.0
"""Activations and their derivatives, written from the activation's output.

Backpropagation through time keeps the outputs of the gates anyway, so a
derivative that needs the output alone costs no further memory: tanh' = 1 − y².
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import keras
from keras import ops

from keras_rnn._types import Tensor

Function: TypeAlias = Callable[[Tensor], Tensor]

SELU_SCALE = 1.05070098735548  # Klambauer et al. 2017, as in keras
SELU_ALPHA = 1.67326324235437


def positive(z: Tensor) -> Tensor:
    """A candidate above 0: z + ½ for z ≥ 0, else σ(z) (Feng et al. 2024)."""
    return ops.where(z >= 0, z + 0.5, ops.sigmoid(z))


def log_positive(z: Tensor) -> Tensor:
    """The logarithm of `positive`."""
    above = ops.log(ops.maximum(z, 0) + 0.5)
    return ops.where(z >= 0, above, -ops.softplus(-z))


#: Activation -> its derivative as a function of its output y. You can add
#: entries; a layer with another activation runs on the reference engine.
DERIVATIVES: dict[Function, Function] = {
    keras.activations.linear: ops.ones_like,
    keras.activations.tanh: lambda y: 1 - y * y,
    keras.activations.sigmoid: lambda y: y * (1 - y),
    keras.activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    keras.activations.relu6: lambda y: _inside(y, 0.0, 6.0, 1.0),
    keras.activations.hard_sigmoid: lambda y: _inside(y, 0.0, 1.0, 1 / 6),
    keras.activations.hard_tanh: lambda y: _inside(y, -1.0, 1.0, 1.0),
    keras.activations.softplus: lambda y: 1 - ops.exp(-y),
    keras.activations.softsign: lambda y: ops.square(1 - ops.abs(y)),
    keras.activations.exponential: lambda y: y,
    keras.activations.elu: lambda y: ops.where(y > 0, ops.ones_like(y), y + 1),
    keras.activations.selu: lambda y: ops.where(
        y > 0,
        SELU_SCALE * ops.ones_like(y),
        y + SELU_SCALE * SELU_ALPHA,
    ),
    positive: lambda y: ops.where(y >= 0.5, ops.ones_like(y), y * (1 - y)),
}

#: Activation that mixes the units -> function (y, d) -> the gradient before the
#: activation, where d is the gradient of its output y. A cell has to pass such
#: a value through `w.through`.
JACOBIANS: dict[Function, Callable[[Tensor, Tensor], Tensor]] = {
    keras.activations.softmax: lambda y, d: (
        y * (d - ops.sum(d * y, axis=-1, keepdims=True))
    ),
    keras.activations.log_softmax: lambda y, d: (
        d - ops.exp(y) * ops.sum(d, axis=-1, keepdims=True)
    ),
}

# Activation -> (inner, outer) of y = outer · tanh(inner · z) + (1 − outer).
_AS_TANH = {
    keras.activations.tanh: (1.0, 1.0),
    keras.activations.sigmoid: (0.5, 0.5),
}


def _inside(y, low, high, slope):
    return slope * ops.cast(ops.logical_and(y > low, y < high), y.dtype)


class Activate:
    """The `act` that a cell's `step` receives.

    `act(f=z.f, g=z.g)` returns the values and the slopes of both, each as a
    list in the order of the call; `act(h=z.h)` returns a value and a slope.

    If all functions of a call are tanh or sigmoid, they are computed in one
    pass, σ(z) = ½ tanh(½ z) + ½: one long vectorised kernel is faster than a
    short one per gate.

    Args:
        functions: Dict, name of a value -> activation function.
        slopes: Whether to compute slopes. If not, every slope is 0.0; autodiff
            does not read it.
    """

    def __init__(
        self, functions: dict[str, Function], slopes: bool = True
    ) -> None:
        self.functions = functions
        self.slopes = slopes

    def __call__(self, **z: Tensor) -> tuple[Any, Any]:
        functions = [self.functions[name] for name in z]
        if self.slopes and len(z) > 1 and all(f in _AS_TANH for f in functions):
            values = self._in_one_pass(functions, list(z.values()))
        else:
            values = [f(v) for f, v in zip(functions, z.values(), strict=True)]
        slopes = [
            self._slope(f, y) for f, y in zip(functions, values, strict=True)
        ]
        if len(z) == 1:
            return values[0], slopes[0]
        return values, slopes

    def _slope(self, f, y):
        if not self.slopes:
            return 0.0
        return y if f in JACOBIANS else DERIVATIVES[f](y)

    def through(self, name: str, d: Tensor, slope: Tensor) -> Tensor:
        """The gradient before an activation.

        Args:
            name: Name of the value, as the cell gave it to `act`.
            d: The gradient of the activated value.
            slope: The slope that `act` returned: of an activation in
                JACOBIANS the value itself.
        """
        jacobian = JACOBIANS.get(self.functions[name])
        return d * slope if jacobian is None else jacobian(slope, d)

    def _in_one_pass(self, functions, z):
        widths = [v.shape[-1] for v in z]
        inner, outer = (
            ops.convert_to_tensor(
                [
                    _AS_TANH[f][column]
                    for f, width in zip(functions, widths, strict=True)
                    for _ in range(width)
                ],
                dtype=z[0].dtype,
            )
            for column in (0, 1)
        )
        y = outer * ops.tanh(inner * ops.concatenate(z, axis=-1)) + (1 - outer)
        ends = [sum(widths[: k + 1]) for k in range(len(widths) - 1)]
        return ops.split(y, ends, axis=-1)


def unknown_derivatives(
    functions: dict[str, Function], passed_through: Iterable[str] = ()
) -> list[str]:
    """Names of those of the activations whose derivative is unknown.

    Args:
        functions: Name of a value -> its activation.
        passed_through: The values that may have an activation in JACOBIANS.
    """
    return sorted(
        {
            getattr(f, "__name__", repr(f))
            for name, f in functions.items()
            if f not in DERIVATIVES
            and not (name in passed_through and f in JACOBIANS)
        }
    )
