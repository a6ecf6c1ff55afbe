# SPDX-License-Identifier: Apache-2.0
"""OneStep: a cell with its weights, from one time step to the next."""

from collections.abc import Callable
from types import SimpleNamespace

from keras import ops

from keras_rnn._types import Named, Tensor, Tensors
from keras_rnn.engine.activations import Activate
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.cells.equations import Recurrence
from keras_rnn.engine.cells.products import (
    dot,
    dot_t,
    seen_through,
    side_by_side,
)
from keras_rnn.engine.pre_activations import (
    FromInputPart,
    FromInputs,
)


class OneStep:
    """One step of a cell, as both engines make it.

    Args:
        cell: What `RecurrentCell.equations` returns.
        pre_activations: `FromInputs` or `FromInputPart`.
        extras: Dict, name of an extra weight -> tensor.
        recurrent_mask: The recurrent dropout `(batch, width)`, or None.
        slopes: Whether to compute the slopes of activations.
    """

    def __init__(
        self,
        cell: CellContract,
        pre_activations: FromInputPart,
        extras: dict[str, Tensor],
        recurrent_mask: Tensor | None = None,
        slopes: bool = False,
    ) -> None:
        self.cell = cell
        self.extras = extras
        self.pre_activations = pre_activations
        self.seen: Callable[[Tensor], Tensor] = seen_through(recurrent_mask)
        self.act: Activate = Activate(cell.activation_functions(), slopes)
        self.w: Named = SimpleNamespace(
            **{**dict.fromkeys(cell.optional_weights), **extras},
            dot=dot,
            dot_t=dot_t,
            seen=self.seen,
            through=self.act.through,
        )

    def __call__(
        self, states: Tensors, x: Tensor, columns: dict[str, Tensor]
    ) -> tuple[Tensors, dict[str, Tensor], Tensor | None]:
        """Runs the step.

        Args:
            states: Tuple of the states before it.
            x: What the pre-activations are made of.
            columns: The columns of x that the cell reads itself, by name.

        Returns:
            The states after it, its partials, and what R saw, None without R.
        """
        states, of_states, z, seen = self.before_step(states, x, columns)
        states, partials = self.cell.step(z, states, self.w, self.act)
        return tuple(states), {**of_states, **partials}, seen

    def before_step(
        self, states: Tensors, x: Tensor, columns: dict[str, Tensor]
    ) -> tuple[Tensors, dict[str, Tensor], Named, Tensor | None]:
        """What the step of the cell is made of; the arguments are the call's.

        Returns:
            The adjusted states, their partials, z with the columns, and what R
            saw.
        """
        cell, z_of = self.cell, self.pre_activations
        of_inputs = z_of.of_inputs(x)
        of_x_alone = SimpleNamespace(**z_of.apart(of_inputs), **columns)
        states, of_states = cell.adjust(states, of_x_alone, self.w)
        seen = self.seen_by_R(dict(zip(cell.states, states, strict=True)))
        z = SimpleNamespace(**z_of.at(seen, of_inputs), **columns)
        return states, of_states, z, seen

    def seen_by_R(self, states: dict[str, Tensor]) -> Tensor | None:
        """What R sees of states by name; None if there is no R."""
        if not self.cell.z_of_h:
            return None
        return self.seen(
            side_by_side([states[name] for name in self.cell.states_of_R])
        )


def plain_step(
    recurrence: Recurrence, recurrent_mask: Tensor | None
) -> OneStep:
    """One step of a recurrence, for autodiff to differentiate.

    Args:
        recurrence: The equations of the cell, and its weights.
        recurrent_mask: The recurrent dropout `(batch, width)`, or None.
    """
    cell = recurrence.equations
    # A cell in keras.layers.RNN would join the kernels anew at every step.
    z = FromInputs(cell, *recurrence.weights_of_z(), in_one_product=False)
    return OneStep(cell, z, recurrence.extras, recurrent_mask)


def split_columns(
    cell: CellContract, x: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """What W sees of x, and the columns that the cell reads itself.

    Args:
        cell: The cell.
        x: Tensor `(batch[, time], features)`.
    """
    own = cell.own_columns(x.shape[-1])
    if not own:
        return x, {}
    taken = {k for part in own.values() for k in range(x.shape[-1])[part]}
    rest = [k for k in range(x.shape[-1]) if k not in taken]
    columns = {name: x[..., part] for name, part in own.items()}
    return ops.take(x, rest, axis=-1), columns
