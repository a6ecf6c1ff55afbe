# SPDX-License-Identifier: Apache-2.0
"""The output layer y = ψ(h V + c) of the early recurrent networks."""

from collections.abc import Callable
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import (
    Activation,
    Constraint,
    Initializer,
    Regularizer,
    Tensor,
)
from keras_rnn.engine.cells.keras_cell import RecurrentCell


class ReadOutCell(RecurrentCell):
    """A cell with an output layer of its own.

    Args:
        output_units: Width of the output y; None means `units`.
        output_activation: Activation ψ of the output.
        output_initializer: Initializer of V, `(units, output_units)`.
        output_regularizer: Regularizer of V.
        output_constraint: Constraint on V.
    """

    output_units: int
    output_activation: Callable[[Tensor], Tensor]
    output_initializer: keras.initializers.Initializer
    output_regularizer: keras.regularizers.Regularizer | None
    output_constraint: keras.constraints.Constraint | None
    output_kernel: Tensor
    output_bias: Tensor | None

    def __init__(
        self,
        units: int,
        *,
        output_units: int | None = None,
        output_activation: Activation = "linear",
        output_initializer: Initializer = "glorot_uniform",
        output_regularizer: Regularizer = None,
        output_constraint: Constraint = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.output_units = (
            self.units
            if output_units is None
            else validate.positive_int("output_units", output_units)
        )
        self.resolve_arguments(
            output_activation=output_activation,
            output_initializer=output_initializer,
            output_regularizer=output_regularizer,
            output_constraint=output_constraint,
        )

    def build_extra_weights(self) -> None:
        self.output_kernel = self.add_named_weight(
            "output_kernel", (self.units, self.output_units), prefix="output"
        )
        self.output_bias = None
        if self.use_bias:
            self.output_bias = self.add_named_weight(
                "output_bias", (self.output_units,), prefix="bias"
            )
