# SPDX-License-Identifier: Apache-2.0
"""The minimal LSTM of Feng et al. (2024), which runs in parallel over time."""

import keras
from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine import (
    Activate,
    InputGatedCell,
    RecurrentLayer,
    Step,
    StepGradient,
    log_positive,
)


class MinLSTMCell(InputGatedCell):
    """One step of a `MinLSTM`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MinLSTMCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("f", "i", "g")

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        a, a_f, a_i = self._share(z, act)
        g, dg = act(g=z.g)
        h = a * h_prev + (1 - a) * g
        return (h,), {
            "f": (h_prev - g) * a_f,
            "i": (h_prev - g) * a_i,
            "g": (1 - a) * dg,
            "h_h": a,
        }

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        return {"f": dh, "i": dh, "g": dh}, (dh * partials.h_h,)

    def _share(self, z, act):
        """The share a = f / (f + i), and its derivatives by z_f and z_i."""
        if self.recurrent_activation is not keras.activations.sigmoid:
            (f, i), (df, di) = act(f=z.f, i=z.i)
            a, both = f / (f + i), f + i
            return a, (1 - a) / both * df, -a / both * di
        # 1 / f = 1 + exp(−z_f), likewise i, all scaled by the largest term:
        # sigmoids may both be so small that they are 0.
        largest = ops.maximum(ops.maximum(-z.f, -z.i), 0)
        one, f, i = (ops.exp(v - largest) for v in (0, -z.f, -z.i))
        both = 2 * one + f + i
        a = (one + i) / both
        return a, a * f / both, (a - 1) * i / both

    def terms(self, z: Named, act: Activate) -> tuple[Tensor, Tensor]:
        a, *_ = self._share(z, act)
        g, _ = act(g=z.g)
        return a, (1 - a) * g

    def log_terms(self, z: Named) -> tuple[Tensor, Tensor]:
        i_to_f = ops.softplus(-z.f) - ops.softplus(-z.i)
        return -ops.softplus(i_to_f), log_positive(z.g) - ops.softplus(-i_to_f)


class MinLSTM(RecurrentLayer):
    """An LSTM whose gates see the inputs alone, so that time runs in parallel.

    There is no recurrent kernel, no output gate, and f and i are scaled to
    share 1 between them, so that h is a mean of the candidates so far. Where
    steps are dear, on a GPU and on PyTorch, a scan over time computes them in
    log₂(time) rounds; on a CPU the fused loop is faster. Stack two or more of
    them. `MinGRU` does the same with one gate less.

        f, i = σ(z_f), σ(z_i)               forget and input gate
        a = f / (f + i)                     share of the past
        g = z_g                             candidate
        h = a ⊙ h' + (1 − a) ⊙ g            state and output (batch, units)

    with z = x W + b, σ `recurrent_activation`; the prime marks the previous
    step. The columns of W and b are f, i, g. The state is h. With
    `form="positive"` the candidate is

        g = z_g + ½  if z_g ≥ 0,  else σ(z_g)

    and the scan runs on the logarithms of gates and candidates.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MinLSTM(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Feng, L., Tung, F., Ahmed, M. O., Bengio, Y. & Hajimirsadeghi, H.
        (2024). Were RNNs all we needed? arXiv:2410.01201. There "positive" is
        the form in logarithms, and states begin at g(0) = ½; here they begin
        at 0, as in all layers.
    """

    cell_class = MinLSTMCell
