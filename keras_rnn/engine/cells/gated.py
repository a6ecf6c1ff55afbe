# SPDX-License-Identifier: Apache-2.0
"""The arguments of cells that have gates."""

from typing import ClassVar

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.engine.cells.keras_cell import RecurrentCell


class GatedCell(RecurrentCell):
    """A cell with sigmoid gates beside its candidate.

    Args:
        recurrent_activation: Activation σ of the gates.
    """

    activations: ClassVar[dict[str, str]] = {
        "i": "recurrent_activation",
        "f": "recurrent_activation",
        "o": "recurrent_activation",
        "u": "recurrent_activation",
        "r": "recurrent_activation",
        "g": "activation",
        "y": "activation",
    }

    def __init__(self, units, *, recurrent_activation="sigmoid", **kwargs):
        super().__init__(units, **kwargs)
        self.resolve_arguments(recurrent_activation=recurrent_activation)


class ForgetGateCell(GatedCell):
    """A gated cell with a forget gate f.

    Args:
        unit_forget_bias: Whether the bias of the forget gate starts at 1, so
            that a new network remembers (Jozefowicz et al. 2015).
    """

    def __init__(self, units, *, unit_forget_bias=True, **kwargs):
        super().__init__(units, **kwargs)
        self.unit_forget_bias = validate.boolean(
            "unit_forget_bias", unit_forget_bias
        )

    def initial_bias(self, shape, dtype=None):
        # One draw for all gates: a seeded initializer repeats its numbers.
        bias = self.bias_initializer(shape, dtype=dtype)
        blocks = [
            ops.ones_like(block)
            if gate == "f" and self.unit_forget_bias
            else block
            for gate, block in zip(
                self.gates, ops.split(bias, len(self.gates)), strict=True
            )
        ]
        return ops.concatenate(blocks)
