# SPDX-License-Identifier: Apache-2.0
"""Peepholes: weights from the cell state to the gates (Gers et al. 2000)."""

from typing import ClassVar

from keras import ops

from keras_rnn.engine.cells.gated import ForgetGateCell

PEEPHOLES = ("diagonal", "full")


class PeepholeCell(ForgetGateCell):
    """A gated cell whose gates may see the cell state c.

    A subclass lists in `peephole_gates` which gates see c before the step and
    which after it, and sets `peephole` before the cell is built.

    Args:
        peephole_initializer: Initializer of the peephole kernel.
        peephole_regularizer: Regularizer of the peephole kernel.
        peephole_constraint: Constraint on the peephole kernel.
    """

    peephole_gates: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(
        self,
        units,
        *,
        peephole_initializer="glorot_uniform",
        peephole_regularizer=None,
        peephole_constraint=None,
        **kwargs,
    ):
        super().__init__(units, **kwargs)
        self.resolve_arguments(
            peephole_initializer=peephole_initializer,
            peephole_regularizer=peephole_regularizer,
            peephole_constraint=peephole_constraint,
        )

    def build_extra_weights(self):
        self.peephole_kernel = None
        looking = sum(map(len, self.peephole_gates.values()))
        if self.peephole is not None:
            shape = {
                "diagonal": (looking, self.units),
                "full": (self.units, looking * self.units),
            }[self.peephole]
            self.peephole_kernel = self.add_named_weight(
                "peephole_kernel", shape, of="peephole"
            )

    def extra_weights(self):
        """`p_before` and `p_after`, the kernels of the gates that see c so."""
        if self.peephole is None:
            return {}
        kernel = ops.convert_to_tensor(self.peephole_kernel)
        count = len(self.peephole_gates["before"])
        if self.peephole == "diagonal":
            parts = ops.split(kernel, [count], axis=0)
        else:
            parts = ops.split(kernel, [count * self.units], axis=-1)
        return dict(zip(("p_before", "p_after"), parts, strict=True))

    def peep(self, when, c, w):
        """What each gate sees of the cell state: c p, 0 without peepholes."""
        if self.peephole is None:
            return [0.0 for _ in self.peephole_gates[when]]
        kernel = getattr(w, f"p_{when}")
        if self.peephole == "diagonal":
            return [c * p for p in ops.unstack(kernel)]
        # One product for all gates that see the same c.
        count = len(self.peephole_gates[when])
        return ops.split(w.dot(c, kernel), count, axis=-1)

    # The way back from a gate to the cell state it looks at: a diagonal
    # peephole is elementwise and folded into the partials, a full one is a
    # matrix product and waits for the reverse step.

    def peep_partial(self, when, partials, w):
        """What diagonal peepholes add to the derivative by the cell state."""
        if self.peephole != "diagonal":
            return 0.0
        kernel = ops.unstack(getattr(w, f"p_{when}"))
        return sum(v * p for v, p in zip(partials, kernel, strict=True))

    def peep_gradient(self, when, dz, w):
        """What the cell state gets back through full peepholes."""
        if self.peephole != "full":
            return 0.0
        kernel = getattr(w, f"p_{when}")
        return w.dot_t(ops.concatenate(dz, axis=-1), kernel)

    def weight_gradient(self, dz, before, after, w, sums):
        return {
            f"p_{when}": self._kernel_gradient(
                c,
                [getattr(dz, gate) for gate in self.peephole_gates[when]],
                sums,
            )
            for when, c in (("before", before.c), ("after", after.c))
        }

    def _kernel_gradient(self, c, dz, sums):
        if self.peephole == "diagonal":
            return ops.stack([sums.total(c * v) for v in dz])
        return sums.outer(c, ops.concatenate(dz, axis=-1))
