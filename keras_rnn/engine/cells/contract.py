# SPDX-License-Identifier: Apache-2.0
"""The contract of a cell: what it writes, and what the engine reads of it."""

from typing import ClassVar

from keras import ops

from keras_rnn.engine.activations import unknown_derivatives
from keras_rnn.engine.cells.equations import equations_of


class CellContract:
    """What the engine knows of a cell; `RecurrentCell` is a layer that has it.

    First stands what a subclass writes: `gates`, `states` and `step`, and with
    `step_gradient` it runs on the fused engine; then what the engine and
    `keras.layers.RNN` read.
    """

    #: Names of the columns of W, R and b, in order, each `units` wide.
    gates: ClassVar[tuple[str, ...]] = ()
    #: Names of the states; R sees the first one.
    states: ClassVar[tuple[str, ...]] = ("h",)
    #: Name of a value that `act` activates -> argument with the activation.
    activations: ClassVar[dict[str, str]] = {"h": "activation"}
    #: Errors that `step_gradient` returns beside those of the gates.
    signals: ClassVar[tuple[str, ...]] = ()
    #: States whose sequence `weight_gradient` reads, beside the first.
    kept_states: ClassVar[tuple[str, ...]] = ()
    #: Kernel of cuDNN with the same equations and weights, "lstm" or "gru".
    cudnn_kernel = None

    def step(self, z, states, w, act):
        """One time step: the equations.

        Of `self` it may read the constructor's arguments, and no more: one
        compiled program serves all cells with equal arguments. What is
        derived from arguments belongs into a property.

        Args:
            z: Pre-activations x W + h' R + b by `z_names`, the gates, each
                `(batch, units)`.
            states: Tuple of the states before the step, `(batch, width)`.
            w: Extra weights by name, with `w.dot(v, matrix)`, and `w.seen(v)`:
                what recurrent dropout leaves of v, for an extra weight that
                is part of R.
            act: `act(f=z.f, g=z.g)` -> values and slopes.

        Returns:
            Tuple of the states after the step, and a dict of partials. A
            partial named after a gate is the derivative, with respect to that
            gate's z, of the state the gate drives; other names are free for
            what `step_gradient` and `weight_gradient` need.
        """
        raise NotImplementedError

    #: The mirror of `step`, `(d_states, partials, w) -> errors, d_before`:
    #: `errors[name]` is what reaches the gate's partial (the engine multiplies
    #: the two) or a signal; `d_before` the gradient of the states before along
    #: every path but R, 0 where the first state has none.
    step_gradient = None

    def weight_gradient(self, dz, before, after, w, sums):
        """Gradients of the extra weights, all time steps at once.

        Args:
            dz: Gradients of the pre-activations, and the signals, by name;
                each `(time, batch, width)`, as all below.
            before: The kept states before each step, by name.
            after: The kept states after each step, and the partials.
            w: Extra weights by name, with `w.seen(v)`.
            sums: `sums.total(v)` and `sums.outer(a, b)` over time and batch.

        Returns:
            Dict, name of an extra weight -> gradient.
        """
        return {}

    def extra_weights(self):
        """Weights beside kernel, recurrent kernel and bias, by short name."""
        return {}

    def build_extra_weights(self):
        """Creates the variables that `extra_weights` reads."""

    def state_width(self, name):
        """Width of a state."""
        return self.units

    @property
    def z_names(self):
        """Names of the pre-activations that `step` gets."""
        return self.gates

    def z_weights(self):
        """W, R and b of all pre-activations: z = x W + h' R + b."""
        bias = self.bias
        if bias is None:
            bias = ops.zeros(
                (len(self.z_names) * self.units,), self.compute_dtype
            )
        return self.kernel, self.recurrent_kernel, bias

    def over_time(self, run, *problem):
        """Runs this cell over sequences on the fused engine.

        A cell whose equations have a cheaper form over a whole sequence runs
        that form instead.

        Args:
            run: `fused.run` with its settings.
            *problem: Sequences, initial states, mask and recurrent mask, as
                `fused.run` takes them.

        Returns:
            As `fused.run`.
        """
        return run(
            self.equations(), self.z_weights(), self.extra_weights(), *problem
        )

    @property
    def state_size(self):
        widths = [self.state_width(name) for name in self.states]
        return widths if widths[1:] else widths[0]

    @property
    def output_size(self):
        return self.state_width(self.states[0])

    def read_out(self, h):
        """The output that belongs to the first state, one step or many."""
        return h

    def activation_functions(self):
        """Dict, name of an activated value -> function."""
        return {
            name: getattr(self, argument)
            for name, argument in self.activations.items()
        }

    def obstacle_to_fusing(self):
        """Why the fused engine cannot run this cell, or None."""
        if self.step_gradient is None:
            return f"{type(self).__name__} has no step_gradient"
        unknown = unknown_derivatives(self.activation_functions().values())
        if unknown:
            return f"the derivative of activation {unknown[0]!r} is unknown"
        return None

    def equations(self, of=None):
        """This cell without weights: what `step` may read, and no more.

        Cells with the same arguments share one such object, and so one
        compiled program, whatever their initializers and dropout.

        Args:
            of: A class with the same arguments and other equations.
        """
        return equations_of(self, of or type(self))
