# SPDX-License-Identifier: Apache-2.0
"""Peepholes: weights from the cell state to the gates (Gers et al. 2000)."""

from keras import ops

from keras_rnn.engine.gated import ForgetGateCell

PEEPHOLES = ("diagonal", "full")


class PeepholeCell(ForgetGateCell):
    """A gated cell whose gates may see the cell state c.

    A subclass lists in `peephole_gates` the gates that look, and sets
    `peephole` before the cell is built.

    Args:
        peephole_initializer: Initializer of the peephole kernel.
        peephole_regularizer: Regularizer of the peephole kernel.
        peephole_constraint: Constraint on the peephole kernel.
    """

    peephole_gates = ()

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
        looking = len(self.peephole_gates)
        if self.peephole is not None:
            shape = {
                "diagonal": (looking, self.units),
                "full": (self.units, looking * self.units),
            }[self.peephole]
            self.peephole_kernel = self.add_named_weight(
                "peephole_kernel", shape, of="peephole"
            )

    def extra_weights(self):
        """`p_i`, `p_f` ...: matrices, a diagonal one given as a vector."""
        if self.peephole is None:
            return {}
        kernel = ops.convert_to_tensor(self.peephole_kernel)
        if self.peephole == "diagonal":
            parts = ops.unstack(kernel, axis=0)
        else:
            parts = ops.split(kernel, len(self.peephole_gates), axis=-1)
        names = [f"p_{gate}" for gate in self.peephole_gates]
        return dict(zip(names, parts, strict=True))

    def peep(self, gate, c, w):
        """What a gate sees of the cell state: c p, 0 without peepholes."""
        if self.peephole is None:
            return 0.0
        return w.dot(c, getattr(w, f"p_{gate}"))

    # The way back from a gate to the cell state it looks at: a diagonal
    # peephole is elementwise and folded into the partials, a full one is a
    # matrix product and waits for the reverse step.

    def peep_partial(self, gate, partial, w):
        """What a diagonal peephole adds to the derivative by the cell state."""
        if self.peephole != "diagonal":
            return 0.0
        return partial * getattr(w, f"p_{gate}")

    def peep_gradient(self, gate, dz, w):
        """What the cell state gets back through a full peephole."""
        if self.peephole != "full":
            return 0.0
        return w.dot_t(dz, getattr(w, f"p_{gate}"))
