# SPDX-License-Identifier: Apache-2.0
"""ReadOut: the output layer y = ψ(h V + c) of the early recurrent networks."""

from typing import ClassVar

from keras_rnn import _validation as validate
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

    activations: ClassVar[dict[str, str]] = {
        "h": "activation",
        "y": "output_activation",
    }

    def __init__(
        self,
        units,
        *,
        output_units=None,
        output_activation="linear",
        output_initializer="glorot_uniform",
        output_regularizer=None,
        output_constraint=None,
        **kwargs,
    ):
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

    def build_extra_weights(self):
        self.output_kernel = self.add_named_weight(
            "output_kernel", (self.units, self.output_units), of="output"
        )
        self.output_bias = None
        if self.use_bias:
            self.output_bias = self.add_named_weight(
                "output_bias", (self.output_units,), of="bias"
            )
