# SPDX-License-Identifier: Apache-2.0
"""Activations and their derivatives, written from the activation's output.

Backpropagation through time keeps the outputs of the gates anyway, so a
derivative that needs the output alone costs no further memory: tanh' = 1 − y².
"""

import keras
from keras import ops

SELU_SCALE = 1.05070098735548  # Klambauer et al. 2017, as in keras
SELU_ALPHA = 1.67326324235437

#: activation -> its derivative as a function of its output y. Entries can be
#: added; an activation that is not here runs on the reference engine.
DERIVATIVES = {
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
}

# function -> (inner, outer): y = outer · tanh(inner · z) + (1 − outer)
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

    Where all of them are tanh or sigmoid they are computed in one pass,
    σ(z) = ½ tanh(½ z) + ½: one long vectorised kernel instead of one short
    kernel a gate.

    Args:
        functions: Dict, name of a value -> activation function.
        slopes: Whether slopes are wanted. Without them every slope is 0.0,
            which autodiff, having its own, never reads.
    """

    def __init__(self, functions, slopes=True):
        self.functions = functions
        self.slopes = slopes

    def __call__(self, **z):
        functions = [self.functions[name] for name in z]
        if self.slopes and len(z) > 1 and all(f in _AS_TANH for f in functions):
            values = self._in_one_pass(functions, list(z.values()))
        else:
            values = [f(v) for f, v in zip(functions, z.values(), strict=True)]
        slopes = [
            DERIVATIVES[f](y) if self.slopes else 0.0
            for f, y in zip(functions, values, strict=True)
        ]
        if len(z) == 1:
            return values[0], slopes[0]
        return values, slopes

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


def unknown_derivatives(functions):
    """Names of the activations whose derivative is not in DERIVATIVES."""
    return sorted(
        {
            getattr(f, "__name__", repr(f))
            for f in functions
            if f not in DERIVATIVES
        }
    )
