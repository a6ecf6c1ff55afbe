# SPDX-License-Identifier: Apache-2.0
"""The contract of a cell: what it writes, and what the engine reads of it."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, cast

from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine.activations import Activate
from keras_rnn.engine.batch import Batch
from keras_rnn.engine.cells.equations import (
    OverTime,
    Recurrence,
    equations_of,
)
from keras_rnn.engine.cells.inputs_of_cell import InputsOfCell
from keras_rnn.engine.cells.recurrent_kernels import Dense, RecurrentKernel

#: The states after a step, and its partials.
Step: TypeAlias = tuple[Tensors, dict[str, Tensor]]

#: The errors that reach gates and signals, and the gradients of the states
#: before a step.
StepGradient: TypeAlias = tuple[dict[str, Tensor], Tensors]


class CellContract(InputsOfCell):
    """What the engine knows of a cell; `RecurrentCell` makes it a Keras layer.

    A subclass writes `gates`, `states` and `step`; with `step_gradient` it runs
    on the fused engine. These stand first, and what the engine and
    `keras.layers.RNN` read of a cell follows.
    """

    units: int
    compute_dtype: str
    kernel: Tensor
    recurrent_kernel: Tensor | None
    bias: Tensor | None
    _dropped_R: Tensor | None = None

    #: Names of the columns of W, R and b, in order, each `units` wide.
    gates: ClassVar[tuple[str, ...]] = ()
    #: Names of the states; the first one is the output.
    states: ClassVar[tuple[str, ...]] = ("h",)
    #: Name of a value that `act` activates -> argument with the activation.
    activations: ClassVar[dict[str, str]] = {"h": "activation"}
    #: Errors that `step_gradient` returns beside those of the gates.
    signals: ClassVar[tuple[str, ...]] = ()
    #: States whose sequence `weight_gradient` reads, beside those R sees.
    kept_states: ClassVar[tuple[str, ...]] = ()
    #: The values of `act` that `step_gradient` passes through `w.through`, so
    #: that their activation may mix the units of a layer, as softmax does.
    passed_through: ClassVar[tuple[str, ...]] = ()
    #: Whether `in_parallel` is faster than the fused loop on a CPU as well.
    parallel_on_cpu: ClassVar[bool] = False
    #: Names of the columns of x W + b; by default the gates.
    z_of_x: tuple[str, ...] = cast(Any, property(lambda self: self.gates))
    #: Names of the columns of h' R, by default the gates; without names there
    #: is no R. Columns of one name are added; the shared names stand first.
    z_of_h: tuple[str, ...] = cast(Any, property(lambda self: self.gates))
    #: Names of the states that R sees, side by side; by default the first.
    states_of_R: tuple[str, ...] = cast(
        Any, property(lambda self: self.states[:1])
    )
    #: The form of R: `Dense()`, `Diagonal()` or `BlockDiagonal(blocks)`.
    recurrent_form: RecurrentKernel = Dense()

    def step(self, z: Named, states: Tensors, w: Named, act: Activate) -> Step:
        """One time step: the equations.

        Of `self` it may read the constructor's arguments and what the
        constructor derives from them; neither weights, nor `dropout`,
        `recurrent_dropout`, `recurrent_weight_dropout`, `zoneout` and `seed`,
        which the layer handles. One compiled program serves all cells with
        equal arguments.

        Args:
            z: Pre-activations by name, each `(batch, units)`: x W + h' R + b
                for the names in both `z_of_x` and `z_of_h`, x W + b or h' R
                for those in one of them. Also the `own_columns` of x.
            states: Tuple of the states before the step, `(batch, width)`.
            w: Extra weights by name, with `w.dot(v, matrix)`, and `w.seen(v)`,
                the recurrent dropout of v, for an extra weight that is part
                of R.
            act: `act(f=z.f, g=z.g)` -> values and slopes.

        Returns:
            Tuple of the states after the step, and a dict of partials, the
            factors of the chain rule. A partial named after a gate is the
            derivative, with respect to that gate's z, of the state the gate
            drives: in an LSTM `i`, `f` and `g` drive c, so i = ∂c/∂z_i, and o
            drives h, so o = ∂h/∂z_o. The other names are free for what
            `step_gradient` and `weight_gradient` need; here they are named
            after what is differentiated by what: h_c = ∂h/∂c, c_c = ∂c/∂c'.
        """
        raise NotImplementedError

    def step_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        """The gradient of one time step, the mirror of `step`.

        Args:
            d_states: Gradients of the states after the step.
            partials: The partials that `step` returned, by name.
            w: Extra weights as `step` gets them, with `w.dot_t(d, matrix)`,
                the product with the transposed matrix, and
                `w.through(name, d, slope)`, which takes the gradient of an
                activated value to the one before its activation.

        Returns:
            A dict of errors by the names of the pre-activations, and of
            `signals`, and a tuple of the gradients of the states before the
            step. The error of a gate is what reaches its partial; the engine
            multiplies the two. Where `step` returned no partial of that name,
            the error is the gradient dz itself. The gradients of the states
            run along every path except R and are 0 where there is no other
            path.
        """
        raise NotImplementedError

    def weight_gradient(
        self, dz: Named, before: Named, after: Named, w: Named, sums: Named
    ) -> dict[str, Tensor]:
        """Gradients of the extra weights, of all time steps at once.

        Args:
            dz: Gradients of the pre-activations, and the signals, by name;
                each `(time, batch, width)`, as all below. Also the
                `own_columns` of x, as they are.
            before: The kept states before each step, by name.
            after: The kept states after each step, and the partials.
            w: Extra weights by name, with `w.seen(v)`.
            sums: `sums.total(v)`, `sums.outer(a, b)` over time and batch, and
                `sums.dot(v, d, matrix)`, the gradient of the matrix (or the
                diagonal) in `w.dot(v, matrix)`, whose gradient is d.

        Returns:
            Dict, name of an extra weight -> gradient.
        """
        return {}

    def adjust(
        self, states: Tensors, x: Named, w: Named
    ) -> tuple[Tensors, dict[str, Tensor]]:
        """What R and `step` see in place of the states before the step.

        A state that decays between observations is an example. A cell that
        overrides it writes `adjust_gradient` too.

        Args:
            states: Tuple of the states before the step.
            x: The pre-activations of x alone and the `own_columns`, by name.
            w: Extra weights, as `step` gets them.

        Returns:
            Tuple of the adjusted states, and a dict of partials of its own.
        """
        return states, {}

    def adjust_gradient(
        self, d_states: Tensors, partials: Named, w: Named
    ) -> StepGradient:
        """The gradient of `adjust`, its mirror.

        Args:
            d_states: Gradients of the adjusted states, along R too.
            partials: The partials of `adjust` and `step`.
            w: Extra weights as `step_gradient` gets them.

        Returns:
            A dict of errors of the pre-activations of x alone, and of
            `signals`, and a tuple of the gradients of the states.
        """
        return {}, d_states

    @property
    def optional_weights(self) -> tuple[str, ...]:
        """Names of extra weights that an argument may leave out.

        `w` has None in their place; `w.dot(v, None)` is 0.
        """
        return ()

    def extra_weights(self) -> dict[str, Tensor]:
        """Weights beside kernel, recurrent kernel and bias, by short name."""
        return {}

    def build_extra_weights(self) -> None:
        """Creates the variables that `extra_weights` reads."""

    def state_width(self, name: str) -> int:
        """Width of the state of a name."""
        return self.units

    @property
    def R(self) -> Tensor | None:
        """The recurrent kernel, or None; in training without what it drops."""
        if self._dropped_R is None:
            return self.recurrent_kernel
        return self._dropped_R

    def z_weights(self) -> tuple[Tensor, Tensor | None, Tensor]:
        """W, R and b of the pre-activations: z = x W + h' R + b."""
        bias = self.bias
        if bias is None:
            bias = ops.zeros((self.kernel.shape[-1],), self.compute_dtype)
        return self.kernel, self.R, bias

    @property
    def cudnn_kernel(self) -> str | None:
        """Kernel of cuDNN with the same equations and weights, or None.

        `"lstm"` or `"gru"`. Subclasses do not inherit it, as they may have
        other equations: cudnn.py reads it of the class that defines it.
        """
        return None

    def over_time(
        self, run: Callable[[Recurrence, Batch], OverTime], batch: Batch
    ) -> OverTime:
        """Runs this cell over sequences, on any engine but `"reference"`.

        A cell whose equations have a cheaper form over a whole sequence runs
        that form instead.

        Args:
            run: The engine, `(recurrence, batch) -> outputs, states`.
            batch: Sequences, initial states and masks.

        Returns:
            The first state at all steps `(batch, time, width)`, or None where
            the layer does not need it, and the states after the last step.
        """
        return run(self.recurrence(), batch)

    def in_parallel(self, batch: Batch) -> OverTime | None:
        """Runs this cell over all steps at once, by a scan.

        The engine asks for it where that is faster than a loop: on a GPU, where
        the plain loop would run, and by `engine="auto"` if `parallel_on_cpu`.
        Autodiff derives its gradient.

        Args:
            batch: Sequences of a known time, initial states and masks.

        Returns:
            As `over_time`; None if the cell cannot do so.
        """
        return None

    def recurrence(self) -> Recurrence:
        """The equations of this cell with its weights."""
        return Recurrence(
            self.equations(), self.z_weights(), self.extra_weights()
        )

    def read_out(self, h: Tensor) -> Tensor:
        """The output that belongs to the first state, of one or many steps."""
        return h

    def activation_functions(self) -> dict[str, Callable[[Tensor], Tensor]]:
        """Dict, name of an activated value -> function."""
        return {
            name: getattr(self, argument)
            for name, argument in self.activations.items()
        }

    def equations(self, cell_class: type["CellContract"] | None = None) -> Any:
        """This cell without weights: what `step` may read, and no more.

        Cells with the same arguments share one such object, and so one
        compiled program, whatever their initializers and dropout.

        Args:
            cell_class: A class with the same arguments and other equations;
                None means the class of this cell.
        """
        return equations_of(self, cell_class or type(self))
