# SPDX-License-Identifier: Apache-2.0
"""The simple recurrent network with the layer normalization of Ba et al."""

from typing import Any, ClassVar

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    NormalizedCell,
    RecurrentLayer,
    Step,
    StepGradient,
)


class LayerNormSimpleRNNCell(NormalizedCell):
    """One step of a `LayerNormSimpleRNN`, for `keras.layers.RNN` and stacks.

    Args:
        units: Positive integer, the width of h.
        norm_epsilon: ε, which is added to the variance.
        **kwargs: Arguments of all such cells; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.LayerNormSimpleRNNCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("h",)
    signals = ("n",)
    norms: ClassVar = {"z": 1}

    def __init__(
        self, units: int, *, norm_epsilon: float = 1e-5, **kwargs: Any
    ) -> None:
        super().__init__(units, norm_epsilon=norm_epsilon, **kwargs)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        z_hat, scale = self.normalized(z.h)
        h, dh = act(h=w.gamma_z * z_hat + w.b)
        return (h,), {"h_n": dh, "z_hat": z_hat, "scale": scale}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        p = partials
        (dh,) = d_states
        dn = dh * p.h_n
        dz = self.through_norm(dn * w.gamma_z, p.z_hat, p.scale)
        return {"h": dz, "n": dn}, (0,)

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        return {
            "gamma_z": sums.total(dz.n * after.z_hat),
            "b": sums.total(dz.n),
        }


class LayerNormSimpleRNN(RecurrentLayer):
    """Simple recurrent network whose pre-activation is normalized.

    The scale of inputs and weights does not matter, so states neither fade nor
    saturate by scale alone, and larger learning rates work.

        h = φ(N(x W + h' R) + b)     state and output (batch, units)

    with N(v) = γ ⊙ (v − mean) / √(variance + ε) over the units, φ
    `activation`; the prime marks the previous step. The state is h.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.LayerNormSimpleRNN(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Ba, J. L., Kiros, J. R. & Hinton, G. E. (2016). Layer normalization.
        arXiv:1607.06450. As in TensorFlow Addons' LayerNormSimpleRNNCell, b is
        the shift of the norm.
    """

    cell_class = LayerNormSimpleRNNCell
