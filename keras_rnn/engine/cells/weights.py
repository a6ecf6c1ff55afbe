# SPDX-License-Identifier: Apache-2.0
"""The weights of a cell: W, R and b, made by its arguments."""

from collections.abc import Callable
from typing import Any, cast

import keras

from keras_rnn._types import Shape, Tensor
from keras_rnn.engine.cells.random_masks import RandomMasks


class CellWeights(RandomMasks):
    """Builds the weights of a cell, each with the arguments of its prefix."""

    use_bias: bool
    kernel_initializer: keras.initializers.Initializer
    recurrent_initializer: keras.initializers.Initializer
    bias_initializer: keras.initializers.Initializer
    kernel_regularizer: keras.regularizers.Regularizer | None
    recurrent_regularizer: keras.regularizers.Regularizer | None
    bias_regularizer: keras.regularizers.Regularizer | None
    kernel_constraint: keras.constraints.Constraint | None
    recurrent_constraint: keras.constraints.Constraint | None
    bias_constraint: keras.constraints.Constraint | None
    add_weight: Callable[..., Any]

    def build(self, input_shape: Shape) -> None:
        self.refuse_dropout_without_R()
        width = len(self.gates) * self.units
        num_features = self.num_transformed(cast("int", input_shape[-1]))
        own = self.own_columns(num_features).values()
        taken = sum(len(range(num_features)[columns]) for columns in own)
        self.kernel: Tensor = self.add_named_weight(
            "kernel", (num_features - taken, width), prefix="kernel"
        )
        self.recurrent_kernel: Tensor | None = None
        if self.z_of_h:
            self.recurrent_kernel = self.add_named_weight(
                "recurrent_kernel",
                self.recurrent_shape(width),
                prefix="recurrent",
            )
        self.bias: Tensor | None = None
        if self.use_bias:
            self.bias = self.add_named_weight(
                "bias",
                self.bias_shape(width),
                prefix="bias",
                initializer=self.initial_bias,
            )
        self.build_extra_weights()

    def add_named_weight(
        self,
        name: str,
        shape: Shape,
        prefix: str,
        initializer: Callable[..., Tensor] | None = None,
    ) -> Tensor:
        """Adds a weight that follows the arguments with a prefix.

        Args:
            name: Name of the weight.
            shape: Shape of the weight.
            prefix: Prefix of its arguments, `{prefix}_initializer`,
                `{prefix}_regularizer` and `{prefix}_constraint`.
            initializer: An initializer instead of that argument, or None.
        """
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer or getattr(self, f"{prefix}_initializer"),
            regularizer=getattr(self, f"{prefix}_regularizer"),
            constraint=getattr(self, f"{prefix}_constraint"),
        )

    def recurrent_shape(self, width: int) -> tuple[int, ...]:
        """Shape of R of `width` columns."""
        seen = sum(map(self.state_width, self.states_of_R))
        return self.recurrent_form.shape(seen, width)

    def bias_shape(self, width: int) -> tuple[int, ...]:
        """Shape of the bias of `width` columns."""
        return (width,)

    def initial_bias(
        self, shape: tuple[int, ...], dtype: str | None = None
    ) -> Tensor:
        """Value of the bias of a new cell."""
        return self.bias_initializer(shape, dtype=dtype)
