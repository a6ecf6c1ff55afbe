# SPDX-License-Identifier: Apache-2.0
"""Small cells, one for each seam of the engine, and their equations in NumPy.

An oracle makes one step, `(x, states, w) -> states`; `w` maps the names of the
layer's weights to arrays.
"""

import numpy as np
from keras import ops

from keras_rnn.engine import (
    BlockDiagonal,
    Diagonal,
    GatedCell,
    RecurrentLayer,
)


def sigma(v):
    return 1 / (1 + np.exp(-v))


class _Leaky(GatedCell):
    """h = f ⊙ h' + (1 − f) ⊙ g, whatever z is made of."""

    gates = ("f", "g")

    def step(self, z, states, w, act):
        (h_prev,) = states
        (f, g), (df, dg) = act(f=z.f, g=z.g)
        h = f * h_prev + (1 - f) * g
        return (h,), {"f": (h_prev - g) * df, "g": (1 - f) * dg, "h_h": f}

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"f": dh, "g": dh}, (dh * partials.h_h,)


def _leaky(z, h_prev):
    z_f, z_g = np.split(z, 2, axis=-1)
    f = sigma(z_f)
    return f * h_prev + (1 - f) * np.tanh(z_g)


class DiagonalCell(_Leaky):
    """Each unit sees itself alone."""

    recurrent_form = Diagonal()

    def __init__(self, units, **kwargs):
        super().__init__(units, **{"recurrent_initializer": "ones", **kwargs})


def diagonal(x, states, w):
    (h,) = states
    past = np.concatenate([h, h], axis=-1) * w["recurrent_kernel"]
    return (_leaky(x @ w["kernel"] + past + w["bias"], h),)


class BlockDiagonalCell(_Leaky):
    """Each unit sees the units of its block."""

    def __init__(self, units, *, blocks=2, **kwargs):
        super().__init__(
            units, **{"recurrent_initializer": "glorot_uniform", **kwargs}
        )
        self.blocks = blocks
        self.recurrent_form = BlockDiagonal(blocks)


def block_diagonal(x, states, w):
    (h,) = states
    units = h.shape[-1]
    R = np.zeros((units, 2, units))
    size = units // 2
    for k, block in enumerate(w["recurrent_kernel"]):
        own = slice(k * size, (k + 1) * size)
        for gate in range(2):
            columns = slice(gate * size, (gate + 1) * size)
            R[own, gate, own] = block[:, columns]
    z = x @ w["kernel"] + h @ R.reshape(units, -1) + w["bias"]
    return (_leaky(z, h),)


class AbsentCell(_Leaky):
    """There is no R: the gates see the input alone."""

    z_of_h = ()


def absent(x, states, w):
    (h,) = states
    return (_leaky(x @ w["kernel"] + w["bias"], h),)


class ApartCell(_Leaky):
    """The candidate sees h' R scaled by the gate."""

    z_of_h = ("f", "g_h")

    def step(self, z, states, w, act):
        (h_prev,) = states
        f, df = act(f=z.f)
        g, dg = act(g=z.g + f * z.g_h)
        h = f * h_prev + (1 - f) * g
        d_g = (1 - f) * dg
        return (h,), {
            "f": (h_prev - g + d_g * z.g_h) * df,
            "g": d_g,
            "g_h": d_g * f,
            "h_h": f,
        }

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"f": dh, "g": dh, "g_h": dh}, (dh * partials.h_h,)


def apart(x, states, w):
    (h,) = states
    f_x, g_x = np.split(x @ w["kernel"] + w["bias"], 2, axis=-1)
    f_h, g_h = np.split(h @ w["recurrent_kernel"], 2, axis=-1)
    f = sigma(f_x + f_h)
    return (f * h + (1 - f) * np.tanh(g_x + f * g_h),)


class SharedCell(GatedCell):
    """One z drives gate and candidate, so that no partial is its own."""

    gates = ("z",)

    def step(self, z, states, w, act):
        (h_prev,) = states
        (f, g), (df, dg) = act(f=z.z, g=2 * z.z)
        partials = {"of_f": (h_prev - g) * df, "of_g": 2 * (1 - f) * dg}
        return (f * h_prev + (1 - f) * g,), {**partials, "h_h": f}

    def step_gradient(self, d_states, partials, w):
        (dh,) = d_states
        dz = dh * partials.of_f + dh * partials.of_g
        return {"z": dz}, (dh * partials.h_h,)


