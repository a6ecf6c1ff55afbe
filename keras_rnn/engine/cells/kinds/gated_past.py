# SPDX-License-Identifier: Apache-2.0
"""Cells in which a gate decides what R sees of the state."""

from typing import Any, cast

from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.engine.cells.kinds.gated import GatedCell


class GatedPastCell(GatedCell):
    """A gated cell that multiplies some columns of R with more than h'.

    Those columns wait for a gate, as in g = φ(z_g + (r ⊙ h') R_g). The engine
    makes the columns of h' R in `z_of_h`; those of the other `gates_of_R` are
    extra weights, each by the name R_ and the gate, for `w.dot(w.seen(v), R)`.
    """

    #: The gates whose columns R has, those in `z_of_h` first; by default all.
    gates_of_R: tuple[str, ...] = cast(Any, property(lambda self: self.gates))

    def recurrent_shape(self, width: int) -> tuple[int, ...]:
        return self.units, len(self.gates_of_R) * self.units

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        kernel, _, bias = super().z_weights()
        own, *_ = self._parts_of_R()
        return kernel, own, bias

    def extra_weights(self) -> dict[str, Tensor]:
        _, *others = self._parts_of_R()
        names = self.gates_of_R[len(self.z_of_h) :]
        return {f"R_{n}": R for n, R in zip(names, others, strict=True)}

    def _parts_of_R(self):
        """The columns that see h' itself, and those of each other gate."""
        num_gates, num_own = len(self.gates_of_R), len(self.z_of_h)
        ends = [k * self.units for k in range(num_own, num_gates)]
        R = ops.convert_to_tensor(self.R)
        return ops.split(R, ends, axis=-1) if ends else [R]
