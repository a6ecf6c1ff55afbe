# SPDX-License-Identifier: Apache-2.0
"""The minimal GRU of Feng et al. (2024), which runs in parallel over time."""

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


class MinGRUCell(InputGatedCell):
    """One step of a `MinGRU`, for `keras.layers.RNN` and stacks.

    Example:
        >>> import keras, keras_rnn
        >>> rnn = keras.layers.RNN(keras_rnn.MinGRUCell(8))
        >>> tuple(rnn(keras.random.normal((4, 10, 3))).shape)
        (4, 8)
    """

    gates = ("u", "g")
    keeping_gate = ("u", -1)

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        (h_prev,) = states
        (u, g), (du, dg) = act(u=z.u, g=z.g)
        h = u * g + (1 - u) * h_prev
        return (h,), {"u": (g - h_prev) * du, "g": u * dg, "h_h": 1 - u}

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        (dh,) = d_states
        return {"u": dh, "g": dh}, (dh * partials.h_h,)

    def terms(self, z: Named, act: Activate) -> tuple[Tensor, Tensor]:
        (u, g), _ = act(u=z.u, g=z.g)
        return 1 - u, u * g

    def log_terms(self, z: Named) -> tuple[Tensor, Tensor]:
        return -ops.softplus(z.u), log_positive(z.g) - ops.softplus(-z.u)


class MinGRU(RecurrentLayer):
    """A GRU whose gates see the inputs alone, so that time runs in parallel.

    There is no recurrent kernel: each h is a mean of the candidates so far,
    weighed by gates that are known for all steps beforehand. Where steps are
    dear, on a GPU and on PyTorch, a scan over time computes them in log₂(time)
    rounds; on a CPU the fused loop is faster. Stack two or more of them; one
    alone cannot let its memory decide what to remember.

        u = σ(z_u)                   update gate
        g = z_g                      candidate
        h = (1 − u) ⊙ h' + u ⊙ g     state and output (batch, units)

    with z = x W + b, σ `recurrent_activation`; the prime marks the previous
    step. The columns of W and b are u, g. The state is h. With
    `form="positive"` the candidate is

        g = z_g + ½  if z_g ≥ 0,  else σ(z_g)

    and the scan runs on the logarithms of gates and candidates.

    Args:
        units: Positive integer, the width of h.
        **kwargs: Arguments of the cell and of all layers; `help` lists them.

    Example:
        >>> import keras, keras_rnn
        >>> layer = keras_rnn.MinGRU(8, return_sequences=True)
        >>> tuple(layer(keras.random.normal((4, 10, 3))).shape)
        (4, 10, 8)

    Reference:
        Feng, L., Tung, F., Ahmed, M. O., Bengio, Y. & Hajimirsadeghi, H.
        (2024). Were RNNs all we needed? arXiv:2410.01201. There "positive" is
        the form in logarithms, and states begin at g(0) = ½; here they begin
        at 0, as in all layers.
    """

    cell_class = MinGRUCell