def shared(x, states, w):
    (h,) = states
    z = x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"]
    f, g = sigma(z), np.tanh(2 * z)
    return (f * h + (1 - f) * g,)


class TwoStatesCell(_Leaky):
    """R sees the state h, and the gate of the step before."""

    states = ("h", "f")
    states_of_R = ("h", "f")

    def step(self, z, states, w, act):
        (h,), partials = super().step(z, states[:1], w, act)
        f, df = act(f=z.f)
        return (h, f), {**partials, "f": df, "h_f": states[0] - act(g=z.g)[0]}

    def step_gradient(self, d_states, partials, w):
        dh, df = d_states
        errors = {"f": dh * partials.h_f + df, "g": dh}
        return errors, (dh * partials.h_h, 0)


def two_states(x, states, w):
    h, f = states
    seen = np.concatenate([h, f], axis=-1)
    z = x @ w["kernel"] + seen @ w["recurrent_kernel"] + w["bias"]
    return _leaky(z, h), sigma(z[:, : h.shape[-1]])


class DecayCell(_Leaky):
    """h' decays by the column of x that holds the time since it was seen."""

    signals = ("decay",)

    def build_extra_weights(self):
        self.rate = self.add_weight(
            name="rate", shape=(1, self.units), initializer="ones"
        )

    def extra_weights(self):
        return {"rate": ops.convert_to_tensor(self.rate)}

    def own_columns(self, num_features):
        return {"delta": slice(num_features - 1, None)}

    def adjust(self, states, x, w):
        (h_prev,) = states
        gamma = ops.exp(-ops.square(w.dot(x.delta, w.rate)))
        slope = -2 * w.dot(x.delta, w.rate) * gamma * h_prev
        return (gamma * h_prev,), {"gamma": gamma, "h_decay": slope}

    def adjust_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"decay": dh * partials.h_decay}, (dh * partials.gamma,)

    def weight_gradient(self, dz, before, after, w, sums):
        return {"rate": sums.outer(dz.delta, dz.decay)}

    def columns_gradient(self, dz, w):
        return {"delta": w.dot_t(dz.decay, w.rate)}


def decay(x, states, w):
    (h,) = states
    x, delta = x[:, :-1], x[:, -1:]
    h = np.exp(-np.square(delta @ w["rate"])) * h
    z = x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"]
    return (_leaky(z, h),)


class MultiplicativeCell(_Leaky):
    """R sees h' scaled by the inputs, m = (x W_m + b_m) ⊙ h'."""

    gates = ("f", "g", "m")
    z_of_h = ("f", "g")

    def z_weights(self):
        kernel, recurrent_kernel, bias = super().z_weights()
        return kernel, recurrent_kernel[:, : 2 * self.units], bias

    def adjust(self, states, x, w):
        (h_prev,) = states
        return (x.m * h_prev,), {"m": h_prev, "h_m": x.m}

    def adjust_gradient(self, d_states, partials, w):
        (dh,) = d_states
        return {"m": dh}, (dh * partials.h_m,)


def multiplicative(x, states, w):
    (h,) = states
    units = h.shape[-1]
    of_x = x @ w["kernel"] + w["bias"]
    m = of_x[:, 2 * units :] * h
    R = w["recurrent_kernel"][:, : 2 * units]
    return (_leaky(of_x[:, : 2 * units] + m @ R, m),)


def _layer_of(cell):
    name = cell.__name__.removesuffix("Cell")
    return type(name, (RecurrentLayer,), {"cell_class": cell})


#: Name of a seam -> layer, and the oracle of one step.
SEAMS = {
    "diagonal R": (_layer_of(DiagonalCell), diagonal),
    "block-diagonal R": (_layer_of(BlockDiagonalCell), block_diagonal),
    "no R": (_layer_of(AbsentCell), absent),
    "z of x and of h apart": (_layer_of(ApartCell), apart),
    "dz itself": (_layer_of(SharedCell), shared),
    "two states seen": (_layer_of(TwoStatesCell), two_states),
    "decay by a column of x": (_layer_of(DecayCell), decay),
    "states scaled by x": (_layer_of(MultiplicativeCell), multiplicative),
}
