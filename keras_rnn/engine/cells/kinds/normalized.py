# SPDX-License-Identifier: Apache-2.0
"""Cells with layer normalization inside their step (Ba et al. 2016)."""

from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Initializer, Tensor
from keras_rnn.engine.cells.keras_cell import RecurrentCell


class NormalizedCell(RecurrentCell):
    """A cell with layer normalization inside its step.

    A subclass lists its `norms` and computes γ ⊙ v̂ with `normalized`. The
    bias comes after the norms: z is made without it.

    Args:
        norm_gamma_initializer: Initializer of the gains γ.
        norm_epsilon: ε, which is added to the variance.
    """

    norm_gamma_initializer: keras.initializers.Initializer

    #: Name of a norm -> its width, in `units`. Its gain is `gamma_{name}`.
    norms: ClassVar[dict[str, int]] = {}

    def __init__(
        self,
        units: int,
        *,
        norm_gamma_initializer: Initializer = "ones",
        norm_epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.resolve_arguments(norm_gamma_initializer=norm_gamma_initializer)
        self.norm_epsilon: float = validate.positive_number(
            "norm_epsilon", norm_epsilon
        )

    def normalized(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """The rows v̂ of mean 0 and variance 1, and 1 / their deviation."""
        centred = v - ops.mean(v, axis=-1, keepdims=True)
        variance = ops.mean(centred * centred, axis=-1, keepdims=True)
        scale = ops.rsqrt(variance + self.norm_epsilon)
        return centred * scale, scale

    def through_norm(self, d: Tensor, v: Tensor, scale: Tensor) -> Tensor:
        """The gradient before `normalized`, which returned v and scale."""
        mean = ops.mean(d, axis=-1, keepdims=True)
        along = ops.mean(d * v, axis=-1, keepdims=True)
        return (d - mean - v * along) * scale

    def build_extra_weights(self) -> None:
        for name in self.norms:
            self.add_of_norm("gamma", name)

    def add_of_norm(self, kind: str, name: str) -> None:
        """Adds the weight `{kind}_{name}`, by `norm_{kind}_initializer`."""
        weight = self.add_weight(
            name=f"norm_{kind}_{name}",
            shape=(self.norms[name] * self.units,),
            initializer=getattr(self, f"norm_{kind}_initializer"),
        )
        setattr(self, f"{kind}_{name}", weight)

    def extra_weights(self) -> dict[str, Tensor]:
        weights = {
            f"gamma_{n}": getattr(self, f"gamma_{n}") for n in self.norms
        }
        return {**weights, "b": super().z_weights()[2]}

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        width = self.kernel.shape[-1]
        no_bias = ops.zeros((width,), self.compute_dtype)
        return self.kernel, self.R, no_bias
