# SPDX-License-Identifier: Apache-2.0
"""Cells of several heads, each of which has one input and one forget gate."""

import math
from typing import Any

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Named, Tensor
from keras_rnn.engine.cells.kinds.chrono import Chrono, ForgetBias
from keras_rnn.engine.cells.kinds.gated import GatedCell


class HeadGatedCell(GatedCell):
    """A cell whose `step` reads one z_i and one z_f of each head.

    `z.i` and `z.f` are `(batch, heads)`, made of x alone; `step_gradient`
    returns their gradients as the signals d_i and d_f.

    Args:
        num_heads: Number of heads, a divisor of `units`. Each has units, a
            memory and gates of its own.
        forget_bias: Initial bias of the forget gates: a number, or
            `Chrono(max_time)` for spans of up to `max_time` steps. None spreads
            it evenly over the heads, from 3 to 6.

    Raises:
        ValueError: If `num_heads` does not divide `units`.
    """

    signals = ("d_i", "d_f")
    z_of_h = ()

    def __init__(
        self,
        units: int,
        *,
        num_heads: int = 1,
        forget_bias: ForgetBias = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, forget_bias=forget_bias, **kwargs)
        self.num_heads: int = validate.divisor(
            "num_heads", num_heads, "units", self.units
        )

    @property
    def head_width(self) -> int:
        """Units of a head."""
        return self.units // self.num_heads

    def by_head(self, v: Tensor) -> Tensor:
        """A tensor `(..., units)` as `(..., heads, units of a head)`."""
        shape = (-1, *v.shape[1:-1], self.num_heads, self.head_width)
        return ops.reshape(v, shape)

    def side_by_side(self, v: Tensor) -> Tensor:
        """A tensor `(batch, heads, ...)` as `(batch, width)`."""
        return ops.reshape(v, (-1, math.prod(v.shape[1:])))

    def has_keeping_gate(self) -> bool:
        return True

    def transform_inputs(self, x: Tensor) -> Tensor:
        of_heads = ops.matmul(x, self.kernel_heads)
        if self.bias_heads is not None:
            of_heads = of_heads + self.bias_heads
        return ops.concatenate([x, of_heads], axis=-1)

    def num_transformed(self, num_features: int) -> int:
        return num_features + 2 * self.num_heads

    def own_columns(self, num_features: int) -> dict[str, slice]:
        begin_f = num_features - self.num_heads
        return {
            "i": slice(begin_f - self.num_heads, begin_f),
            "f": slice(begin_f, num_features),
        }

    def columns_gradient(self, dz: Named, w: Named) -> dict[str, Tensor]:
        return {"i": dz.d_i, "f": dz.d_f}

    def build_extra_weights(self) -> None:
        width = 2 * self.num_heads
        self.kernel_heads: Tensor = self.add_named_weight(
            "kernel_heads", (self.kernel.shape[0], width), prefix="kernel"
        )
        self.bias_heads: Tensor | None = None
        if self.use_bias:
            self.bias_heads = self.add_named_weight(
                "bias_heads",
                (width,),
                prefix="bias",
                initializer=self._initial_bias_of_heads,
            )

    def initial_bias(
        self, shape: tuple[int, ...], dtype: str | None = None
    ) -> Tensor:
        # The bias of f does not stand in b.
        return self.bias_initializer(shape, dtype=dtype)

    def _initial_bias_of_heads(self, shape, dtype=None):
        of_i, of_f = ops.split(self.bias_initializer(shape, dtype=dtype), 2)
        if self.forget_bias is None:
            of_f = ops.linspace(3.0, 6.0, self.num_heads, dtype=dtype)
        elif isinstance(self.forget_bias, Chrono):
            of_f = self.forget_bias(of_f.shape, dtype)
            of_i = -of_f
        else:
            of_f = ops.full(of_f.shape, self.forget_bias, dtype)
        return ops.concatenate([of_i, of_f])
