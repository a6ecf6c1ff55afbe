# SPDX-License-Identifier: Apache-2.0
"""Peepholes: weights from the cell state to the gates (Gers et al. 2000)."""

from typing import Any, ClassVar, Literal

import keras
from keras import ops

from keras_rnn._types import (
    Constraint,
    Initializer,
    Named,
    Regularizer,
    Tensor,
)
from keras_rnn.engine.cells.kinds.gated import ForgetGateCell

#: The forms of peepholes: a weight per unit and gate, or a matrix per gate.
PEEPHOLES = ("diagonal", "full")


class PeepholeCell(ForgetGateCell):
    """A gated cell whose gates may see the cell state c.

    A subclass lists in `peephole_gates` which gates see c, before the step or
    after it, and sets `peephole` before the cell is built.

    Args:
        peephole_initializer: Initializer of the peephole kernel.
        peephole_regularizer: Regularizer of the peephole kernel.
        peephole_constraint: Constraint on the peephole kernel.
    """

    peephole: Literal["diagonal", "full"] | None
    peephole_initializer: keras.initializers.Initializer
    peephole_regularizer: keras.regularizers.Regularizer | None
    peephole_constraint: keras.constraints.Constraint | None
    peephole_kernel: Tensor | None

    peephole_gates: ClassVar[dict[str, Literal["before", "after"]]] = {}

    def __init__(
        self,
        units: int,
        *,
        peephole_initializer: Initializer = "glorot_uniform",
        peephole_regularizer: Regularizer = None,
        peephole_constraint: Constraint = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.resolve_arguments(
            peephole_initializer=peephole_initializer,
            peephole_regularizer=peephole_regularizer,
            peephole_constraint=peephole_constraint,
        )

    def build_extra_weights(self) -> None:
        self.peephole_kernel = None
        num_gates = len(self.peephole_gates)
        if self.peephole is not None:
            shape = {
                "diagonal": (num_gates, self.units),
                "full": (self.units, num_gates * self.units),
            }[self.peephole]
            self.peephole_kernel = self.add_named_weight(
                "peephole_kernel", shape, prefix="peephole"
            )

    @property
    def optional_weights(self) -> tuple[str, ...]:
        return tuple(f"p_{gate}" for gate in self.peephole_gates)

    def extra_weights(self) -> dict[str, Tensor]:
        """The peephole kernel of each gate, by the name p_ and the gate."""
        names = self.optional_weights
        if self.peephole is None:
            return {}
        kernel = ops.convert_to_tensor(self.peephole_kernel)
        if self.peephole == "diagonal":
            kernels = ops.unstack(kernel, len(names))
        else:
            kernels = ops.split(kernel, len(names), axis=-1)
        return dict(zip(names, kernels, strict=True))

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        seen = {"before": before.c, "after": after.c}
        return {
            f"p_{gate}": sums.dot(
                seen[when], getattr(dz, gate), getattr(w, f"p_{gate}")
            )
            for gate, when in self.peephole_gates.items()
        }
